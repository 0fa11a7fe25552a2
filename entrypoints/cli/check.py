"""`cowork check`: checks the configuration and the services that it names."""

import asyncio
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from entrypoints.cli.checks.configuration import check_configuration
from entrypoints.cli.checks.connectivity import check_connectivity
from entrypoints.cli.checks.finding import Finding, Verdict
from entrypoints.cli.database import DEFAULT_DATA_DIR, DataDir, any_database, database_at_head
from entrypoints.cli.errors import CommandError
from entrypoints.settings import Settings, load_settings

_COLORS = {Verdict.OK: "green", Verdict.WARNING: "yellow", Verdict.FAILED: "red"}


def check(data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Check configuration and connectivity.

    Reports missing and unsafe settings, then tries the database, SMTP and Stripe. Exits with 1 if
    one of them fails.
    """
    settings = load_settings()
    findings = [*check_configuration(settings), *_check_connectivity(settings, data_dir)]
    Console(width=None if sys.stdout.isatty() else 160).print(_table(findings))
    if failed := sum(finding.verdict is Verdict.FAILED for finding in findings):
        raise CommandError(f"{failed} of the checks failed.")


def _check_connectivity(settings: Settings, data_dir: Path) -> list[Finding]:
    # As with any command, the embedded database is migrated. Another one is only checked.
    database = any_database if settings.database_url else database_at_head
    with database(settings, data_dir) as dsn:
        return asyncio.run(check_connectivity(settings, dsn))


def _table(findings: list[Finding]) -> Table:
    table = Table("check", "result", "details", title="cowork check", title_justify="left")
    for finding in findings:
        verdict = Text(finding.verdict.value, style=_COLORS[finding.verdict])
        table.add_row(Text(finding.subject), verdict, Text(finding.message))
    return table
