"""LazyGroup: imports a command's module when the command is called.

Otherwise each command would import what all of them need, which takes most of a start.
"""

import ast
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from entrypoints.garbage_collection import gc_paused


class LazyGroup(TyperGroup):
    """The `cls` of a Typer whose commands are placeholders.

    The command `name` is the attribute `name` of the module `name` in this package: a function, or
    a Typer with subcommands. Its help is the docstring of the function, or of the Typer's callback,
    which is named `group`.
    """

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command or its placeholder, which has the help line of the command."""
        command = super().get_command(ctx, cmd_name)
        if command is not None and not command.help:
            command.help = help_line(cmd_name)
        return command

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Replace the placeholder by the command, and return it."""
        if args[0] in self.commands:
            self.add_command(load_command(args[0]), args[0])
        return super().resolve_command(ctx, args)


def placeholder() -> None:
    """Do nothing, in the place of a command."""


def help_line(name: str) -> str:
    """Return the first line of a command's help, without importing its module."""
    module = ast.parse(Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8"))
    [docstring] = [
        ast.get_docstring(node) or ""
        for node in module.body
        if isinstance(node, ast.FunctionDef) and node.name in {name, "group"}
    ]
    return docstring.partition("\n")[0]


def load_command(name: str) -> Any:
    """Import and return the command or the group of commands of that name."""
    with gc_paused():
        command = getattr(import_module(f"{__package__}.{name}"), name)
    if isinstance(command, typer.Typer):
        return get_command(command)
    app = typer.Typer(add_completion=False)
    app.command()(command)
    return get_command(app)
