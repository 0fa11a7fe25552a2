"""`cowork report`: analytics as a table in the terminal, as CSV, or as a picture."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table as RichTable

from entrypoints.cli.context import OPERATOR, with_database
from entrypoints.cli.database import DEFAULT_DATA_DIR, DataDir, database_at_head
from entrypoints.cli.errors import CommandError
from entrypoints.cli.plot import draw
from entrypoints.container import Container
from entrypoints.reporting import Table, members_table, occupancy_table, revenue_table
from entrypoints.settings import load_settings

report = typer.Typer(
    help="What went on over a range of days.", no_args_is_help=True, add_completion=False
)

From = Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")]
To = Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day.")]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]
Plot = Annotated[Path | None, typer.Option(help="Draw a picture into this PNG file.")]
Ask = Callable[[Container], Coroutine[Any, Any, Table]]


@report.command()
def occupancy(
    start: From, end: To, csv: Csv = False, plot: Plot = None, data_dir: DataDir = DEFAULT_DATA_DIR
) -> None:
    """How full the house was, day by day."""

    async def ask(container: Container) -> Table:
        report = container.use_cases().occupancy_report
        return occupancy_table(await report(OPERATOR, start.date(), end.date()))

    _show(ask, data_dir, csv=csv, plot=plot)


@report.command()
def revenue(
    start: From, end: To, csv: Csv = False, plot: Plot = None, data_dir: DataDir = DEFAULT_DATA_DIR
) -> None:
    """What money came in and went back, day by day."""

    async def ask(container: Container) -> Table:
        report = container.use_cases().revenue_report
        return revenue_table(await report(OPERATOR, start.date(), end.date()))

    _show(ask, data_dir, csv=csv, plot=plot)


@report.command()
def members(
    start: From, end: To, csv: Csv = False, plot: Plot = None, data_dir: DataDir = DEFAULT_DATA_DIR
) -> None:
    """How many members there were, day by day."""

    async def ask(container: Container) -> Table:
        report = container.use_cases().members_report
        return members_table(await report(OPERATOR, start.date(), end.date()))

    _show(ask, data_dir, csv=csv, plot=plot)


def _show(ask: Ask, data_dir: Path, *, csv: bool, plot: Path | None) -> None:
    if csv and plot is not None:
        raise CommandError("Expected --csv or --plot, not both.")
    settings = load_settings()
    with database_at_head(settings, data_dir) as dsn:
        container = Container(settings=settings)
        table = asyncio.run(with_database(ask, container, settings.database_read_url or dsn))
    if csv:
        sys.stdout.write(table.as_csv())
    elif plot is not None:
        draw(table, plot)
        sys.stdout.write(f"The picture is in {plot}.\n")
    else:
        _print(table)


def _print(table: Table) -> None:
    shown = RichTable()
    for name in table.columns:
        shown.add_column(name, justify="left" if name in {"date", "period"} else "right")
    for row in table.rows:
        shown.add_row(*map(str, row))
    Console().print(shown)
