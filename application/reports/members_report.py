"""MembersReport: members, plans, churn, no-shows and top members over a range of days."""

from datetime import date

from application.common.caller import Caller
from application.common.policy import Permission
from application.ports.clock import Clock
from application.ports.reports import Reports
from domain.analytics.days import ReportDays
from domain.analytics.members import Membership, membership
from domain.house import House


class MembersReport:
    """Return the members report of the days. For admins.

    Raises Forbidden, and InvalidValue for a range that is reversed or too long.
    """

    def __init__(self, reports: Reports, clock: Clock, house: House) -> None:
        self._reports = reports
        self._clock = clock
        self._house = house

    async def __call__(self, caller: Caller, start_date: date, end_date: date) -> Membership:
        caller.require(Permission.SEE_ANALYTICS)
        days = ReportDays(start_date, end_date, self._house.timezone)
        return membership(await self._reports.members(days, now=self._clock.now()), days)
