"""No list of bookings reads more rows than a page needs, however many there are, on PostgreSQL."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from typing import Any, TypeAlias

import asyncpg
import pytest

from adapters.postgres import PostgresDatabase
from adapters.postgres.read_models.booking_list import list_statement
from application.ports.bookings import BookingFilter, BookingPosition
from domain.bookings import BookingStatus
from domain.ids import BookingId, SpaceId, UserId
from tests.entities import IDS, MONDAY, a_space, a_user, save_all

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

SPACES, USERS = 50, 5_000
PAGE = 51
MAX_ROWS = 4_000
"""A page of each status, and of the bookings that overlap an instant."""
ENOUGH_FOR_A_GENERIC_PLAN = 7

# Short bookings in sequence at the first desk of each space, with NOW towards their end, and long
# ones of 30 days at other desks. Past bookings have a final status; upcoming ones are mostly
# CONFIRMED, and some are held.
NOW = f"'{MONDAY.isoformat()}'::timestamptz"
LOAD = f"""
WITH first AS (SELECT {NOW} - $1::int / {SPACES} * interval '50 minutes' AS start_time),
times AS (
    SELECT i, i % {SPACES} AS space, (i / 7) * 31 % {USERS} AS booker, 1 AS desk,
        first.start_time + (i / {SPACES}) * interval '1 hour' AS start_time,
        interval '1 hour' AS duration
    FROM first, generate_series(0, $1::int - 1) AS i
    UNION ALL
    SELECT $1::int + i, i % {SPACES}, (i / 7) * 31 % {USERS}, 2 + (i / {SPACES}) % 16,
        first.start_time + (i / ({SPACES} * 16)) * interval '30 days',
        interval '30 days'
    FROM first, generate_series(0, {SPACES} * 16 * ($1::int / {SPACES} / 720) - 1) AS i
), statuses AS (
    SELECT *, (CASE
        WHEN i % 7 = 0 THEN 'CANCELLED'
        WHEN start_time + duration <= {NOW} AND i % 31 = 0 THEN 'NO_SHOW'
        WHEN start_time + duration <= {NOW} THEN 'COMPLETED'
        WHEN start_time <= {NOW} AND i % 3 = 0 THEN 'CHECKED_IN'
        WHEN i % 1009 = 0 THEN 'PENDING'
        ELSE 'CONFIRMED'
    END)::booking_status AS status
    FROM times
)
INSERT INTO bookings
SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid,
    s.ids[space + 1], u.ids[booker + 1], desk,
    start_time, start_time + duration, status, 1000, 0, 0, false, NULL,
    CASE WHEN status = 'PENDING' THEN {NOW} + interval '15 minutes' END,
    CASE WHEN status IN ('CHECKED_IN', 'COMPLETED') THEN start_time END,
    CASE WHEN status = 'COMPLETED' THEN start_time + duration END,
    CASE WHEN status = 'CANCELLED' THEN start_time END,
    NULL, 1, start_time, start_time, false
FROM statuses,
    (SELECT array_agg(id ORDER BY id) AS ids FROM spaces) AS s,
    (SELECT array_agg(id ORDER BY id) AS ids FROM users) AS u
"""
INDEXES = """
SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition
FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid
WHERE i.indrelid = 'bookings'::regclass AND c.oid IS NULL
"""


async def fill(dsn: str, number: int) -> None:
    """Store `number` bookings and some more."""
    database = await PostgresDatabase.connect(dsn, pool_size=1)
    await save_all(database.unit_of_work, *(a_space() for _ in range(SPACES)))
    for first in range(0, USERS, 1_000):
        await save_all(database.unit_of_work, *(a_user() for _ in range(first, first + 1_000)))
    await database.close()
    connection = await asyncpg.connect(dsn)
    try:
        # The references are valid; checking each would take half of the time.
        await connection.execute("SET session_replication_role = replica")
        # The indexes are dropped and rebuilt in one go afterwards.
        indexes = await connection.fetch(INDEXES)
        for index in indexes:
            await connection.execute(f"DROP INDEX {index['name']}")
        await connection.execute(LOAD, number)
        for index in indexes:
            await connection.execute(index["definition"])
        await connection.execute("ANALYZE bookings")
    finally:
        await connection.close()


MIDDLE = BookingPosition(MONDAY - timedelta(days=10), BookingId(IDS.new()))
PERIODS: list[tuple[datetime | None, datetime | None]] = [
    (None, None),
    (MONDAY, None),
    (None, MONDAY),
    (MONDAY, MONDAY + timedelta(hours=1)),
    (MONDAY - timedelta(days=30), MONDAY - timedelta(days=29)),
    (MONDAY - timedelta(days=5_000), None),
    (MONDAY + timedelta(days=3_650), None),
]
STATUSES: list[set[BookingStatus]] = [
    set(),
    {BookingStatus.PENDING},
    {BookingStatus.CHECKED_IN},
    {BookingStatus.COMPLETED},
    {BookingStatus.PENDING, BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN},
]


@pytest.mark.parametrize("number", [100_000, pytest.param(1_000_000, marks=pytest.mark.soak)])
async def test_no_list_of_very_many_bookings_reads_more_than_a_page_needs(
    scratch_database_18: str, number: int
) -> None:
    dsn = scratch_database_18
    await fill(dsn, number)
    connection = await asyncpg.connect(dsn)
    database = await PostgresDatabase.connect(dsn, pool_size=1)
    try:
        await connection.execute("SET jit = off")
        some = await connection.fetchrow("SELECT user_id, space_id FROM bookings LIMIT 1")
        assert some is not None
        who, where = UserId(some["user_id"]), SpaceId(some["space_id"])
        for user_id, space_id in product((None, who), (None, where)):
            for criteria in filters(user_id, space_id):
                await check_plans(connection, criteria)
                await check_work(connection, criteria)
        await check_sweeps(connection, database)
    finally:
        await connection.close()
        await database.close()


def filters(user_id: UserId | None, space_id: SpaceId | None) -> Iterator[BookingFilter]:
    for (start, end), statuses in product(PERIODS, STATUSES):
        yield BookingFilter(
            user_id=user_id,
            space_id=space_id,
            statuses=frozenset(statuses),
            overlaps_from=start,
            overlaps_to=end,
        )


async def check_plans(connection: Connection, criteria: BookingFilter) -> None:
    """Check that neither the first page nor one in the middle needs a scan or a long read."""
    for after in (None, MIDDLE):
        statement, values = list_statement(criteria, after=after, limit=PAGE)
        plan = await connection.fetchval(
            f"EXPLAIN (ANALYZE, FORMAT JSON) {statement.sql}", *statement.arguments(values)
        )
        nodes = list(nodes_of(json.loads(plan)[0]["Plan"]))
        assert not [node for node in nodes if node["Node Type"] == "Seq Scan"], criteria
        assert sum(rows_read(node) for node in nodes) <= MAX_ROWS, criteria


async def check_work(connection: Connection, criteria: BookingFilter) -> None:
    """Repeated executions matter, because PostgreSQL may then use a generic plan."""
    statement, values = list_statement(criteria, after=None, limit=PAGE)
    before = await work_done(connection)
    for _ in range(ENOUGH_FOR_A_GENERIC_PLAN):
        await connection.fetch(statement.sql, *statement.arguments(values))
    check_little_was_done(before, await work_done(connection))


async def check_sweeps(connection: Connection, database: PostgresDatabase) -> None:
    """Check that the sweeps read few rows when there is little or nothing to do."""
    before = await work_done(connection)
    for _ in range(ENOUGH_FOR_A_GENERIC_PLAN):
        async with database.unit_of_work() as uow:
            assert await uow.bookings.expired_holds(at=MONDAY, limit=100) == []
            grace = timedelta(minutes=30)
            await uow.bookings.due_no_shows(at=MONDAY, grace=grace, limit=100)
    # The statistics of another connection are reported when it has ended.
    await database.close()
    check_little_was_done(before, await work_done(connection))


def check_little_was_done(before: tuple[int, int], after: tuple[int, int]) -> None:
    assert after[0] == before[0]
    assert (after[1] - before[1]) / ENOUGH_FOR_A_GENERIC_PLAN <= MAX_ROWS


async def work_done(connection: Connection) -> tuple[int, int]:
    """Return how often the table was scanned, and how many of its rows were fetched by an index."""
    await connection.fetch("SELECT pg_stat_force_next_flush()")
    row = await connection.fetchrow(
        "SELECT seq_scan, idx_tup_fetch FROM pg_stat_user_tables WHERE relname = 'bookings'"
    )
    assert row is not None
    return row["seq_scan"], row["idx_tup_fetch"]


def nodes_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the plan's nodes."""
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes_of(part)


def rows_read(node: dict[str, Any]) -> int:
    """Return how many rows of the table a node read."""
    if "Relation Name" not in node:
        return 0
    per_loop = (
        node["Actual Rows"]
        + node.get("Rows Removed by Filter", 0)
        + node.get("Rows Removed by Index Recheck", 0)
    )
    return int(per_loop * node["Actual Loops"])
