"""The service as in production: two worker processes on one database."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.concurrency.concurrent_clients import ConcurrentClients, connected
from tests.databases import TestServer
from tests.processes import SECRET, Serving, serving

LIMITS = {"SIGNUPS_PER_HOUR": "100000", "REFRESHES_PER_HOUR": "100000"}
"""All requests come from one address. The login limit keeps its default."""

_DEFINITION = """
SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'bookings_one_per_desk'
"""


@pytest.fixture(scope="session")
def two_workers(
    server_18: TestServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Serving, str]]:
    """The running service, shared by the tests of this process, and its database."""
    directory = tmp_path_factory.mktemp("two-workers")
    with server_18.scratch_database() as dsn:
        variables = {"DATABASE_URL": dsn, "SECRET_KEY": SECRET, "LOG_LEVEL": "warning"} | LIMITS
        with serving("--workers", "2", cwd=directory, variables=variables) as served:
            yield served, dsn


@pytest.fixture
async def clients(two_workers: tuple[Serving, str]) -> AsyncIterator[ConcurrentClients]:
    """Clients of the two workers."""
    async with connected(*two_workers) as clients:
        yield clients


@pytest.fixture
async def clients_without_constraint(
    clients: ConcurrentClients,
) -> AsyncIterator[ConcurrentClients]:
    """The same without the exclusion constraint, which is restored afterwards.

    Inserts name the constraint in their conflict clause, so one that never conflicts replaces it.
    """
    name = "CONSTRAINT bookings_one_per_desk"
    definition = await clients.ask(_DEFINITION)
    drop, add = f"ALTER TABLE bookings DROP {name}", f"ALTER TABLE bookings ADD {name}"
    await clients.run(drop, f"{add} EXCLUDE USING gist (id WITH =)")
    yield clients
    await clients.run("TRUNCATE bookings CASCADE", drop, f"{add} {definition}")
