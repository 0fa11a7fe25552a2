"""LazyGroup: commands that are loaded when they are called, so that each takes only its own time.

Most of what one of them takes to start would otherwise be the loading of what others need.
"""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from entrypoints.loading import loaded


class LazyGroup(TyperGroup):
    """For the `cls` of a Typer whose commands are `listed` only.

    The command `name` is what is called so in the module `entrypoints.cli.name`: a function, or a
    Typer with commands of its own.
    """

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Put the command itself into the place of its name."""
        if args[0] in self.commands:
            self.add_command(load_command(args[0]), args[0])
        return super().resolve_command(ctx, args)


def listed() -> None:
    """Stand in the list of commands for one that was not called."""


def load_command(name: str) -> Any:
    """The command of that name, or the group of commands."""
    command = getattr(import_module(f"entrypoints.cli.{name}"), name)
    loaded()
    if isinstance(command, typer.Typer):
        return get_command(command)
    alone = typer.Typer(add_completion=False)
    alone.command()(command)
    return get_command(alone)
