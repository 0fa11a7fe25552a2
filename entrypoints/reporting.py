"""Reports as tables, which HTTP serves as CSV (RFC 4180) and the command line prints."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.analytics.members import Membership
from domain.analytics.occupancy import Occupancy
from domain.analytics.revenue import Revenue
from domain.money import decimal_string

Cell = str | int | Decimal
_FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Table:
    """The time series of a report. `name` has the report and its dates, for a file name."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]

    def as_csv(self) -> str:
        """Return the table as CSV with a header. No cell becomes a formula in a spreadsheet."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(self.columns)
        writer.writerows(map(_without_formulas, self.rows))
        return text.getvalue()


def occupancy_table(report: Occupancy) -> Table:
    """Return one row per day."""
    columns = ("date", "bookable_hours", "booked_hours", "occupied_hours", "occupancy_rate")
    rows = [
        (
            day.date.isoformat(),
            day.bookable_hours,
            day.booked_hours,
            day.occupied_hours,
            day.occupancy_rate,
        )
        for day in report.days
    ]
    return Table(f"occupancy_{rows[0][0]}_{rows[-1][0]}", columns, rows)


def revenue_table(report: Revenue) -> Table:
    """Return one row per period, with amounts in dollars."""
    columns = ("period", "bookings_usd", "subscriptions_usd", "refunded_usd", "net_usd")
    rows = [
        (
            part.period,
            decimal_string(part.bookings),
            decimal_string(part.subscriptions),
            decimal_string(part.refunded),
            decimal_string(part.net),
        )
        for part in report.series
    ]
    return Table(f"revenue_{report.whole.period.replace('/', '_')}", columns, rows)


def members_table(report: Membership) -> Table:
    """Return one row per day."""
    rows = [(day.date.isoformat(), day.new, day.total) for day in report.series]
    return Table(f"members_{rows[0][0]}_{rows[-1][0]}", ("date", "new", "total"), rows)


def _without_formulas(row: Iterable[Cell]) -> list[Cell]:
    """Return the row with an apostrophe before each text that a spreadsheet runs as a formula."""
    return [f"'{cell}" if _is_formula(cell) else cell for cell in row]


def _is_formula(cell: Cell) -> bool:
    return isinstance(cell, str) and cell.startswith(_FORMULA_PREFIXES) and not _is_amount(cell)


def _is_amount(cell: str) -> bool:
    digits = cell.removeprefix("-").replace(".", "", 1)
    return digits.isascii() and digits.isdigit()
