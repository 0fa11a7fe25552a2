"""The service as it runs in earnest: two worker processes over one database."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.concurrency.crowd import Crowd, connected
from tests.databases import TestServer
from tests.processes import SECRET, Serving, serving

LIMITS = {"SIGNUPS_PER_HOUR": "100000", "REFRESHES_PER_HOUR": "100000"}
"""All that is tried comes from one address. How often one may log in is as usual."""

_DEFINITION = """
SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'bookings_one_per_desk'
"""


@pytest.fixture(scope="session")
def two_workers(
    server_18: TestServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Serving, str]]:
    """The running service, which the tests of a process share, and its database."""
    directory = tmp_path_factory.mktemp("two-workers")
    with server_18.scratch_database() as dsn:
        variables = {"DATABASE_URL": dsn, "SECRET_KEY": SECRET, "LOG_LEVEL": "warning"} | LIMITS
        with serving("--workers", "2", cwd=directory, variables=variables) as served:
            yield served, dsn


@pytest.fixture
async def crowd(two_workers: tuple[Serving, str]) -> AsyncIterator[Crowd]:
    """People at the two workers."""
    async with connected(*two_workers) as crowd:
        yield crowd


@pytest.fixture
async def reckless_crowd(crowd: Crowd) -> AsyncIterator[Crowd]:
    """The same without what keeps two bookings of a desk apart, which is put back in the end.

    The constraint is what an insert gives way to; in its place stands one that never objects.
    """
    name = "CONSTRAINT bookings_one_per_desk"
    sound = await crowd.ask(_DEFINITION)
    drop, add = f"ALTER TABLE bookings DROP {name}", f"ALTER TABLE bookings ADD {name}"
    await crowd.run(drop, f"{add} EXCLUDE USING gist (id WITH =)")
    yield crowd
    await crowd.run("TRUNCATE bookings CASCADE", drop, f"{add} {sound}")
