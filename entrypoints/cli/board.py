"""`cowork board`: the day of every space as a timeline in the terminal."""

import asyncio
from datetime import date, datetime
from typing import Annotated

import typer
from rich.console import Console

from application.reports.get_day_board import Board
from entrypoints.cli.board_view import BoardView
from entrypoints.cli.context import OPERATOR, with_database
from entrypoints.cli.database import DEFAULT_DATA_DIR, DataDir, database_at_head
from entrypoints.container import Container
from entrypoints.settings import load_settings

Day = Annotated[
    datetime | None,
    typer.Option("--date", formats=["%Y-%m-%d"], help="The day in the house; today unless given."),
]


def board(day: Day = None, data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Show the day of every space: when it is open, and who has it."""
    settings = load_settings()
    wanted: date | None = None if day is None else day.date()

    async def ask(container: Container) -> Board:
        get_day_board = container.use_cases().get_day_board
        return await get_day_board(OPERATOR, wanted)

    with database_at_head(settings, data_dir) as dsn:
        found = asyncio.run(with_database(ask, Container(settings=settings), dsn))
    Console().print(BoardView(found, settings.timezone))
