"""Fixtures: data directories of embedded servers, and client processes."""

import asyncio
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
from tests.embedded.client_process import drop_words

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session")
def shared_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The location of the data of `directory` between two tests."""
    return tmp_path_factory.mktemp("shared") / "postgres"


@pytest.fixture
def directory(new_directory: Path, shared_data: Path, made_house: Path) -> Iterator[Path]:
    """A directory with an initialized data directory and an empty database.

    The data are moved from test to test, because copying their thousand files takes far longer than
    starting the server once more. Data that a test leaves in a bad state are not reused.
    """
    if not shared_data.exists():
        shutil.copytree(made_house / "postgres", shared_data)
    new_directory.mkdir()
    data = shared_data.rename(new_directory / "postgres")
    yield new_directory
    asyncio.run(_drop_words(new_directory))
    assert postmaster(new_directory) is None
    data.rename(shared_data)


async def _drop_words(directory: Path) -> None:
    async with EmbeddedPostgres(directory) as server:
        await drop_words(server.dsn)


@pytest.fixture
def new_directory(tmp_path: Path) -> Iterator[Path]:
    """A directory that does not exist yet. A server that still runs there at the end is stopped."""
    path = tmp_path / "house"
    yield path
    if path.is_dir():
        EmbeddedPostgres(path, is_temporary=True).stop_if_unused()


@pytest.fixture
def start_client(directory: Path) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Start a process that uses the server. Returns it after it has committed a row with `word`."""
    with ExitStack() as processes:

        def start(word: str) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.embedded.client_process", str(directory), word],
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
    """Return the server of that directory if it runs."""
    return Postmaster.find(directory.resolve() / "postgres")


def kill_server(directory: Path) -> int:
    """Kill the server process. Returns its process id."""
    server = postmaster(directory)
    assert server is not None
    os.kill(server.pid, signal.SIGKILL)
    return server.pid
