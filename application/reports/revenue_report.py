"""RevenueReport: payments and refunds over a range of days."""

from datetime import date

from application.common.caller import Caller
from application.common.policy import Permission
from application.ports.reports import Reports
from domain.analytics.days import ReportDays
from domain.analytics.revenue import Grouping, Revenue, revenue
from domain.house import House


class RevenueReport:
    """Return the payments and refunds of the days, by the local day they happened. For admins.

    Raises Forbidden, and InvalidValue for a range that is reversed or too long.
    """

    def __init__(self, reports: Reports, house: House) -> None:
        self._reports = reports
        self._house = house

    async def __call__(
        self,
        caller: Caller,
        start_date: date,
        end_date: date,
        grouping: Grouping = Grouping.DAY,
    ) -> Revenue:
        caller.require(Permission.SEE_ANALYTICS)
        days = ReportDays(start_date, end_date, self._house.timezone)
        return revenue(await self._reports.revenue(days), days, grouping)
