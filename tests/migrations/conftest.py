"""Fixtures: databases without and with the schema, on each supported PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests.databases import TestServer


@pytest.fixture(params=["18", "15"])
def server(request: pytest.FixtureRequest) -> TestServer:
    """Each supported PostgreSQL server."""
    server: TestServer = request.getfixturevalue(f"server_{request.param}")
    return server


@pytest.fixture
def bare_dsn(server: TestServer) -> Iterator[str]:
    """The URL of a database without any tables."""
    with server.bare_database() as dsn:
        yield dsn


@pytest.fixture
def migrated_dsn(server: TestServer) -> Iterator[str]:
    """The URL of a database at the head revision, without rows."""
    with server.empty_database() as dsn:
        yield dsn
