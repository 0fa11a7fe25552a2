"""MemoryReports: the figures of the analytics reports, from memory."""

from collections.abc import Container, Hashable, Iterator
from datetime import datetime
from itertools import count

from adapters.memory.checkpoint import checkpoint
from adapters.memory.members_report import member_figures
from adapters.memory.revenue_report import revenue_figures
from adapters.memory.state import State
from application.ports.reports import OccupancyFilter
from domain.analytics.days import ReportDays
from domain.analytics.members import MemberFigures
from domain.analytics.occupancy import COUNTED_STATUSES, OccupancyFigures
from domain.analytics.revenue import RevenueFigures
from domain.analytics.usage import MICROSECOND, usage_of, within
from domain.ids import SpaceId
from domain.period import Period


class MemoryReports:
    """Implements application.ports.reports.Reports.

    Each report is built without awaiting, so it is a consistent snapshot.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._states = count()

    async def state(self) -> Hashable:
        """Return a new token each time: caching a report in memory would save little."""
        await checkpoint()
        return next(self._states)

    async def occupancy(
        self, days: ReportDays, criteria: OccupancyFilter, *, now: datetime
    ) -> OccupancyFigures:
        await checkpoint()
        names = {
            space.id: space.name
            for space in sorted(self._state.spaces.all(), key=lambda space: space.id)
            if criteria.space_id in {None, space.id}
            and criteria.space_type in {None, space.space_type}
        }
        history = {
            space_id: sorted(
                self._state.history_by_space.get(space_id), key=lambda version: version.version
            )
            for space_id in names
        }
        booked = [
            (booking.space_id, booking.period)
            for booking in self._state.bookings.all()
            if booking.status in COUNTED_STATUSES and booking.space_id in names
        ]
        by_space: dict[SpaceId, int] = {}
        for space_id, period in booked:
            if part := within(period, days):
                time = part.duration // MICROSECOND
                by_space[space_id] = by_space.get(space_id, 0) + time
        return OccupancyFigures(
            names,
            history,
            by_space,
            usage_of((period for _, period in booked), days),
            usage_of(self._stays(names, now), days),
        )

    async def revenue(self, days: ReportDays) -> RevenueFigures:
        await checkpoint()
        return revenue_figures(self._state, days)

    async def members(self, days: ReportDays, *, now: datetime) -> MemberFigures:
        await checkpoint()
        return member_figures(self._state, days, now)

    def _stays(self, space_ids: Container[SpaceId], now: datetime) -> Iterator[Period]:
        for log in self._state.occupancy_logs.all():
            end = now if log.vacated_at is None else log.vacated_at
            if log.space_id in space_ids and log.occupied_at < end:
                yield Period(log.occupied_at, end)
