"""PostgresReports: each report in one read-only transaction, on whichever server is for reading."""

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
"""Memory for sums by hour or by member over some years, so that they need no disk; a plan for the
range that is asked for: one for any range took five times as long for a year; and a second
processor for reading a year, which the planner takes to cost more than it does. What is worth less
than `parallel_setup_cost`, such as a month of 10,000 bookings, is read by one as before."""


_STATE = """
SELECT pg_postmaster_start_time(), CASE WHEN pg_is_in_recovery()
    THEN pg_last_wal_replay_lsn()::text ELSE pg_current_snapshot()::text END
"""
"""Which transactions are visible: as long as these are the same, so is all that can be read. On a
replica, how much of the primary's log it has replayed. It costs no read of any table."""


class PostgresReports:
    """Implements application.ports.reports.Reports."""

    def __init__(self, connections: ConnectionPool) -> None:
        self._connections = connections

    async def state(self) -> Hashable:
        with translate_errors():
            async with (
                asyncio.timeout(self._connections.response_timeout),
                self._connections.lent() as connection,
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
        """All statements of the block see what was committed when its first one began.

        They may take long. Whether anybody answers at all shows before them.
        """
        with translate_errors():
            async with (
                asyncio.timeout(self._connections.response_timeout) as beginning,
                self._connections.lent() as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                await connection.execute(_SETTINGS)
                beginning.reschedule(None)
                yield connection
