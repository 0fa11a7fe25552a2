"""`cowork board`: the schedule of every space for one day."""

from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console

from entrypoints.cli.board_view import BoardView
from entrypoints.cli.database import DEFAULT_DATA_DIR, DataDir
from entrypoints.cli.use_cases import OPERATOR, run_use_case
from entrypoints.settings import load_settings

Day = Annotated[
    datetime | None,
    typer.Option(
        "--date", formats=["%Y-%m-%d"], help="Day in the house's time zone. Default: today."
    ),
]


def board(day: Day = None, data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Show the opening hours and bookings of every space for one day."""
    settings = load_settings()
    date = None if day is None else day.date()
    day_board = run_use_case(
        settings, data_dir, lambda use_cases: use_cases.get_day_board(OPERATOR, date)
    )
    Console().print(BoardView(day_board, settings.timezone))
