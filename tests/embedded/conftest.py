"""Directories for embedded servers, and processes that use them."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from adapters.embedded import EmbeddedPostgres
from adapters.embedded.postmaster import Postmaster

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def directory(new_directory: Path, made_house: Path) -> Path:
    """Where a server has already been, without rows."""
    shutil.copytree(made_house / "postgres", new_directory / "postgres")
    return new_directory


@pytest.fixture(scope="module")
def used_directory(made_house: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where somebody uses a server all the time, for tests that only look at it."""
    path = tmp_path_factory.mktemp("used")
    shutil.copytree(made_house / "postgres", path / "postgres")
    user = EmbeddedPostgres(path)
    user.start()
    yield path
    user.stop()


@pytest.fixture
def new_directory(tmp_path: Path) -> Iterator[Path]:
    """Where there is nothing; whatever is left running there is stopped."""
    path = tmp_path / "house"
    yield path
    if path.is_dir():
        EmbeddedPostgres(path, is_temporary=True).stop_unless_used()


@pytest.fixture
def user(directory: Path) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Starts a process that uses the server and has committed a row with that word."""
    with ExitStack() as processes:

        def start(word: str) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.embedded.user", str(directory), word],
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
                start_new_session=True,
            )
            processes.enter_context(process)
            processes.callback(process.kill)
            assert process.stdout is not None
            assert process.stdout.readline() == "committed\n"
            return process

        yield start


def postmaster(directory: Path) -> Postmaster | None:
    """The server of that directory, if it runs."""
    return Postmaster.of(directory.resolve() / "postgres")


def kill_server(directory: Path) -> int:
    """Kill the server process at once; its process id."""
    server = postmaster(directory)
    assert server is not None
    os.kill(server.pid, signal.SIGKILL)
    return server.pid
