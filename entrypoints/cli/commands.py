"""The `cowork` command: its subcommands and common options."""

from typing import Annotated

import typer

from entrypoints.cli.lazy_group import LazyGroup, placeholder
from entrypoints.cli.main import print_version
from entrypoints.observability.logging import configure_logging
from entrypoints.settings import load_settings

COMMANDS = (
    "serve",
    "worker",
    "check",
    "migrate",
    "demo",
    "openapi",
    "admin",
    "board",
    "report",
    "jobs",
    "ledger",
    "refunds",
)
"""In the order in which `cowork --help` lists them."""

app = typer.Typer(
    cls=LazyGroup,
    help="Bookings, payments and analytics for coworking spaces.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _name in COMMANDS:
    app.command(_name, help="")(placeholder)


def _print_version(is_requested: bool) -> None:
    if is_requested:
        print_version()
        raise typer.Exit


@app.callback()
def _configure_process(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    settings = load_settings()
    configure_logging(settings.log_level, settings.log_format)
