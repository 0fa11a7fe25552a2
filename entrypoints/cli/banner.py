"""What `cowork serve` tells whoever has started it: where it is, and what to do next.

In colour on a terminal; otherwise the same lines as plain text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from entrypoints.cli.database import DEFAULT_DATA_DIR

_Rows = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Demo:
    """What there is to know of a demo house: who can log in, and where payments go."""

    password: str
    log_ins: _Rows
    sandbox: str | None


def greet(
    console: Console, *, address: str, near_address: str, data_dir: Path, demo: Demo | None
) -> None:
    """Say that the service answers at `address`, and where this machine finds it."""
    _line(console, Text.assemble("cowork-api answers on ", (address, "bold green")))
    docs = (f"{near_address}/docs", "all calls, to be tried in a browser")
    if demo is not None:
        _demo(console, demo, near_address, docs, _beside(data_dir))
    elif console.is_terminal:
        # Nobody reads it in a log.
        admin = "cowork admin create --email you@example.com --full-name 'Your Name'"
        first = [(admin + _beside(data_dir), "an account that may add spaces")]
        full = [
            ("cowork serve --demo --data-dir demo", "a house full of bookings to try things in")
        ]
        _rows(console, "Open", [docs])
        _rows(console, "Begin, in another shell, with", first + full)
        _line(console, Text("\nCtrl-C ends it.", "dim"))


def _demo(console: Console, demo: Demo, address: str, docs: tuple[str, str], beside: str) -> None:
    pages = [docs]
    if demo.sandbox is not None:
        pages.append((demo.sandbox, "a sandbox in the place of Stripe; no money moves"))
    _rows(console, "Open", pages)
    _rows(console, f"Log in with the password '{demo.password}' as", demo.log_ins)
    _rows(
        console,
        "Try next, in another shell",
        [
            (f"curl {address}/api/spaces", "what there is to book"),
            (f"cowork board{beside}", "who is where today"),
            ("README.md", "the walk through: sign up, book, pay, check in"),
            ("docs/api/README.md", "guides: plans, cancelling, calendars, webhooks"),
        ],
    )
    _line(console, Text("\nCtrl-C ends it; what you did is there the next time.", "dim"))


def _beside(data_dir: Path) -> str:
    """What other commands need to find the same house."""
    return "" if data_dir == DEFAULT_DATA_DIR else f" --data-dir {data_dir}"


def _rows(console: Console, title: str, rows: _Rows) -> None:
    _line(console, Text(f"\n{title}", "bold"))
    width = max(len(first) for first, _ in rows)
    for first, told in rows:
        _line(console, Text.assemble("  ", (first.ljust(width), "cyan"), "  ", (told, "dim")))


def _line(console: Console, text: Text) -> None:
    # Not wrapped, so that addresses can be copied, nor taken apart for its brackets.
    console.print(text, soft_wrap=True, highlight=False)
