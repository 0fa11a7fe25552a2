"""Runs a load driver, which sends a list of requests over several connections."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Any

NAME = "wrk" if which("wrk") else "tests.bench.python_driver (wrk is not installed)"
_SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True, slots=True)
class Load:
    """The result of a run; `lost` counts broken connections and missing responses."""

    seconds: float
    p50_ms: float
    p99_ms: float
    lost: int
    statuses: dict[int, int]

    @property
    def requests(self) -> int:
        return sum(self.statuses.values())

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    def errors(self, expected: Iterable[int]) -> int:
        """Return the number of requests without a response or with an unexpected status."""
        return self.lost + self.requests - sum(self.statuses.get(status, 0) for status in expected)


@contextmanager
def run_driver(
    address: tuple[str, int], requests: Iterable[bytes], *, connections: int, seconds: int
) -> Iterator["subprocess.Popen[str]"]:
    """Start the driver; `load_of` waits for it and returns its result."""
    with tempfile.NamedTemporaryFile(suffix=".requests") as file:
        file.write(b"\0".join(requests))
        file.flush()
        command = _command(address, connections, seconds, file.name)
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            yield process


def load_of(process: "subprocess.Popen[str]") -> Load:
    """Wait for the driver. Returns the result that it prints."""
    output, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(f"The driver failed:\n{output}")
    result: dict[str, Any] = json.loads(output.strip().splitlines()[-1])
    statuses = {int(status): count for status, count in result.pop("statuses").items()}
    return Load(statuses=statuses, **result)


def _command(address: tuple[str, int], connections: int, seconds: int, requests: str) -> list[str]:
    host, port = address
    if NAME != "wrk":
        command = [sys.executable, "-m", "tests.bench.python_driver", host]
        return [*command, str(port), str(connections), str(seconds), requests]
    # One thread of wrk is enough to saturate the service; a response may take long.
    options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(_SCRIPT)]
    return ["wrk", *options, f"http://{host}:{port}", "--", requests]
