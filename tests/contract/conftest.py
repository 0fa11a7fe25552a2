"""The stores that the contract suite runs on: memory, and each supported PostgreSQL version.

A test requests `store`, which is new and empty, and does not depend on its implementation.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Protocol

import pytest

from adapters.memory import MemoryStore
from application.ports.session_lookup import SessionLookup
from application.ports.unit_of_work import UnitOfWorkFactory
from tests.database_pool import DatabasePool
from tests.databases import TestServer

POSTGRES_VERSIONS = (18, 15)
MAX_WAIT_IN_MEMORY = timedelta(seconds=1)


class Store(Protocol):
    """What the suite needs from an adapter."""

    @property
    def unit_of_work(self) -> UnitOfWorkFactory:
        """Opens units of work on the store."""
        ...

    @property
    def session_lookup(self) -> SessionLookup:
        """Looks up sessions."""
        ...


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test that uses `store` on each of them."""
    if "store" in metafunc.fixturenames:
        stores = [None, *POSTGRES_VERSIONS]
        metafunc.parametrize("server", stores, ids=name, indirect=True, scope="function")


def name(version: int | None) -> str:
    """Return the id of tests whose store is that PostgreSQL version or memory."""
    return "memory" if version is None else f"postgres-{version}"


@pytest.fixture
def server(request: pytest.FixtureRequest) -> TestServer | None:
    """The server of the store: a PostgreSQL, or None for memory."""
    return None if request.param is None else postgres(request, request.param)


@pytest.fixture
async def store(server: TestServer | None, database_pool: DatabasePool) -> AsyncIterator[Store]:
    """A new, empty store."""
    if server is None:
        yield MemoryStore(max_wait=MAX_WAIT_IN_MEMORY)
        return
    async with database_pool.empty(server) as database:
        yield database


def postgres(request: pytest.FixtureRequest, version: int) -> TestServer:
    """Return the server of that version, from the fixtures of tests/conftest.py.

    They skip, with the reason, when it is not installed.
    """
    server: TestServer = request.getfixturevalue(f"server_{version}")
    return server


def postgres_dsn(request: pytest.FixtureRequest, version: int) -> str:
    """Return an empty database on it, whose connections end with the test."""
    dsn: str = request.getfixturevalue(f"empty_database_{version}")
    return dsn
