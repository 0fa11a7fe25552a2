"""`cowork report` on a demo house: a table, CSV, a picture, and a line when that cannot be."""

import csv
import io
from pathlib import Path

import pytest

from tests.processes import cowork

RANGE = ("--from", "2026-03-02", "--to", "2026-03-08")


@pytest.mark.parametrize("report", ["occupancy", "revenue", "members"])
def test_a_report_is_a_table_or_csv(tmp_path: Path, report: str) -> None:
    table = cowork("report", report, *RANGE, cwd=tmp_path)
    assert table.returncode == 0, table.stderr
    assert "2026-03-08" in table.stdout
    printed = cowork("report", report, *RANGE, "--csv", cwd=tmp_path)
    assert len(list(csv.reader(io.StringIO(printed.stdout)))) == 8


def test_a_range_that_is_reversed_is_told_in_one_line(tmp_path: Path) -> None:
    arguments = ("report", "members", "--from", "2026-03-02", "--to", "2026-03-01")
    refused = cowork(*arguments, cwd=tmp_path)
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1


def test_a_picture_is_drawn_or_what_it_needs_is_named(tmp_path: Path) -> None:
    told = cowork("report", "revenue", *RANGE, "--plot", "money.png", cwd=tmp_path)
    if told.returncode == 0:
        assert (tmp_path / "money.png").read_bytes().startswith(b"\x89PNG")
    else:
        assert "the extra 'plot'" in told.stderr
