"""Databases for migrations: with nothing in them, and with the schema, on each PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests.databases import TestServer


@pytest.fixture(params=["18", "15"])
def server(request: pytest.FixtureRequest) -> TestServer:
    """Each PostgreSQL that there is."""
    server: TestServer = request.getfixturevalue(f"server_{request.param}")
    return server


@pytest.fixture
def bare(server: TestServer) -> Iterator[str]:
    """The address of a database with nothing in it."""
    with server.bare_database() as dsn:
        yield dsn


@pytest.fixture
def empty(server: TestServer) -> Iterator[str]:
    """The address of a database that was migrated to head, with no rows."""
    with server.empty_database() as dsn:
        yield dsn
