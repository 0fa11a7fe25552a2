"""The stores that the contract suite runs on: memory, and each PostgreSQL that there is.

A test asks for `store`, which is fresh and empty, and knows nothing of what is behind it.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Protocol

import pytest

from adapters.memory import MemoryStore
from adapters.postgres import PostgresDatabase
from application.ports.log_ins import LogIns
from application.ports.unit_of_work import UnitOfWorkFactory

IN_MEMORY = "memory"
POSTGRES_VERSIONS = (18, 15)
LONGEST_WAIT_IN_MEMORY = timedelta(seconds=1)
POOL_SIZE = 8
"""Fewer connections than the races have writers, so that these wait for one another there too."""


class Store(Protocol):
    """What the suite needs of an adapter."""

    @property
    def unit_of_work(self) -> UnitOfWorkFactory:
        """Opens units of work on the store."""
        ...

    @property
    def log_ins(self) -> LogIns:
        """Who is signed in."""
        ...


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test that uses `store` on each of them."""
    if "store" in metafunc.fixturenames:
        postgres = [f"postgres-{version}" for version in POSTGRES_VERSIONS]
        metafunc.parametrize("dsn", [IN_MEMORY, *postgres], indirect=True, scope="function")


@pytest.fixture
def anyio_backend() -> str:
    """asyncpg knows no other event loop than asyncio's."""
    return "asyncio"


@pytest.fixture
def dsn(request: pytest.FixtureRequest) -> str | None:
    """Where the store is: an empty database with the schema at head, or None for memory."""
    return None if request.param == IN_MEMORY else postgres_dsn(request, request.param)


@pytest.fixture
async def store(dsn: str | None) -> AsyncIterator[Store]:
    """A fresh and empty store."""
    if dsn is None:
        yield MemoryStore(longest_wait=LONGEST_WAIT_IN_MEMORY)
        return
    database = await PostgresDatabase.connect(dsn, pool_size=POOL_SIZE)
    try:
        yield database
    finally:
        await database.close()


def postgres_dsn(request: pytest.FixtureRequest, server: str) -> str:
    """An empty database on that server ("postgres-18"), from the fixtures of tests/conftest.py.

    They skip, with the reason, when that server is not installed.
    """
    dsn: str = request.getfixturevalue(f"empty_database_{server.removeprefix('postgres-')}")
    return dsn
