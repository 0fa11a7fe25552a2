"""`cowork check`: what of the settings is missing or unsafe, and whether what they name works."""

import asyncio
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from entrypoints.cli.checks.configuration import review
from entrypoints.cli.checks.connectivity import attempts
from entrypoints.cli.checks.finding import Finding, Verdict
from entrypoints.cli.database import DEFAULT_DATA_DIR, DataDir, any_database, database_at_head
from entrypoints.cli.errors import CommandError
from entrypoints.settings import Settings, load_settings

_COLOURS = {Verdict.OK: "green", Verdict.WARNING: "yellow", Verdict.FAILED: "red"}


def check(data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Say what of the settings is missing or unsafe, and try what they name.

    That is the database, SMTP and Stripe.
    """
    settings = load_settings()
    found = [*review(settings), *_tried(settings, data_dir)]
    Console(width=None if sys.stdout.isatty() else 160).print(_table(found))
    if failed := sum(one.verdict is Verdict.FAILED for one in found):
        raise CommandError(f"{failed} of the checks failed.")


def _tried(settings: Settings, data_dir: Path) -> list[Finding]:
    # The embedded one is brought to head, as by any command; another one's state is reported here.
    database = any_database if settings.database_url else database_at_head
    with database(settings, data_dir) as dsn:
        return asyncio.run(attempts(settings, dsn))


def _table(found: list[Finding]) -> Table:
    table = Table("what", "", "", title="cowork check", title_justify="left")
    for one in found:
        verdict = Text(one.verdict.value, style=_COLOURS[one.verdict])
        table.add_row(Text(one.subject), verdict, Text(one.message))
    return table
