"""CSV that a spreadsheet cannot be tricked with."""

import csv
import io
from decimal import Decimal

import pytest

from entrypoints.tabular import Table, usd


def cells(*row: str | int | Decimal) -> list[str]:
    return list(csv.reader(io.StringIO(Table("t", ("a",), [row]).as_csv())))[1]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1;cmd", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1"]
)
def test_no_text_becomes_a_formula(text: str) -> None:
    assert cells(text) == [f"'{text}"]


@pytest.mark.parametrize("cell", ["a=1", "2026-03-01", "-12.50", -3, Decimal("-0.5")])
def test_anything_else_stays_as_it_is(cell: str | int | Decimal) -> None:
    assert cells(cell) == [str(cell)]


@pytest.mark.parametrize(
    "cents, shown", [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (-1250, "-12.50")]
)
def test_amounts_have_two_places_and_perhaps_a_sign(cents: int, shown: str) -> None:
    assert usd(cents) == shown
