"""Driving a server: a list of requests, sent by so many connections for some seconds."""

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

NAME = "wrk" if which("wrk") else "tests.bench.own_driver (wrk is not installed)"
_SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True, slots=True)
class Load:
    """What a run came to; `lost` are connections that broke and answers that never came."""

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
        """How many requests had no answer, or another one than expected."""
        return self.lost + self.requests - sum(self.statuses.get(status, 0) for status in expected)


@contextmanager
def driven(
    address: tuple[str, int], requests: Iterable[bytes], *, connections: int, seconds: int
) -> Iterator["subprocess.Popen[str]"]:
    """The driver, running; `load_of` waits for it and tells what came of it."""
    with tempfile.NamedTemporaryFile(suffix=".requests") as file:
        file.write(b"\0".join(requests))
        file.flush()
        command = _command(address, connections, seconds, file.name)
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            yield process


def load_of(process: "subprocess.Popen[str]") -> Load:
    """What it prints in the end."""
    output, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(f"The driver failed:\n{output}")
    told: dict[str, Any] = json.loads(output.strip().splitlines()[-1])
    statuses = {int(status): count for status, count in told.pop("statuses").items()}
    return Load(statuses=statuses, **told)


def _command(address: tuple[str, int], connections: int, seconds: int, requests: str) -> list[str]:
    host, port = address
    if NAME != "wrk":
        own = [sys.executable, "-m", "tests.bench.own_driver", host]
        return [*own, str(port), str(connections), str(seconds), requests]
    # Python waits for wrk, which needs no more than one thread here; a reply may take long.
    options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(_SCRIPT)]
    return ["wrk", *options, f"http://{host}:{port}", "--", requests]
