"""BoardView: a day board as a timeline for terminals of any width, readable without colors."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.table import Table
from rich.text import Text

from application.reports.get_day_board import Board, BoardEntry, BoardLine
from domain.bookings import BookingStatus
from domain.local_time import wall_clock
from domain.period import Period

_CELL_LENGTHS = tuple(timedelta(minutes=minutes) for minutes in (15, 30, 60, 120, 180, 360))
_MIN_NAME_WIDTH, _MAX_NAME_WIDTH = 8, 28
_LEVELS = "▁▂▃▄▅▆▇█"
_MARKS = {
    BookingStatus.PENDING: ("▒", "yellow"),
    BookingStatus.CONFIRMED: ("▓", "blue"),
    BookingStatus.CHECKED_IN: ("█", "green"),
    BookingStatus.COMPLETED: ("▓", "bright_black"),
    BookingStatus.NO_SHOW: ("x", "red"),
}
_FREE, _CLOSED, _NOW = "·", " ", "▼"
_LEGEND = "· free  ▒ held  ▓ booked  █ checked in  x no-show  ▁▃▆█ desks booked"


class BoardView:
    """Renders the board at the width of the terminal. Each cell of the timeline is a time span."""

    def __init__(self, board: Board, zone: ZoneInfo) -> None:
        self._board = board
        self._zone = zone

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(f"{self._board.date:%A, %d %B %Y}, {self._zone.key}", style="bold")
        if self._board.day is None:
            yield Text("This day does not exist in the house's time zone.")
            return
        if not self._board.lines:
            yield Text("There are no active spaces.")
            return
        longest = max(len(line.space.name) for line in self._board.lines)
        name_width = max(_MIN_NAME_WIDTH, min(_MAX_NAME_WIDTH, longest, options.max_width // 4))
        cells = _cells(self._board.day, options.max_width - name_width - 1)
        table = Table.grid(padding=(0, 1, 0, 0))
        table.add_column(width=name_width, no_wrap=True, overflow="ellipsis")
        table.add_column()
        table.add_row("", Group(self._now_marker(cells), self._ruler(cells)))
        for line in self._board.lines:
            bookings = Text("  ".join(self._bookings(line)), style="dim")
            bar = _bar(line, cells)
            table.add_row(Text(line.space.name), Group(bar, bookings) if line.entries else bar)
        yield table
        yield Text(_LEGEND, style="dim")

    def _ruler(self, cells: Sequence[Period]) -> Text:
        """Return the hours of the local time, above the cells in which they begin."""
        marks = [" "] * len(cells)
        free_from = 0
        for number, cell in enumerate(cells):
            label = f"{wall_clock(cell.start, self._zone):%H}"
            is_hour = wall_clock(cell.start, self._zone).minute == 0
            if is_hour and number >= free_from and number + len(label) <= len(cells):
                marks[number : number + len(label)] = label
                free_from = number + len(label) + 1
        return Text("".join(marks), style="bold")

    def _now_marker(self, cells: Sequence[Period]) -> Text:
        now = self._board.now
        marks = (_NOW if cell.start <= now < cell.end else " " for cell in cells)
        return Text("".join(marks), style="bold red")

    def _bookings(self, line: BoardLine) -> Iterator[str]:
        """Yield the time, desk and member of each booking; no desk if the space has only one."""
        for entry in line.entries:
            period = entry.booking.period
            desk = f" #{entry.booking.desk}" if line.space.desks > 1 else ""
            yield f"{self._clock(period.start)}-{self._clock(period.end)}{desk} {entry.name}"

    def _clock(self, instant: datetime) -> str:
        """Return the local time, with the date if that is not the board's."""
        wall = instant.astimezone(self._zone)
        return f"{wall:%H:%M}" if wall.date() == self._board.date else f"{wall:%d.%m. %H:%M}"


def _cells(day: Period, width: int) -> list[Period]:
    """Divide the day into the shortest cells that fit into the width."""
    length = next(
        (length for length in _CELL_LENGTHS if -(-day.duration // length) <= width),
        _CELL_LENGTHS[-1],
    )
    number = -(-day.duration // length)
    starts = [day.start + step * length for step in range(number)]
    return [Period(start, min(start + length, day.end)) for start in starts]


def _bar(line: BoardLine, cells: Sequence[Period]) -> Text:
    bar = Text(no_wrap=True, overflow="crop")
    for cell in cells:
        entries = [entry for entry in line.entries if entry.booking.period.overlaps(cell)]
        if entries:
            bar.append(*_mark(line, entries))
        else:
            is_open = any(opened.overlaps(cell) for opened in line.opened)
            bar.append(_FREE if is_open else _CLOSED, style="dim")
    return bar


def _mark(line: BoardLine, entries: Sequence[BoardEntry]) -> tuple[str, str]:
    """Return the character and style of a booked cell.

    They show the status of the last booking or, with several desks, the share of booked desks.
    """
    if line.space.desks == 1:
        return _MARKS[entries[-1].booking.status]
    booked = len({entry.booking.desk for entry in entries})
    level = min(len(_LEVELS), -(-booked * len(_LEVELS) // line.space.desks))
    return _LEVELS[level - 1], "blue"
