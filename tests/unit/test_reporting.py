"""Report tables as CSV: no cell becomes a formula, and numbers stay numbers."""

import sys
from pathlib import Path

import pytest

from domain.money import decimal_string
from entrypoints.cli.errors import CommandError
from entrypoints.cli.plot import draw
from entrypoints.reporting import Table


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1+1", "@sum", "\t=1", "\r=1", "-", "-1.2.3"])
def test_a_cell_cannot_become_a_formula(cell: str) -> None:
    text = Table("t", ("name",), [(cell,)]).as_csv()
    assert text.splitlines()[1].lstrip('"').startswith("'")


@pytest.mark.parametrize("cents, shown", [(-5, "-0.05"), (-12_345, "-123.45"), (0, "0.00")])
def test_a_negative_amount_stays_a_number(cents: int, shown: str) -> None:
    assert Table("t", ("usd",), [(decimal_string(cents),)]).as_csv().splitlines()[1] == shown


def test_a_picture_needs_matplotlib_and_names_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(CommandError, match="the extra 'plot'"):
        draw(Table("t", ("date", "total"), [("2026-03-02", 1)]), tmp_path / "t.png")
