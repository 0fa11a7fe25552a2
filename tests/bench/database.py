"""The PostgreSQL that is measured on: one of our own, kept from run to run with its houses."""

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
    # It keeps its promises, unlike the tests' own: what is committed is on the disk.
    "fsync": "on",
    "shared_buffers": "1GB",
    "max_connections": "300",
    "shared_preload_libraries": "pg_stat_statements",
}
_CALLS = """
SELECT query, calls FROM pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = $1)
"""
# One desk a space, so that who overlaps has the same one.
_DOUBLE_BOOKINGS = """
SELECT count(DISTINCT b.id) FROM bookings a JOIN bookings b
ON a.space_id = b.space_id AND a.desk = b.desk AND a.id < b.id
AND tstzrange(a.start_time, a.end_time) && tstzrange(b.start_time, b.end_time)
WHERE a.status IN ('PENDING', 'CONFIRMED', 'CHECKED_IN') AND a.start_time >= now()
AND b.status IN ('PENDING', 'CONFIRMED', 'CHECKED_IN') AND b.start_time >= now()
"""


class BenchServer:
    """A PostgreSQL with its houses; `dates` are what they are made around."""

    def __init__(self, dsn: str, dates: Dates, portal: BlockingPortal) -> None:
        self.dates = dates
        self._dsn = dsn
        self._portal = portal
        self.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        self._count_statements(on=False)

    def house(self, bookings: int, name: str) -> str:
        """The address of a fresh copy of the house with so many bookings."""
        template = self._portal.call(seeding.seeded, self._dsn, bookings, self.dates)
        return self._portal.call(seeding.copy, self._dsn, template, name)

    def process(self) -> psutil.Process:
        """The one that all its others are children of."""
        told: str = self.value("SELECT pg_read_file('postmaster.pid')")
        return psutil.Process(int(told.split(maxsplit=1)[0]))

    def version(self) -> str:
        """As it calls itself."""
        return str(self.value("SHOW server_version"))

    def double_bookings(self, dsn: str) -> int:
        """How many of the bookings to come overlap another one of their desk."""
        return int(self.value(_DOUBLE_BOOKINGS, dsn=dsn))

    @contextmanager
    def counted(self, database: str) -> Iterator[Counter[str]]:
        """How often each statement is sent to that database within the block, known after it."""
        calls: Counter[str] = Counter()
        self.execute("SELECT pg_stat_statements_reset()")
        self._count_statements(on=True)
        try:
            yield calls
            calls.update({row["query"]: row["calls"] for row in self._rows(_CALLS, database)})
        finally:
            self._count_statements(on=False)

    def execute(self, *statements: str, dsn: str | None = None) -> None:
        """Run statements, one by one."""
        for statement in statements:
            self._portal.call(_execute, dsn or self._dsn, statement)

    def value(self, query: str, *, dsn: str | None = None) -> Any:
        """What it answers in one field."""
        return self._portal.call(_rows, dsn or self._dsn, query)[0][0]

    def _rows(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        return self._portal.call(_rows, self._dsn, query, *arguments)

    def _count_statements(self, *, on: bool) -> None:
        # Those that are sent, not those that they lead to, such as looking up foreign keys.
        which = "top" if on else "none"
        self.execute(
            f"ALTER SYSTEM SET pg_stat_statements.track = '{which}'", "SELECT pg_reload_conf()"
        )


@contextmanager
def bench_server(directory: Path, dates: Dates) -> Iterator[BenchServer]:
    """The server below that directory."""
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
