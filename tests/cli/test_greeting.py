"""The banner of `cowork serve`, on a terminal and in a log."""

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
    output = StringIO()
    # A narrow terminal does not break a URL.
    console = Console(file=output, force_terminal=terminal, width=20)
    greet(console, address=ADDRESS, near_address=NEAR, data_dir=data_dir, demo=demo)
    return output.getvalue().splitlines()


def test_a_log_gets_one_line() -> None:
    assert greeting(terminal=False) == [f"cowork-api answers on {ADDRESS}"]


def test_a_terminal_shows_how_to_begin() -> None:
    text = "\n".join(greeting(terminal=True))
    assert f"{NEAR}/docs" in text
    assert "cowork admin create" in text
    assert "cowork serve --demo" in text


@pytest.mark.parametrize("terminal", [True, False])
def test_a_demo_shows_what_to_open_which_account_to_use_and_what_to_try(terminal: bool) -> None:
    text = "\n".join(greeting(terminal=terminal, demo=DEMO))
    assert ("\x1b[" in text) == terminal
    for thing in (f"{NEAR}/docs", "ada@example.com", "MEMBER", "'a password'", "README.md"):
        assert thing in text
    assert f"curl {NEAR}/api/spaces" in text
    assert "http://127.0.0.1:40001" in text


def test_a_custom_data_directory_is_named_for_other_commands() -> None:
    lines = greeting(terminal=False, demo=DEMO, data_dir=Path("elsewhere"))
    assert any("cowork board --data-dir elsewhere" in line for line in lines)
