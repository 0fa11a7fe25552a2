"""BenchServer: an embedded PostgreSQL whose datasets are reused by later runs."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import psutil
from anyio.from_thread import BlockingPortal, start_blocking_portal

from adapters.embedded import EmbeddedPostgres
from tests.bench import seeding
from tests.bench.dates import Dates

SETTINGS = {
    # Unlike in the tests, commits are durable.
    "fsync": "on",
    "shared_buffers": "1GB",
    "max_connections": "300",
    "shared_preload_libraries": "pg_stat_statements",
}
_CALLS = """
SELECT query, calls FROM pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = $1)
"""
# Each space has one desk, so overlapping bookings have the same desk.
_DOUBLE_BOOKINGS = """
SELECT count(DISTINCT b.id) FROM bookings a JOIN bookings b
ON a.space_id = b.space_id AND a.desk = b.desk AND a.id < b.id
AND tstzrange(a.start_time, a.end_time) && tstzrange(b.start_time, b.end_time)
WHERE a.status IN ('PENDING', 'CONFIRMED', 'CHECKED_IN') AND a.start_time >= now()
AND b.status IN ('PENDING', 'CONFIRMED', 'CHECKED_IN') AND b.start_time >= now()
"""


class BenchServer:
    """A PostgreSQL server with datasets around `dates`."""

    def __init__(self, dsn: str, dates: Dates, portal: BlockingPortal) -> None:
        self.dates = dates
        self._dsn = dsn
        self._portal = portal
        self.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        self._track_statements(on=False)

    def dataset(self, bookings: int, name: str) -> str:
        """Copy the dataset with that many bookings. Returns the URL of the copy."""
        template = self._portal.call(seeding.ensure_template, self._dsn, bookings, self.dates)
        return self._portal.call(seeding.copy, self._dsn, template, name)

    def process(self) -> psutil.Process:
        """Return the postmaster, the parent of all server processes."""
        pid_file: str = self.value("SELECT pg_read_file('postmaster.pid')")
        return psutil.Process(int(pid_file.split(maxsplit=1)[0]))

    def version(self) -> str:
        """Return the version of PostgreSQL."""
        return str(self.value("SHOW server_version"))

    def double_bookings(self, dsn: str) -> int:
        """Return the number of future bookings that overlap another one of the same desk."""
        return int(self.value(_DOUBLE_BOOKINGS, dsn=dsn))

    @contextmanager
    def count_calls(self, database: str) -> Iterator[Counter[str]]:
        """Count how often each statement is sent to that database during the block."""
        calls: Counter[str] = Counter()
        self.execute("SELECT pg_stat_statements_reset()")
        self._track_statements(on=True)
        try:
            yield calls
            calls.update({row["query"]: row["calls"] for row in self._rows(_CALLS, database)})
        finally:
            self._track_statements(on=False)

    def execute(self, *statements: str, dsn: str | None = None) -> None:
        """Run statements one by one."""
        for statement in statements:
            self._portal.call(_execute, dsn or self._dsn, statement)

    def value(self, query: str, *, dsn: str | None = None) -> Any:
        """Return the first field of the result."""
        return self._portal.call(_rows, dsn or self._dsn, query)[0][0]

    def _rows(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        return self._portal.call(_rows, self._dsn, query, *arguments)

    def _track_statements(self, *, on: bool) -> None:
        # "top" excludes nested statements, such as foreign key checks.
        tracked = "top" if on else "none"
        self.execute(
            f"ALTER SYSTEM SET pg_stat_statements.track = '{tracked}'", "SELECT pg_reload_conf()"
        )


@contextmanager
def bench_server(directory: Path, dates: Dates) -> Iterator[BenchServer]:
    """Run the server below that directory."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(
            EmbeddedPostgres(directory, settings=SETTINGS)
        ) as postgres,
    ):
        yield BenchServer(postgres.dsn, dates, portal)


async def _execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _rows(dsn: str, query: str, *arguments: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetch(query, *arguments)
    finally:
        await connection.close()
