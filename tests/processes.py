"""Real `cowork` processes: started as an operator starts them, and ended in every way."""

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
# Services under test are asked without TLS: they need no authorities, which take longer to load
# than a service to answer.
get = partial(httpx.get, verify=False)
post = partial(httpx.post, verify=False)
_ANSWERS = re.compile(r"answers on (http://\S+)")


def clean_environment(**variables: str) -> dict[str, str]:
    """This process's environment without any setting of the service's but the given ones.

    Nor is there what only the tests have installed.
    """
    # A shifted clock is shifted for all processes.
    names = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", *CLOCK_VARIABLES)
    inherited = {name: os.environ[name] for name in names if name in os.environ}
    code = os.pathsep.join(filter(None, [str(AS_INSTALLED), os.environ.get("PYTHONPATH")]))
    return inherited | {"PYTHONUNBUFFERED": "1", "PYTHONPATH": code} | variables


def cowork(
    *arguments: str, cwd: Path, variables: Mapping[str, str] | None = None, seconds: float = 120
) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end."""
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
    """A running `cowork serve`. `told` is what it has printed so far, logs included."""

    process: "subprocess.Popen[str]"
    url: str
    told: list[str]

    def is_healthy(self) -> bool:
        """Whether it answers, and its database too."""
        try:
            return get(f"{self.url}/health", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def ended(self, seconds: float = 40) -> int:
        """Its exit status, once it has come to its end."""
        return self.process.wait(seconds)

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to end; its exit status."""
        self.process.send_signal(how)
        return self.ended()


@contextmanager
def serving(
    *arguments: str, cwd: Path, variables: Mapping[str, str] | None = None
) -> Iterator[Serving]:
    """`cowork serve` on a free port, once it is healthy; ended when the block is left."""
    command = [str(COWORK), "serve", "--port", "0", *arguments]
    with serving_by(command, cwd=cwd, variables=variables) as served:
        yield served


@contextmanager
def serving_by(
    command: Sequence[str], *, cwd: Path, variables: Mapping[str, str] | None = None
) -> Iterator[Serving]:
    """The same by another command, which has to say on which address it answers."""
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=clean_environment(**variables or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        stdin=subprocess.DEVNULL,
        # A process group of its own, as a shell gives it, so that Ctrl-C can be sent to all of it.
        start_new_session=True,
    )
    told: list[str] = []
    try:
        yield _started(process, told)
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
            raise


def _started(process: "subprocess.Popen[str]", told: list[str]) -> Serving:
    threading.Thread(target=_listen, args=(process, told), daemon=True).start()
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        found = _ANSWERS.search("".join(told))
        if found is not None:
            served = Serving(process, found[1], told)
            if served.is_healthy():
                return served
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise AssertionError("It did not start:\n" + "".join(told))


def _listen(process: "subprocess.Popen[str]", told: list[str]) -> None:
    assert process.stdout is not None
    # A daemon's thread owns the pipe to its end.
    with process.stdout as lines:
        for line in lines:
            told.append(line)  # noqa: PERF402 - each as soon as it comes
