"""Reports: the figures of the analytics reports."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.analytics.days import ReportDays
from domain.analytics.members import MemberFigures
from domain.analytics.occupancy import OccupancyFigures
from domain.analytics.revenue import RevenueFigures
from domain.ids import SpaceId
from domain.spaces import SpaceType


@dataclass(frozen=True, slots=True, kw_only=True)
class OccupancyFilter:
    """Criteria for spaces. None matches everything."""

    space_id: SpaceId | None = None
    space_type: SpaceType | None = None


class Reports(Protocol):
    """Each method reads all of its figures in one snapshot, so that they are consistent.

    The methods only read, so a replica that lags behind may serve them. Each may raise Unavailable.
    """

    async def state(self) -> Hashable:
        """Return a token that differs whenever data of the reports may have changed."""
        ...

    async def occupancy(
        self, days: ReportDays, criteria: OccupancyFilter, *, now: datetime
    ) -> OccupancyFigures:
        """Return supply and usage of the matching spaces; an ongoing stay counts until `now`."""
        ...

    async def revenue(self, days: ReportDays) -> RevenueFigures:
        """Return payments and accepted refunds on the days, and the plans at their end."""
        ...

    async def members(self, days: ReportDays, *, now: datetime) -> MemberFigures:
        """Return the members on the days; a hold that expired by `now` makes no member active."""
        ...
