"""`cowork board`: the day board in the terminal."""

import pytest

from tests.cli.conftest import RunHere

pytestmark = pytest.mark.usefixtures("set_database")


def test_the_board_shows_the_requested_day(
    cowork_here: RunHere, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cowork_here("board", "--date", "2026-03-02") == 0
    assert "Monday, 02 March 2026" in capsys.readouterr().out
