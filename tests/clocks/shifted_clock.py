"""Processes on a shifted wall clock, together with the processes they start: `cowork`, PostgreSQL.

A small library of our own shifts it, built by the C compiler. libfaketime 0.9.10, which Debian 12
has, makes `time.sleep` of Python 3.11 fail unless it shifts the monotonic clock too, and then no
lock times out as it should.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from shutil import which

VARIABLES = ("LD_PRELOAD", "CLOCK_SHIFT_SECONDS")
ROOT = Path(__file__).parents[2]
_SOURCE = Path(__file__).with_name("shifted_clock.c")


def obstacle() -> str | None:
    """Return why no clock can be shifted on this machine, or None."""
    if sys.platform != "linux":
        return "Clocks are shifted with LD_PRELOAD, which only Linux has."
    if which("cc") is None:
        return "Clocks are shifted by a library that needs a C compiler: install gcc."
    return None


def run_tests_at(instant: datetime, directory: Path, arguments: Sequence[str]) -> int:
    """Run pytest as if it were `instant` now, with its files in `directory`. Returns its status."""
    # In its usual folder pytest deletes what other runs left if their locks look days old.
    own_folder = ("--basetemp", str(directory / "tests"), "-p", "no:cacheprovider")
    tests = subprocess.run(
        [sys.executable, "-m", "pytest", *own_folder, *arguments],
        cwd=ROOT,
        env=os.environ | _variables(instant, _library(directory)),
        check=False,
    )
    return tests.returncode


def _library(directory: Path) -> Path:
    library = directory / "shifted_clock.so"
    flags = ("-Wall", "-O2", "-shared", "-fPIC")
    subprocess.run(["cc", *flags, "-o", str(library), str(_SOURCE), "-ldl"], check=True)
    return library


def _variables(instant: datetime, library: Path) -> dict[str, str]:
    shift = round((instant - datetime.now(UTC)).total_seconds())
    return dict(zip(VARIABLES, (str(library), str(shift)), strict=True))
