"""PostgresReports: each report in one read-only transaction, on whichever server is for reading."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from adapters.postgres import member_figures, occupancy_figures, revenue_figures
from adapters.postgres.connections import Connection, Connections
from adapters.postgres.failures import failures_translated
from application.ports.reports import OccupancyFilter
from domain.analytics.days import ReportDays
from domain.analytics.members import MemberFigures
from domain.analytics.occupancy import OccupancyFigures
from domain.analytics.revenue import RevenueFigures

_WORK_MEMORY = "SET LOCAL work_mem = '64MB'"
"""For sums by hour or by member over some years, so that they need no disk."""


class PostgresReports:
    """Implements application.ports.reports.Reports."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def occupancy(
        self, days: ReportDays, wanted: OccupancyFilter, *, now: datetime
    ) -> OccupancyFigures:
        async with self._snapshot() as connection:
            return await occupancy_figures.read(connection, days, wanted, now)

    async def revenue(self, days: ReportDays) -> RevenueFigures:
        async with self._snapshot() as connection:
            return await revenue_figures.read(connection, days)

    async def members(self, days: ReportDays, *, now: datetime) -> MemberFigures:
        async with self._snapshot() as connection:
            return await member_figures.read(connection, days, now)

    @asynccontextmanager
    async def _snapshot(self) -> AsyncIterator[Connection]:
        """All statements of the block see what was committed when its first one began."""
        with failures_translated():
            async with (
                self._connections.lent() as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                await connection.execute(_WORK_MEMORY)
                yield connection
