"""What `cowork serve` tells, on a terminal and in a log."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from entrypoints.cli.banner import Demo, greet
from entrypoints.cli.database import DEFAULT_DATA_DIR

ADDRESS = "http://[::]:8080"
NEAR = "http://[::1]:8080"
DEMO = Demo("a password", [("ada@example.com", "MEMBER")], "http://127.0.0.1:40001")


def greeting(
    *, terminal: bool, demo: Demo | None = None, data_dir: Path = DEFAULT_DATA_DIR
) -> list[str]:
    told = StringIO()
    # A narrow one breaks no address.
    console = Console(file=told, force_terminal=terminal, width=20)
    greet(console, address=ADDRESS, near_address=NEAR, data_dir=data_dir, demo=demo)
    return told.getvalue().splitlines()


def test_a_log_gets_one_line() -> None:
    assert greeting(terminal=False) == [f"cowork-api answers on {ADDRESS}"]


def test_somebody_at_a_terminal_is_told_how_to_begin() -> None:
    told = "\n".join(greeting(terminal=True))
    assert f"{NEAR}/docs" in told
    assert "cowork admin create" in told
    assert "cowork serve --demo" in told


@pytest.mark.parametrize("terminal", [True, False])
def test_a_demo_says_what_to_open_whom_to_log_in_as_and_what_to_try(terminal: bool) -> None:
    told = "\n".join(greeting(terminal=terminal, demo=DEMO))
    assert ("\x1b[" in told) == terminal
    for thing in (f"{NEAR}/docs", "ada@example.com", "MEMBER", "'a password'", "README.md"):
        assert thing in told
    assert f"curl {NEAR}/api/spaces" in told
    assert "http://127.0.0.1:40001" in told


def test_a_house_elsewhere_is_named_to_other_commands() -> None:
    told = greeting(terminal=False, demo=DEMO, data_dir=Path("elsewhere"))
    assert any("cowork board --data-dir elsewhere" in line for line in told)
