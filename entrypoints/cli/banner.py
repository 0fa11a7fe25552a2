"""The banner of `cowork serve`: its URL, and what to do next. Colored on a terminal."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from entrypoints.cli.database import DEFAULT_DATA_DIR

_Rows = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class DemoInfo:
    """The password and accounts (e-mail address, role) of a demo, and the URL of its sandbox."""

    password: str
    accounts: _Rows
    sandbox_url: str | None


def print_banner(
    console: Console, *, url: str, local_url: str, data_dir: Path, demo: DemoInfo | None
) -> None:
    """Print the URL of the service and, on a terminal or for a demo, what to try.

    `local_url` is the URL on this machine.
    """
    _line(console, Text.assemble("cowork-api listens on ", (url, "bold green")))
    docs = (f"{local_url}/docs", "API reference, to try requests in a browser")
    if demo is not None:
        _demo(console, demo, local_url, docs, _data_dir_option(data_dir))
    elif console.is_terminal:
        admin = "cowork admin create --email you@example.com --full-name 'Your Name'"
        next_steps = [
            (admin + _data_dir_option(data_dir), "create an administrator, who can add spaces"),
            ("cowork serve --demo --data-dir demo", "start a second service with demo data"),
        ]
        _rows(console, "Open", [docs])
        _rows(console, "Try next, in another shell", next_steps)
        _line(console, Text("\nPress Ctrl-C to stop.", "dim"))


def _demo(
    console: Console, demo: DemoInfo, url: str, docs: tuple[str, str], data_dir_option: str
) -> None:
    pages = [docs]
    if demo.sandbox_url is not None:
        pages.append((demo.sandbox_url, "Stripe sandbox; no real money moves"))
    _rows(console, "Open", pages)
    _rows(console, f"Log in with the password '{demo.password}' as", demo.accounts)
    _rows(
        console,
        "Try next, in another shell",
        [
            (f"curl {url}/api/spaces", "list the spaces that can be booked"),
            (f"cowork board{data_dir_option}", "show today's bookings"),
            ("README.md", "walkthrough: sign up, book, pay, check in"),
            ("docs/api/README.md", "guides: plans, cancelling, calendars, webhooks"),
        ],
    )
    _line(console, Text("\nPress Ctrl-C to stop. All data is kept.", "dim"))


def _data_dir_option(data_dir: Path) -> str:
    """Return the option with which other commands use the same database."""
    return "" if data_dir == DEFAULT_DATA_DIR else f" --data-dir {data_dir}"


def _rows(console: Console, title: str, rows: _Rows) -> None:
    _line(console, Text(f"\n{title}", "bold"))
    width = max(len(first) for first, _ in rows)
    for first, description in rows:
        columns = ((first.ljust(width), "cyan"), "  ", (description, "dim"))
        _line(console, Text.assemble("  ", *columns))


def _line(console: Console, text: Text) -> None:
    # No wrapping, so that URLs can be copied.
    console.print(text, soft_wrap=True, highlight=False)
