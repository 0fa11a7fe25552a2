"""PostgresReports: each report reads in one read-only transaction; a replica can serve it."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from datetime import datetime

from adapters.postgres.engine.errors import translate_errors
from adapters.postgres.engine.pool import Connection, ConnectionPool
from adapters.postgres.read_models import members_report, occupancy_report, revenue_report
from application.ports.reports import OccupancyFilter
from domain.analytics.days import ReportDays
from domain.analytics.members import MemberFigures
from domain.analytics.occupancy import OccupancyFigures
from domain.analytics.revenue import RevenueFigures

_SETTINGS = """
SET LOCAL work_mem = '64MB';
SET LOCAL plan_cache_mode = 'force_custom_plan';
SET LOCAL parallel_tuple_cost = 0.01
"""
"""`work_mem`: sums by hour or by member over some years fit in memory. `plan_cache_mode`: a plan
for the requested range; a generic plan took five times as long for a year. `parallel_tuple_cost`: a
parallel worker reads a year, which the planner overestimates. Cheaper reads than
`parallel_setup_cost`, such as a month of 10,000 bookings, stay serial."""

_STATE = """
SELECT pg_postmaster_start_time(), CASE WHEN pg_is_in_recovery()
    THEN pg_last_wal_replay_lsn()::text ELSE pg_current_snapshot()::text END
"""
"""The visible transactions; on a replica, the replayed position of the primary's log. While it is
unchanged, so is everything that a report reads. Reads no table."""


class PostgresReports:
    """Implements application.ports.reports.Reports."""

    def __init__(self, connections: ConnectionPool) -> None:
        self._connections = connections

    async def state(self) -> Hashable:
        with translate_errors():
            async with (
                asyncio.timeout(self._connections.response_timeout),
                self._connections.connection() as connection,
            ):
                return tuple(await connection.fetchrow(_STATE) or ())

    async def occupancy(
        self, days: ReportDays, criteria: OccupancyFilter, *, now: datetime
    ) -> OccupancyFigures:
        async with self._snapshot() as connection:
            return await occupancy_report.read(connection, days, criteria, now)

    async def revenue(self, days: ReportDays) -> RevenueFigures:
        async with self._snapshot() as connection:
            return await revenue_report.read(connection, days)

    async def members(self, days: ReportDays, *, now: datetime) -> MemberFigures:
        async with self._snapshot() as connection:
            return await members_report.read(connection, days, now)

    @asynccontextmanager
    async def _snapshot(self) -> AsyncIterator[Connection]:
        """Open a transaction whose statements all see the same snapshot.

        The response timeout applies until the first response: reports themselves may take long.
        """
        with translate_errors():
            async with (
                asyncio.timeout(self._connections.response_timeout) as start_timeout,
                self._connections.connection() as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                await connection.execute(_SETTINGS)
                start_timeout.reschedule(None)
                yield connection
