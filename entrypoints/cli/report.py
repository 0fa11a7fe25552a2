"""`cowork report`: analytics as a table in the terminal, as CSV, or as a chart."""

import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table as RichTable

from application.use_cases import UseCases
from entrypoints.cli.database import DEFAULT_DATA_DIR, DataDir
from entrypoints.cli.errors import CommandError
from entrypoints.cli.plot import draw
from entrypoints.cli.use_cases import OPERATOR, run_use_case
from entrypoints.reporting import Table, members_table, occupancy_table, revenue_table
from entrypoints.settings import load_settings

report = typer.Typer(no_args_is_help=True, add_completion=False)

From = Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")]
To = Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day (inclusive).")]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table.")]
Plot = Annotated[
    Path | None, typer.Option(help="Write a chart to this PNG file instead. Needs the extra plot.")
]


@report.callback()
def group() -> None:
    """Print occupancy, revenue and membership reports."""


@report.command()
def occupancy(
    start: From, end: To, csv: Csv = False, plot: Plot = None, data_dir: DataDir = DEFAULT_DATA_DIR
) -> None:
    """Print bookable, booked and occupied hours per day."""

    async def read(use_cases: UseCases) -> Table:
        report = use_cases.occupancy_report
        return occupancy_table(await report(OPERATOR, start.date(), end.date()))

    _show(read, data_dir, csv=csv, plot=plot)


@report.command()
def revenue(
    start: From, end: To, csv: Csv = False, plot: Plot = None, data_dir: DataDir = DEFAULT_DATA_DIR
) -> None:
    """Print payments and refunds per day."""

    async def read(use_cases: UseCases) -> Table:
        report = use_cases.revenue_report
        return revenue_table(await report(OPERATOR, start.date(), end.date()))

    _show(read, data_dir, csv=csv, plot=plot)


@report.command()
def members(
    start: From, end: To, csv: Csv = False, plot: Plot = None, data_dir: DataDir = DEFAULT_DATA_DIR
) -> None:
    """Print the number of members per day, and how many are new."""

    async def read(use_cases: UseCases) -> Table:
        report = use_cases.members_report
        return members_table(await report(OPERATOR, start.date(), end.date()))

    _show(read, data_dir, csv=csv, plot=plot)


def _show(
    read: Callable[[UseCases], Awaitable[Table]], data_dir: Path, *, csv: bool, plot: Path | None
) -> None:
    if csv and plot is not None:
        raise CommandError("Expected --csv or --plot, not both.")
    table = run_use_case(load_settings(), data_dir, read, on_replica=True)
    if csv:
        sys.stdout.write(table.as_csv())
    elif plot is not None:
        draw(table, plot)
        sys.stdout.write(f"Wrote {plot}.\n")
    else:
        _print(table)


def _print(table: Table) -> None:
    rich_table = RichTable()
    for name in table.columns:
        rich_table.add_column(name, justify="left" if name in {"date", "period"} else "right")
    for row in table.rows:
        rich_table.add_row(*map(str, row))
    Console().print(rich_table)
