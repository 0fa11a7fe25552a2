"""OccupancyReport: how full the house was."""

from datetime import date

from application.caller import Caller
from application.policy import Permission
from application.ports.clock import Clock
from application.ports.reports import OccupancyFilter, Reports
from domain.analytics.days import ReportDays
from domain.analytics.occupancy import Occupancy, occupancy
from domain.house import House


class OccupancyReport:
    """Booked and occupied against bookable hours, for those who may see analytics.

    Raises Forbidden, and InvalidValue for a range that is reversed or too long.
    """

    def __init__(self, reports: Reports, clock: Clock, house: House) -> None:
        self._reports = reports
        self._clock = clock
        self._house = house

    async def __call__(
        self,
        caller: Caller,
        start_date: date,
        end_date: date,
        wanted: OccupancyFilter | None = None,
    ) -> Occupancy:
        caller.require(Permission.SEE_ANALYTICS)
        days = ReportDays(start_date, end_date, self._house.timezone)
        figures = await self._reports.occupancy(
            days, wanted or OccupancyFilter(), now=self._clock.now()
        )
        return occupancy(figures, days)
