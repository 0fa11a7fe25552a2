"""Directories for embedded servers, and processes that use them."""

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
from tests.embedded.user import forget

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session")
def kept_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the data of `directory` lie between two tests."""
    return tmp_path_factory.mktemp("kept") / "postgres"


@pytest.fixture
def directory(new_directory: Path, kept_data: Path, made_house: Path) -> Iterator[Path]:
    """Where a server has already been, without rows.

    The data go from test to test: to copy their thousand files takes far longer than to start a
    server on them once more. What a test leaves in a bad state is not handed on.
    """
    if not kept_data.exists():
        shutil.copytree(made_house / "postgres", kept_data)
    new_directory.mkdir()
    data = kept_data.rename(new_directory / "postgres")
    yield new_directory
    asyncio.run(_forget_words(new_directory))
    assert postmaster(new_directory) is None
    data.rename(kept_data)


async def _forget_words(directory: Path) -> None:
    async with EmbeddedPostgres(directory) as server:
        await forget(server.dsn)


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
