"""Real PostgreSQL servers for the tests: one a version and test session, one database a test.

The test processes share a server as any users of an embedded one do. Nothing of it is left when the
last one ends, however it ends.
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
    # Nothing is to outlive the machine, and to wait for its disk would be half of the time.
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
    -- Without triggers, foreign keys among them, the order of the tables does not matter.
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
"""Leaves the schema with no rows. Much faster than TRUNCATE, which makes each table's file anew."""
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
        """A database with the schema at head and no rows, for the time of the block.

        It is used again by later tests, so that the schema has to stay as it is: making one takes a
        third of a second, emptying one a hundredth.
        """
        if not self._unused:
            self._unused.append(self._made(_EMPTY))
        name = self._unused.pop()
        dsn = named(self.dsn, name)
        yield dsn
        self._portal.call(make_empty, dsn)
        self._unused.append(name)

    @contextmanager
    def scratch_database(self) -> Iterator[str]:
        """The same, but whoever has it may also change the schema."""
        name = self._made(_EMPTY)
        yield named(self.dsn, name)
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def bare_database(self) -> Iterator[str]:
        """A database with nothing in it, for the time of the block."""
        name = self._made(_BARE)
        yield named(self.dsn, name)
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, *statements: str) -> None:
        """Run statements that concern the whole server."""
        self._portal.call(self._execute, statements)

    def _made(self, template: str) -> str:
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        # Which is half the work of what a server does by itself.
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
        """Migrate once what all the databases are copies of."""
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
    """Delete all rows, and end the connections that a test has left open."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(_END_OTHER_CONNECTIONS)
        await connection.execute(DELETE_EVERYTHING)
    finally:
        await connection.close()


def named(dsn: str, database: str, *, user: str | None = None) -> str:
    """The same server's address with another database, and perhaps another user."""
    url = make_url(dsn).set(database=database)
    url = url if user is None else url.set(username=user)
    return url.render_as_string(hide_password=False)


def embedded_18(directory: Path) -> EmbeddedPostgres:
    """The server of the package, as the service uses it but for what makes it fast."""
    return EmbeddedPostgres(directory, settings=SETTINGS, is_temporary=True)


def installed(major: int, directory: Path) -> EmbeddedPostgres:
    """A server of an installed version, run by the same means; skips when there is none."""
    programs = find_programs(major)
    if programs is None:
        pytest.skip(f"There is no PostgreSQL {major} on this machine.")
    return EmbeddedPostgres(
        directory, installation=Installation(programs), settings=SETTINGS, is_temporary=True
    )


def find_programs(major: int) -> Path | None:
    """The folder `bin` of that version, where packages put it or on the PATH."""
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
    """The server in that directory, shared with whoever else has it running."""
    server = make(directory)
    with _stopped_if_we_are_killed(directory):
        server.start()
        try:
            with start_blocking_portal() as portal:
                yield TestServer(server.dsn, portal)
        finally:
            server.stop()


@contextmanager
def _stopped_if_we_are_killed(directory: Path) -> Iterator[None]:
    """A process that waits for the end of this one, and stops a server that it left running."""
    command = [sys.executable, "-m", "tests.leftovers", str(directory)]
    root = Path(__file__).parent.parent
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, start_new_session=True, cwd=root
    ) as watcher:
        try:
            yield
        finally:
            watcher.communicate(b"We have left it ourselves.")
