"""Tests run on clocks that they set. Only the modules listed here read the wall clock.

A test that reads it passes or fails by the day. One that has to starts from `tests.wall_clock`.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.clocks.shifted_clock import ROOT

READERS = {
    "tests/bench/__main__.py": "A benchmark's house is about the days around today.",
    "tests/bench/dialect.py": "It prints those days.",
    "tests/bench/seeding.py": "It fills a house for those days.",
    "tests/clocks/seen_from_inside.py": "It compares it with other clocks.",
    "tests/clocks/shifted_clock.py": "It computes by how much to shift it.",
    "tests/embedding/test_background_jobs.py": "The host's worker runs on it.",
    "tests/faults/mail_system.py": "The workers run on it.",
    "tests/stripe_sandbox/test_webhook_delivery.py": "Stripe's SDK reads it to verify a signature.",
    "tests/unit/test_system.py": "It tests the clock itself.",
    "tests/wall_clock.py": "Other tests get their times from it.",
    "tests/worker/test_two_workers.py": "The workers run on it.",
}
READINGS = {
    *("datetime.now", "datetime.today", "datetime.utcnow", "date.today"),
    *("time.time", "time.time_ns", "SystemClock"),
}


def test_only_these_modules_read_the_wall_clock() -> None:
    modules = {path for path in (ROOT / "tests").rglob("*.py") if any(readings(path))}
    assert sorted(path.relative_to(ROOT).as_posix() for path in modules) == sorted(READERS)


def readings(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in READINGS:
            yield ast.unparse(node)
