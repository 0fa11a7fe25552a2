"""What all tests share: PostgreSQL servers, and how hard Hypothesis tries.

That is chosen by `HYPOTHESIS_PROFILE`: `default` takes seconds and finds the same examples each
time, so that a red run can be run again; `soak` tries a hundred times as many, new ones each time.
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
from tests.databases import TestServer, embedded_18, installed, running
from tests.kept import KeptDatabases
from tests.processes import cowork

# Hardly anything of what is imported goes away, and to look for that in all of it again and again
# takes a fifth of the time until the tests begin.
gc.disable()

# Slow examples are no failures: the test processes share a small machine.
_ALWAYS = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

settings.register_profile(
    "default", _ALWAYS, max_examples=100, stateful_step_count=30, derandomize=True, database=None
)
settings.register_profile(
    "soak", _ALWAYS, max_examples=10_000, stateful_step_count=100, print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


LONGEST = (
    *("contract", "cli", "faults", "http", "stateful", "unit", "demo", "hostile", "embedded"),
    *("migrations", "readme", "stripe_sandbox", "concurrency"),
)
"""The folders that take most of the time, the longest first."""


class ByFolder(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    """Gives the tests of a folder to one process: what they share is made once then."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0].rpartition("/")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFolder:
    """Decide who runs what, when there are several processes."""
    return ByFolder(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, or all else would be done and wait for it in the end."""

    def place(item: pytest.Item) -> int:
        ranked = (LONGEST.index(part) for part in item.path.parts if part in LONGEST)
        return min(ranked, default=len(LONGEST))

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """From here on there is garbage, but not in what is there by now."""
    gc.freeze()
    gc.set_threshold(10_000)
    gc.enable()


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """What asyncpg, the service and its clients run on."""
    return "asyncio"


def _shared_folder(factory: pytest.TempPathFactory) -> Path:
    """The folder of all the processes of this run, and of no other run."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def server_18(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestServer]:
    """The embedded PostgreSQL, shared by all tests and test processes."""
    with running(embedded_18, _shared_folder(tmp_path_factory) / "postgres-18") as server:
        yield server


@pytest.fixture(scope="session")
def server_15(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestServer]:
    """The oldest PostgreSQL that is to work, if it is installed."""
    directory = _shared_folder(tmp_path_factory) / "postgres-15"
    with running(partial(installed, 15), directory) as server:
        yield server


@pytest.fixture(scope="session")
def made_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the schema at head, for all test processes to copy.

    To make one takes ten times as long as to copy it.
    """
    directory = _shared_folder(tmp_path_factory) / "made-house"
    turn = FileLock(directory.with_suffix(".lock"))
    assert turn.acquire(shared=False, timeout_seconds=120)
    try:
        if not directory.exists():
            making = tmp_path_factory.mktemp("making")
            migrated = cowork("migrate", cwd=making)
            assert migrated.returncode == 0, migrated.stderr
            (making / ".cowork").rename(directory)
    finally:
        turn.release()
    return directory


@pytest.fixture
def data_directory(made_house: Path, tmp_path: Path) -> Path:
    """A copy of it, where commands that run in `tmp_path` find it."""
    return shutil.copytree(made_house, tmp_path / ".cowork")


@pytest.fixture
def empty_database_18(server_18: TestServer) -> Iterator[str]:
    """The address of a database with the schema at head and no rows."""
    with server_18.empty_database() as dsn:
        yield dsn


@pytest.fixture
def empty_database_15(server_15: TestServer) -> Iterator[str]:
    """The same on the oldest PostgreSQL."""
    with server_15.empty_database() as dsn:
        yield dsn


@pytest.fixture
def scratch_database_18(server_18: TestServer) -> Iterator[str]:
    """As `empty_database_18`, for a test that changes the schema."""
    with server_18.scratch_database() as dsn:
        yield dsn


@pytest.fixture(scope="module")
async def kept_databases() -> AsyncIterator[KeptDatabases]:
    """Those of the module, for tests that need no process beside this one."""
    async with AsyncExitStack() as stack:
        yield KeptDatabases(stack)
