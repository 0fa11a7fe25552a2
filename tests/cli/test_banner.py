"""The banner of `cowork serve`, on a terminal and in a log."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from entrypoints.cli.banner import DemoInfo, print_banner
from entrypoints.cli.database import DEFAULT_DATA_DIR

URL = "http://[::]:8080"
LOCAL_URL = "http://[::1]:8080"
DEMO = DemoInfo("a password", [("ada@example.com", "MEMBER")], "http://127.0.0.1:40001")


def banner(
    *, terminal: bool, demo: DemoInfo | None = None, data_dir: Path = DEFAULT_DATA_DIR
) -> list[str]:
    output = StringIO()
    # A narrow terminal does not break a URL.
    console = Console(file=output, force_terminal=terminal, width=20)
    print_banner(console, url=URL, local_url=LOCAL_URL, data_dir=data_dir, demo=demo)
    return output.getvalue().splitlines()


def test_a_log_gets_one_line() -> None:
    assert banner(terminal=False) == [f"cowork-api listens on {URL}"]


def test_a_terminal_shows_how_to_begin() -> None:
    text = "\n".join(banner(terminal=True))
    assert f"{LOCAL_URL}/docs" in text
    assert "cowork admin create" in text
    assert "cowork serve --demo" in text


@pytest.mark.parametrize("terminal", [True, False])
def test_a_demo_shows_what_to_open_which_account_to_use_and_what_to_try(terminal: bool) -> None:
    text = "\n".join(banner(terminal=terminal, demo=DEMO))
    assert ("\x1b[" in text) == terminal
    for text_part in (
        f"{LOCAL_URL}/docs",
        "ada@example.com",
        "MEMBER",
        "'a password'",
        "README.md",
    ):
        assert text_part in text
    assert f"curl {LOCAL_URL}/api/spaces" in text
    assert "http://127.0.0.1:40001" in text


def test_a_custom_data_directory_is_named_for_other_commands() -> None:
    lines = banner(terminal=False, demo=DEMO, data_dir=Path("elsewhere"))
    assert any("cowork board --data-dir elsewhere" in line for line in lines)
