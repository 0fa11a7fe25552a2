"""The parts of the `cowork` command."""

import typer

from entrypoints.cli.lazy_group import LazyGroup, listed
from entrypoints.logs import configure_logging
from entrypoints.settings import load_settings

COMMANDS = {
    "serve": "Serve the API until it is told to stop.",
    "worker": "Do the background work, and nothing else.",
    "check": "Say what of the settings is missing or unsafe, and try what they name.",
    "migrate": "Bring the database's schema to head.",
    "demo": "Fill the database with demo data.",
    "openapi": "Print the OpenAPI 3.1 document.",
    "vendor": "Copy the packages for a program that has a `domain` or `application` of its own.",
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


@app.callback()
def _every_command() -> None:
    settings = load_settings()
    configure_logging(settings.log_level, settings.log_format)
