"""The rows a report reads grow with the days requested, not with the age of the data."""

import json
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from adapters.postgres.engine.dsn import for_asyncpg
from adapters.postgres.engine.statement import Statement
from adapters.postgres.read_models import members_report, occupancy_report, revenue_report
from adapters.postgres.read_models.report_sql import values_of
from domain.analytics.days import ReportDays
from domain.analytics.usage import grain_of
from tests.entities import MONDAY

BOOKINGS = 20_000
HISTORY = f"""
INSERT INTO users SELECT gen_random_uuid(), n || '@example.com', '', 'User', 'MEMBER', true, 'en',
    true, 1, '2016-01-01', now(), 1, '' FROM generate_series(1, 50) n;
INSERT INTO spaces SELECT gen_random_uuid(), 'Zone', '', 'HOT_DESK', 9, 1, NULL, NULL, '{{}}', NULL,
    true, 1, '2016-01-01', '2016-01-01' FROM generate_series(1, 10) n;
INSERT INTO bookings SELECT gen_random_uuid(), s.id, u.id, 1, t, t + interval '2 hours',
    'COMPLETED', 1, 1, 0, false, NULL, NULL, t, t, NULL, NULL, 1, t, t, false
    FROM (SELECT n, '2016-01-01'::timestamptz + n * interval '4 hours' AS t
          FROM generate_series(1, {BOOKINGS}) n) b
    JOIN (SELECT id, row_number() OVER () AS n FROM spaces) s ON s.n = 1 + b.n % 10
    JOIN (SELECT id, row_number() OVER () AS n FROM users) u ON u.n = 1 + b.n % 50;
INSERT INTO occupancy_logs
    SELECT gen_random_uuid(), id, space_id, start_time, end_time FROM bookings;
INSERT INTO ledger_entries SELECT gen_random_uuid(), 'CHARGE', user_id, id, space_id, NULL, NULL,
    id::text, 1, start_time, id::text FROM bookings;
ANALYZE;
"""
STATEMENTS = {
    "booked": occupancy_report.booked_statement(all_spaces=True),
    "booked of some": occupancy_report.booked_statement(all_spaces=False),
    "occupied": occupancy_report.occupied_statement(all_spaces=True),
    "occupied of some": occupancy_report.occupied_statement(all_spaces=False),
    "ledger sums": revenue_report._SUMS,
    "bookings by member": members_report._BOOKINGS_BY_MEMBER,
}
GROWING = {"bookings", "occupancy_logs", "ledger_entries"}


async def rows_read(connection: "asyncpg.Connection[asyncpg.Record]", days: ReportDays) -> Any:
    """Return, for each statement, how many rows of the growing tables it reads."""
    now: datetime = MONDAY
    values = {
        **values_of(days),
        "grain": grain_of(days),
        "now": now,
        "space_id": None,
        "space_type": None,
    }

    async def read(statement: Statement) -> float:
        sql = f"EXPLAIN (ANALYZE, FORMAT JSON) {statement.sql}"
        plan = json.loads(await connection.fetchval(sql, *statement.arguments(values)))
        return _rows(plan[0]["Plan"])

    return {name: await read(statement) for name, statement in STATEMENTS.items()}


def _rows(node: dict[str, Any]) -> float:
    """Return the rows that scans of those tables return or discard, below this node of a plan."""
    below = sum(_rows(part) for part in node.get("Plans", ()))
    if node.get("Relation Name") not in GROWING:
        return below
    thrown = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return below + float((node["Actual Rows"] + thrown) * node["Actual Loops"])


async def test_a_week_costs_as_little_with_a_long_history(scratch_database_18: str) -> None:
    connection = await asyncpg.connect(for_asyncpg(scratch_database_18))
    try:
        await connection.execute(HISTORY)
        zone = ZoneInfo("America/New_York")
        read = await rows_read(connection, ReportDays(date(2020, 3, 2), date(2020, 3, 8), zone))
    finally:
        await connection.close()
    # A week has 42 bookings; a statement may read each a few times, plus those of the day before.
    assert {name: rows for name, rows in read.items() if rows > BOOKINGS / 50} == {}
    assert read["booked"] >= 42
