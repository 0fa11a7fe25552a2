"""Shared by all tests: PostgreSQL servers, the order of execution, and Hypothesis profiles.

`HYPOTHESIS_PROFILE` selects the profile: `default` takes seconds and generates the same examples in
every run, so that a failure is reproducible; `soak` generates a hundred times as many, at random.
"""

import gc
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

from adapters.embedded.file_lock import FileLock
from tests.database_pool import DatabasePool
from tests.databases import TestServer, embedded_18, installed, running
from tests.processes import cowork

# Imports create almost no garbage, and collecting it takes a fifth of the time until the tests
# start.
gc.disable()

# Slow examples do not fail: the test processes share a small machine.
_ALWAYS = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

settings.register_profile(
    "default", _ALWAYS, max_examples=100, stateful_step_count=30, derandomize=True, database=None
)
settings.register_profile(
    "soak", _ALWAYS, max_examples=10_000, stateful_step_count=100, print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


SLOWEST_FOLDERS = (
    *("contract", "cli", "faults", "http", "stateful", "unit", "demo", "hostile", "embedded"),
    *("migrations", "readme", "stripe_sandbox", "concurrency"),
)
"""The folders that take most of the time, the slowest first."""


class ByFolder(LoadScopeScheduling):  # type: ignore[misc]  # untyped
    """Assigns each folder to one process, so that its shared fixtures are created once."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0].rpartition("/")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFolder:
    """Distribute the tests over the processes by folder."""
    return ByFolder(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the slowest folders, so that the processes finish at about the same time."""

    def rank(item: pytest.Item) -> int:
        ranks = (SLOWEST_FOLDERS.index(part) for part in item.path.parts if part in SLOWEST_FOLDERS)
        return min(ranks, default=len(SLOWEST_FOLDERS))

    items.sort(key=rank)


def pytest_collection_finish() -> None:
    """Enable garbage collection, except of the objects that exist so far."""
    gc.freeze()
    gc.set_threshold(10_000)
    gc.enable()


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """The event loop of asyncpg, the service and its clients."""
    return "asyncio"


def _shared_folder(factory: pytest.TempPathFactory) -> Path:
    """Return the folder that the processes of this run share."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def server_18(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestServer]:
    """The embedded PostgreSQL, shared by all tests and test processes."""
    with running(embedded_18, _shared_folder(tmp_path_factory) / "postgres-18") as server:
        yield server


@pytest.fixture(scope="session")
def server_15(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestServer]:
    """The oldest supported PostgreSQL, if it is installed."""
    directory = _shared_folder(tmp_path_factory) / "postgres-15"
    with running(partial(installed, 15), directory) as server:
        yield server


@pytest.fixture(scope="session")
def made_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the schema at head, which all test processes copy.

    Creating one takes ten times as long as copying it.
    """
    directory = _shared_folder(tmp_path_factory) / "made-house"
    lock = FileLock(directory.with_suffix(".lock"))
    assert lock.acquire(shared=False, timeout_seconds=120)
    try:
        if not directory.exists():
            making = tmp_path_factory.mktemp("making")
            migrated = cowork("migrate", cwd=making)
            assert migrated.returncode == 0, migrated.stderr
            (making / ".cowork").rename(directory)
    finally:
        lock.release()
    return directory


@pytest.fixture
def data_directory(made_house: Path, tmp_path: Path) -> Path:
    """A copy of a migrated data directory, where commands run in `tmp_path` find it."""
    return shutil.copytree(made_house, tmp_path / ".cowork")


@pytest.fixture
def empty_database_18(server_18: TestServer) -> Iterator[str]:
    """The DSN of a database with the schema at head and no rows."""
    with server_18.empty_database() as dsn:
        yield dsn


@pytest.fixture
def empty_database_15(server_15: TestServer) -> Iterator[str]:
    """The same on the oldest supported PostgreSQL."""
    with server_15.empty_database() as dsn:
        yield dsn


@pytest.fixture
def scratch_database_18(server_18: TestServer) -> Iterator[str]:
    """Like `empty_database_18`, for a test that changes the schema."""
    with server_18.scratch_database() as dsn:
        yield dsn


@pytest.fixture(scope="module")
async def database_pool() -> AsyncIterator[DatabasePool]:
    """The databases of a module whose tests run in this process only."""
    async with AsyncExitStack() as stack:
        yield DatabasePool(stack)
