"""The parts of the `cowork` command."""

from typing import Annotated

import typer

from entrypoints.cli.lazy_group import LazyGroup, listed
from entrypoints.cli.main import print_version
from entrypoints.observability.logging import configure_logging
from entrypoints.settings import load_settings

COMMANDS = {
    "serve": "Serve the API until it is told to stop.",
    "worker": "Do the background work, and nothing else.",
    "check": "Say what of the settings is missing or unsafe, and try what they name.",
    "migrate": "Bring the database's schema to head.",
    "demo": "Fill the database with demo data.",
    "openapi": "Print the OpenAPI 3.1 document.",
    "admin": "Accounts that an operator gives.",
    "board": "Show the day of every space: when it is open, and who has it.",
    "report": "What went on over a range of days.",
    "jobs": "Background jobs that were given up.",
    "ledger": "The book of all money that moved.",
    "refunds": "Money that has to be given back by hand.",
}

app = typer.Typer(
    cls=LazyGroup,
    help="Bookings, payments and analytics for a coworking house.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for name, line in COMMANDS.items():
    app.command(name, help=line)(listed)


def _print_version(asked: bool) -> None:
    if asked:
        print_version()
        raise typer.Exit


@app.callback()
def _every_command(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    settings = load_settings()
    configure_logging(settings.log_level, settings.log_format)
