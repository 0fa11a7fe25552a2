"""A service over a PostgreSQL of its own, which may be killed."""

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
from tests.faults.journal import Journal, a_journal
from tests.http.service import LASTING, UNLIMITED
from tests.processes import SECRET, Serving, serving


@dataclass(frozen=True, slots=True)
class Postgres:
    """A server whose commits outlive it, and which comes back when it is told to."""

    server: EmbeddedPostgres
    directory: Path

    @property
    def dsn(self) -> str:
        return self.server.dsn

    def kill(self) -> None:
        """End it as a crash does."""
        [pid_file] = self.directory.rglob("postmaster.pid")
        postmaster = Postmaster.of(pid_file.parent)
        assert postmaster is not None
        postmaster.stop(within_seconds=10, abruptly=True)

    def start(self) -> None:
        self.server.start_again_if_dead()

    async def ask(self, question: str) -> int:
        """A number that it knows."""
        connection = await asyncpg.connect(self.dsn)
        try:
            return int(await connection.fetchval(question) or 0)
        finally:
            await connection.close()


@pytest.fixture(scope="session")
def postgres(made_house: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    directory = tmp_path_factory.mktemp("postgres")
    shutil.copytree(made_house / "postgres", directory / "postgres")
    # What was committed has to be there after a crash of the server, though not of the machine.
    settings = SETTINGS | {"synchronous_commit": "on"}
    server = EmbeddedPostgres(directory, settings=settings, is_temporary=True)
    server.start()
    try:
        yield Postgres(server, directory)
    finally:
        server.stop()


@contextmanager
def service_on(dsn: str, directory: Path, *, workers: int = 1) -> Iterator[Serving]:
    """`cowork serve` on that database, without limits and without work of its own."""
    needed = {"DATABASE_URL": dsn, "SECRET_KEY": SECRET, "LOG_LEVEL": "warning"}
    how = ("--no-worker", "--workers", str(workers))
    variables = UNLIMITED | LASTING | needed
    with serving(*how, cwd=directory, variables=variables) as served:
        yield served


@pytest.fixture(scope="session")
def service(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with service_on(postgres.dsn, tmp_path_factory.mktemp("service")) as served:
        yield served


@pytest.fixture
async def journal(service: Serving, postgres: Postgres) -> AsyncIterator[Journal]:
    """People at that service, with nothing booked yet; it has to live through what comes."""
    yield await a_new_journal(service.url, postgres.dsn)
    assert service.process.poll() is None


async def a_new_journal(url: str, dsn: str) -> Journal:
    """One of a house which had others before."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("TRUNCATE users, spaces, bookings, idempotency_keys, jobs CASCADE")
    await connection.close()
    return await a_journal(url, dsn)
