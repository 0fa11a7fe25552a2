"""OccupancyReport: how full the house was."""

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
    """Booked and occupied against bookable hours, for those who may see analytics.

    A stay that lasts counts up to the minute. Raises Forbidden, and InvalidValue for a range that
    is reversed or too long.
    """

    def __init__(self, reports: Reports, clock: Clock, house: House) -> None:
        self._reports = reports
        self._clock = clock
        self._house = house
        self._state = Singleflight(reports.state)

    async def stamp(self, caller: Caller) -> Hashable:
        """Equal stamps mean that a report is as it was. None lasts longer than a minute."""
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
