"""Tables as CSV (RFC 4180) that a spreadsheet can be trusted with."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

Cell = str | int | Decimal
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Table:
    """The main part of a report, as CSV and terminals show it. `name` says what and when."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]

    def as_csv(self) -> str:
        """A line of names, then a line a row."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(self.columns)
        writer.writerows(map(_inert, self.rows))
        return text.getvalue()


def usd(cents: int) -> str:
    """An amount with two places, which may be negative."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def _inert(row: Iterable[Cell]) -> list[Cell]:
    """The row with every text that a spreadsheet would take for a formula quoted."""
    return [f"'{cell}" if _is_formula(cell) else cell for cell in row]


def _is_formula(cell: Cell) -> bool:
    return isinstance(cell, str) and cell.startswith(_STARTS_FORMULA) and not _is_amount(cell)


def _is_amount(cell: str) -> bool:
    """Whether it is a negative number, which only a number can look like."""
    digits = cell.removeprefix("-").replace(".", "", 1)
    return digits.isascii() and digits.isdigit()
