"""Real PostgreSQL servers: one per version and test session, with one database per test.

The test processes share a server, as all users of an embedded server do. It is stopped and deleted
when the last process ends, even when that is killed.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from shutil import which

import asyncpg
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from sqlalchemy import make_url

from adapters.embedded import EmbeddedPostgres, Installation
from migrations import runner

SETTINGS = {
    # The data need not survive a crash, and waiting for the disk would take half of the time.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}
_BARE, _EMPTY = "template1", "empty"
_ONE_AT_A_TIME = 1
_END_OTHER_CONNECTIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
DELETE_EVERYTHING = """
DO $$
DECLARE name regclass;
BEGIN
    -- Disables triggers and foreign keys, so that the order of the tables does not matter.
    SET LOCAL session_replication_role = replica;
    SET LOCAL lock_timeout = '10s';
    FOR name IN
        SELECT oid FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
        -- Most tables never had a row.
        AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0
    LOOP
        EXECUTE format('DELETE FROM %s', name);
    END LOOP;
END $$
"""
"""Deletes all rows. Much faster than TRUNCATE, which recreates the file of each table."""
_KNOWN_PLACES = (
    "/usr/lib/postgresql/{}/bin",
    "/usr/pgsql-{}/bin",
    "/opt/homebrew/opt/postgresql@{}/bin",
)


class TestServer:
    """A running server, and the databases on it."""

    __test__ = False

    def __init__(self, dsn: str, portal: BlockingPortal) -> None:
        self.dsn = dsn
        self._portal = portal
        self._numbers = count()
        self._unused: list[str] = []
        portal.call(self._make_template)

    @contextmanager
    def empty_database(self) -> Iterator[str]:
        """Yield the DSN of a database with the schema at head and no rows.

        Later tests reuse the database, so its schema must not be changed. Creating one takes a
        third of a second, emptying one a hundredth.
        """
        if not self._unused:
            self._unused.append(self._create(_EMPTY))
        name = self._unused.pop()
        dsn = named(self.dsn, name)
        yield dsn
        self._portal.call(make_empty, dsn)
        self._unused.append(name)

    @contextmanager
    def scratch_database(self) -> Iterator[str]:
        """Yield the same, dropped afterwards, so that the test may change its schema."""
        name = self._create(_EMPTY)
        yield named(self.dsn, name)
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def bare_database(self) -> Iterator[str]:
        """Yield the DSN of a database without a schema."""
        name = self._create(_BARE)
        yield named(self.dsn, name)
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, *statements: str) -> None:
        """Execute statements on the server's default database."""
        self._portal.call(self._execute, statements)

    def _create(self, template: str) -> str:
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        # FILE_COPY takes half the time of the default strategy.
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name

    async def _execute(self, statements: Sequence[str]) -> None:
        connection = await asyncpg.connect(self.dsn)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def _make_template(self) -> None:
        """Migrate the template of all databases, once per server."""
        connection = await asyncpg.connect(self.dsn)
        try:
            await connection.execute("SELECT pg_advisory_lock($1)", _ONE_AT_A_TIME)
            if await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", _EMPTY):
                return
            await connection.execute("DROP DATABASE IF EXISTS migrating")
            await connection.execute("CREATE DATABASE migrating")
            await runner.upgrade(named(self.dsn, "migrating"))
            await connection.execute(f"ALTER DATABASE migrating RENAME TO {_EMPTY}")
        finally:
            await connection.close()


async def make_empty(dsn: str) -> None:
    """Delete all rows, and end connections that a test has left open."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(_END_OTHER_CONNECTIONS)
        await connection.execute(DELETE_EVERYTHING)
    finally:
        await connection.close()


def named(dsn: str, database: str, *, user: str | None = None) -> str:
    """Return the DSN with another database, and optionally another user."""
    url = make_url(dsn).set(database=database)
    url = url if user is None else url.set(username=user)
    return url.render_as_string(hide_password=False)


def embedded_18(directory: Path) -> EmbeddedPostgres:
    """Return the bundled server, with the settings that make it fast."""
    return EmbeddedPostgres(directory, settings=SETTINGS, is_temporary=True)


def installed(major: int, directory: Path) -> EmbeddedPostgres:
    """Return a server of an installed version. Skips the test when it is not installed."""
    programs = find_programs(major)
    if programs is None:
        pytest.skip(f"PostgreSQL {major} is not installed.")
    return EmbeddedPostgres(
        directory, installation=Installation(programs), settings=SETTINGS, is_temporary=True
    )


def find_programs(major: int) -> Path | None:
    """Return the `bin` folder of that version, from the usual places or the PATH."""
    places = [Path(place.format(major)) for place in _KNOWN_PLACES]
    program = which("postgres")
    if program is not None:
        places.append(Path(program).resolve().parent)
    for place in places:
        if (place / "initdb").exists() and Installation(place).major_version() == major:
            return place
    return None


@contextmanager
def running(make: Callable[[Path], EmbeddedPostgres], directory: Path) -> Iterator[TestServer]:
    """Run the server in that directory, shared with other processes that use it."""
    server = make(directory)
    with _stopped_if_this_process_is_killed(directory):
        server.start()
        try:
            with start_blocking_portal() as portal:
                yield TestServer(server.dsn, portal)
        finally:
            server.stop()


@contextmanager
def _stopped_if_this_process_is_killed(directory: Path) -> Iterator[None]:
    """Start a process that stops the server if this process ends without doing so."""
    command = [sys.executable, "-m", "tests.postgres_reaper", str(directory)]
    root = Path(__file__).parent.parent
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, start_new_session=True, cwd=root
    ) as reaper:
        try:
            yield
        finally:
            reaper.communicate(b"The server was left in order.")
