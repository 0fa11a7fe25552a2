"""Real `cowork` processes, started as an operator starts them."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx

from tests.clocks.shifted_clock import VARIABLES as CLOCK_VARIABLES

COWORK = Path(sys.executable).with_name("cowork")
AS_INSTALLED = Path(__file__).with_name("as_installed")
SECRET = "0123456789abcdef0123456789abcdef"
START_SECONDS = 60
# Services under test are reached without TLS. Loading CA certificates takes longer than a response.
get = partial(httpx.get, verify=False)
post = partial(httpx.post, verify=False)
_ANSWERS = re.compile(r"listens on (http://\S+)")


def clean_environment(**variables: str) -> dict[str, str]:
    """Return an environment in which `variables` are the only settings of the service.

    Packages that only the tests need cannot be imported in it.
    """
    # A shifted clock is shifted for all processes.
    names = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", *CLOCK_VARIABLES)
    inherited = {name: os.environ[name] for name in names if name in os.environ}
    code = os.pathsep.join(filter(None, [str(AS_INSTALLED), os.environ.get("PYTHONPATH")]))
    return inherited | {"PYTHONUNBUFFERED": "1", "PYTHONPATH": code} | variables


def cowork(
    *arguments: str, cwd: Path, variables: Mapping[str, str] | None = None, seconds: float = 120
) -> "subprocess.CompletedProcess[str]":
    """Run a command and wait for its end."""
    return subprocess.run(
        [COWORK, *arguments],
        cwd=cwd,
        env=clean_environment(**variables or {}),
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
        stdin=subprocess.DEVNULL,
    )


@dataclass(slots=True)
class Serving:
    """A running `cowork serve`. `output` holds the lines printed so far, logs included."""

    process: "subprocess.Popen[str]"
    url: str
    output: list[str]

    def is_healthy(self) -> bool:
        """Return whether the service and its database respond."""
        try:
            return get(f"{self.url}/health", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def ended(self, seconds: float = 40) -> int:
        """Wait for the end of the process. Returns its exit status."""
        return self.process.wait(seconds)

    def end(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait for the end. Returns the exit status."""
        self.process.send_signal(by)
        return self.ended()


@contextmanager
def serving(
    *arguments: str, cwd: Path, variables: Mapping[str, str] | None = None
) -> Iterator[Serving]:
    """Run `cowork serve` on a free port. Yields it once it is healthy."""
    command = [str(COWORK), "serve", "--port", "0", *arguments]
    with serving_by(command, cwd=cwd, variables=variables) as served:
        yield served


@contextmanager
def serving_by(
    command: Sequence[str], *, cwd: Path, variables: Mapping[str, str] | None = None
) -> Iterator[Serving]:
    """Run another command that serves and prints its address."""
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=clean_environment(**variables or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        stdin=subprocess.DEVNULL,
        # Its own process group, as in a shell, so that Ctrl-C reaches all of its processes.
        start_new_session=True,
    )
    output: list[str] = []
    try:
        yield _started(process, output)
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
            raise


def _started(process: "subprocess.Popen[str]", output: list[str]) -> Serving:
    threading.Thread(target=_listen, args=(process, output), daemon=True).start()
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        match = _ANSWERS.search("".join(output))
        if match is not None:
            served = Serving(process, match[1], output)
            if served.is_healthy():
                return served
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise AssertionError("It did not start:\n" + "".join(output))


def _listen(process: "subprocess.Popen[str]", output: list[str]) -> None:
    assert process.stdout is not None
    # This daemon thread owns the pipe to its end.
    with process.stdout as lines:
        for line in lines:
            output.append(line)  # noqa: PERF402 - each line as soon as it is printed
