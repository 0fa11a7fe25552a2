"""The `cowork` command with all its parts."""

import sys

import typer

from entrypoints.cli.admin import admin
from entrypoints.cli.demo import demo
from entrypoints.cli.failures import told_in_one_line
from entrypoints.cli.jobs import jobs
from entrypoints.cli.ledger import ledger
from entrypoints.cli.migrate import migrate
from entrypoints.cli.openapi import openapi
from entrypoints.cli.report import report
from entrypoints.cli.serve import serve
from entrypoints.cli.worker import worker
from entrypoints.logs import configure_logging
from entrypoints.settings import load_settings

app = typer.Typer(
    help="Bookings, payments and analytics for a coworking house.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (serve, worker, migrate, demo, openapi):
    app.command()(command)
app.add_typer(admin, name="admin")
app.add_typer(report, name="report")
app.add_typer(ledger, name="ledger")
app.add_typer(jobs, name="jobs")


@app.callback()
def _every_command() -> None:
    settings = load_settings()
    configure_logging(settings.log_level, settings.log_format)


def main() -> None:
    """Run the command line and leave with its status."""
    sys.exit(told_in_one_line(app))
