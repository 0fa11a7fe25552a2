"""The service as it runs in earnest: two worker processes over one database."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.concurrency.crowd import Crowd, connected
from tests.databases import TestServer
from tests.processes import SECRET, Serving, serving

LIMITS = {"SIGNUPS_PER_HOUR": "100000", "REFRESHES_PER_HOUR": "100000"}
"""All that is tried comes from one address. How often one may log in is as usual."""


@pytest.fixture(scope="session")
def two_workers(
    server_18: TestServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Serving, str]]:
    """The running service, which the tests of a process share, and its database."""
    directory = tmp_path_factory.mktemp("two-workers")
    with server_18.scratch_database() as dsn, _served(dsn, directory) as served:
        yield served, dsn


@pytest.fixture
async def crowd(two_workers: tuple[Serving, str]) -> AsyncIterator[Crowd]:
    """People at the two workers."""
    async with connected(*two_workers) as crowd:
        yield crowd


@pytest.fixture
async def reckless_crowd(scratch_database_18: str, tmp_path: Path) -> AsyncIterator[Crowd]:
    """The same at a service of their own, whose schema is theirs to spoil."""
    with _served(scratch_database_18, tmp_path) as served:
        async with connected(served, scratch_database_18) as crowd:
            yield crowd


@contextmanager
def _served(dsn: str, directory: Path) -> Iterator[Serving]:
    variables = {"DATABASE_URL": dsn, "SECRET_KEY": SECRET, "LOG_LEVEL": "warning"} | LIMITS
    with serving("--workers", "2", cwd=directory, variables=variables) as served:
        yield served
