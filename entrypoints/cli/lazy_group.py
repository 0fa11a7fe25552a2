"""LazyGroup: imports a command's module when the command is called.

Otherwise each command would import what all of them need, which takes most of a start.
"""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from entrypoints.garbage_collection import gc_paused


class LazyGroup(TyperGroup):
    """The `cls` of a Typer whose commands are `listed` only.

    The command `name` is the attribute `name` of the module `name` beside this one: a function, or
    a Typer with commands of its own.
    """

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Replace the placeholder by the command."""
        if args[0] in self.commands:
            self.add_command(load_command(args[0]), args[0])
        return super().resolve_command(ctx, args)


def listed() -> None:
    """Placeholder of a command in the list of commands."""


def load_command(name: str) -> Any:
    """Return the command or the group of commands of that name."""
    with gc_paused():
        command = getattr(import_module(f"{__package__}.{name}"), name)
    if isinstance(command, typer.Typer):
        return get_command(command)
    alone = typer.Typer(add_completion=False)
    alone.command()(command)
    return get_command(alone)
