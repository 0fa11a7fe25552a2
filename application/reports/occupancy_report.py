"""OccupancyReport: booked and occupied hours against bookable hours over a range of days."""

from collections.abc import Hashable
from datetime import date

from application.common.caller import Caller
from application.common.policy import Permission
from application.common.singleflight import Singleflight
from application.ports.clock import Clock
from application.ports.reports import OccupancyFilter, Reports
from domain.analytics.days import ReportDays
from domain.analytics.occupancy import Occupancy, occupancy
from domain.house import House
from domain.local_time import floor_minute


class OccupancyReport:
    """Return the occupancy report of the days. For admins.

    An ongoing stay counts until the current minute. Raises Forbidden, and InvalidValue for a range
    that is reversed or too long.
    """

    def __init__(self, reports: Reports, clock: Clock, house: House) -> None:
        self._reports = reports
        self._clock = clock
        self._house = house
        self._state = Singleflight(reports.state)

    async def version_token(self, caller: Caller) -> Hashable:
        """Return a token that changes when a report may change: at the latest after a minute."""
        caller.require(Permission.SEE_ANALYTICS)
        return floor_minute(self._clock.now()), await self._state()

    async def __call__(
        self,
        caller: Caller,
        start_date: date,
        end_date: date,
        criteria: OccupancyFilter | None = None,
    ) -> Occupancy:
        caller.require(Permission.SEE_ANALYTICS)
        days = ReportDays(start_date, end_date, self._house.timezone)
        figures = await self._reports.occupancy(
            days, criteria or OccupancyFilter(), now=floor_minute(self._clock.now())
        )
        return occupancy(figures, days)
