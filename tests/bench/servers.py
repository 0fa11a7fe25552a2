"""Starts the measured servers the way an operator does, with their logs in a file."""

import http.client
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from socket import socket

import httpx
import psutil

from tests.bench.dataset import CALLERS, PASSWORD, caller_email
from tests.bench.dates import Dates
from tests.bench.scenarios import Callers
from tests.processes import COWORK, SECRET, clean_environment

SETTINGS = {
    "SECRET_KEY": SECRET,
    # The driver simulates many clients from one address; no other limit is raised.
    "LOGIN_ATTEMPTS_PER_15_MINUTES": "1000000",
    "ACCESS_TOKEN_MINUTES": "1440",
    "LOG_FORMAT": "json",
}
_START_TIMEOUT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `cold_start` is the time in seconds from its spawn to the first 200."""

    process: psutil.Process
    address: tuple[str, int]
    cold_start: float

    def peak_memory(self) -> list[int]:
        """Return the peak memory of each of its processes in MB, the largest first."""
        processes = [self.process, *self.process.children(recursive=True)]
        return sorted((_peak_memory(process) for process in processes), reverse=True)


@contextmanager
def service(
    dsn: str, log: Path, *, workers: int = 1, options: Sequence[str] = ()
) -> Iterator[Server]:
    """Run `cowork serve` on that database."""
    command = [str(COWORK), "serve", "--workers", str(workers), *options, "--port"]
    with _run(command, "/health", {"DATABASE_URL": dsn, **SETTINGS}, log) as server:
        yield server


@contextmanager
def baseline(dsn: str, log: Path) -> Iterator[Server]:
    """Run the minimal application on that database."""
    command = [sys.executable, "-m", "uvicorn", "tests.bench.baseline_app:app", "--no-access-log"]
    with _run([*command, "--port"], "/", {"DATABASE_URL": dsn}, log) as server:
        yield server


def log_in(server: Server, dates: Dates) -> Callers:
    """Log in all callers. Returns them with the spaces that they request."""
    host, port = server.address
    with httpx.Client(base_url=f"http://{host}:{port}", timeout=60, verify=False) as client:
        tokens = []
        for number in range(CALLERS):
            body = {"email": caller_email(number), "password": PASSWORD}
            tokens.append(client.post("/auth/login", json=body).json()["access_token"])
        spaces = client.get("/api/spaces?limit=200").json()["items"]
    return Callers(tokens, [space["id"] for space in spaces], dates)


@contextmanager
def _run(
    command: Sequence[str], path: str, variables: Mapping[str, str], log: Path
) -> Iterator[Server]:
    address = ("127.0.0.1", _free_port())
    started = time.monotonic()
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, str(address[1])],
            env=clean_environment(**variables),
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
        )
    try:
        while not _is_ready(address, path):
            if process.poll() is not None or time.monotonic() - started > _START_TIMEOUT_SECONDS:
                raise RuntimeError(f"{command[0]} did not start; see {log}")
            time.sleep(0.005)
        yield Server(psutil.Process(process.pid), address, time.monotonic() - started)
    finally:
        process.terminate()
        process.wait(40)


def _free_port() -> int:
    with socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def _is_ready(address: tuple[str, int], path: str) -> bool:
    connection = http.client.HTTPConnection(*address, timeout=5)
    with closing(connection), suppress(OSError, http.client.HTTPException):
        connection.request("GET", path)
        return connection.getresponse().status == 200
    return False


def _peak_memory(process: psutil.Process) -> int:
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        return int(process.memory_info().rss) >> 20
    lines = status.read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) >> 10
