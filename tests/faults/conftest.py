"""Fixtures: a service and its own PostgreSQL server, both of which tests may kill."""

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from adapters.embedded import EmbeddedPostgres
from adapters.embedded.postmaster import Postmaster
from tests.databases import SETTINGS
from tests.faults.booking_history import BookingHistory, new_history
from tests.http.service import LASTING, UNLIMITED
from tests.processes import SECRET, Serving, serving


@dataclass(frozen=True, slots=True)
class Postgres:
    """A PostgreSQL server that tests can kill and restart; its commits are durable."""

    server: EmbeddedPostgres
    directory: Path

    @property
    def dsn(self) -> str:
        return self.server.dsn

    def kill(self) -> None:
        """Stop it without a checkpoint, as a crash does."""
        [pid_file] = self.directory.rglob("postmaster.pid")
        postmaster = Postmaster.find(pid_file.parent)
        assert postmaster is not None
        postmaster.stop(timeout_seconds=10, immediate=True)

    def start(self) -> None:
        self.server.restart_if_dead()

    async def fetch_number(self, query: str) -> int:
        """Return the number that the query selects, or 0."""
        connection = await asyncpg.connect(self.dsn)
        try:
            return int(await connection.fetchval(query) or 0)
        finally:
            await connection.close()


@pytest.fixture(scope="session")
def postgres(made_house: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    directory = tmp_path_factory.mktemp("postgres")
    shutil.copytree(made_house / "postgres", directory / "postgres")
    # Commits have to survive a crash of the server, but not of the machine.
    settings = SETTINGS | {"synchronous_commit": "on"}
    server = EmbeddedPostgres(directory, settings=settings, is_temporary=True)
    server.start()
    try:
        yield Postgres(server, directory)
    finally:
        server.stop()


@contextmanager
def run_service(dsn: str, directory: Path, *, workers: int = 1) -> Iterator[Serving]:
    """Run `cowork serve` on that database, without rate limits and background jobs."""
    required = {"DATABASE_URL": dsn, "SECRET_KEY": SECRET, "LOG_LEVEL": "warning"}
    options = ("--no-worker", "--workers", str(workers))
    variables = UNLIMITED | LASTING | required
    with serving(*options, cwd=directory, variables=variables) as served:
        yield served


@pytest.fixture(scope="session")
def service(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with run_service(postgres.dsn, tmp_path_factory.mktemp("service")) as served:
        yield served


@pytest.fixture
async def history(service: Serving, postgres: Postgres) -> AsyncIterator[BookingHistory]:
    """A new history of that service, which must survive the test."""
    yield await reset_history(service.url, postgres.dsn)
    assert service.process.poll() is None


async def reset_history(url: str, dsn: str) -> BookingHistory:
    """Delete all users, spaces and bookings. Returns a new history."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("TRUNCATE users, spaces, bookings, idempotency_keys, jobs CASCADE")
    await connection.close()
    return await new_history(url, dsn)
