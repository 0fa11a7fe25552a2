"""`cowork report`: a table, CSV or a picture, and a one-line error when that is impossible."""

import csv
import io
from pathlib import Path

import pytest

from tests.cli.conftest import RunHere

RANGE = ("--from", "2026-03-02", "--to", "2026-03-08")

pytestmark = pytest.mark.usefixtures("set_database")


@pytest.mark.parametrize("report", ["occupancy", "revenue", "members"])
def test_a_report_is_a_table_or_csv(
    cowork_here: RunHere, report: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cowork_here("report", report, *RANGE) == 0
    assert "2026-03-08" in capsys.readouterr().out
    assert cowork_here("report", report, *RANGE, "--csv") == 0
    assert len(list(csv.reader(io.StringIO(capsys.readouterr().out)))) == 8


def test_a_reversed_range_is_reported_in_one_line(
    cowork_here: RunHere, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cowork_here("report", "members", "--from", "2026-03-02", "--to", "2026-03-01") == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_picture_is_drawn_or_the_missing_package_is_named(
    cowork_here: RunHere, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if cowork_here("report", "revenue", *RANGE, "--plot", "money.png") == 0:
        assert (tmp_path / "money.png").read_bytes().startswith(b"\x89PNG")
    else:
        assert "the extra 'plot'" in capsys.readouterr().err
