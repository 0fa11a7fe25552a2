"""Reports: the figures that analytics are made of, read from whatever keeps them."""

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
    """Each method reads all of its figures at one instant, so that they agree with one another.

    None of them writes anything, so they may be served by a copy that lags behind. Raises
    Unavailable.
    """

    async def state(self) -> Hashable:
        """Something that is another whenever anything that reports are made of may be another."""
        ...

    async def occupancy(
        self, days: ReportDays, criteria: OccupancyFilter, *, now: datetime
    ) -> OccupancyFigures:
        """Return supply and usage of the matching spaces; an ongoing stay counts until `now`."""
        ...

    async def revenue(self, days: ReportDays) -> RevenueFigures:
        """What was paid, and accepted as refunds, on the days, and the plans at their end."""
        ...

    async def members(self, days: ReportDays, *, now: datetime) -> MemberFigures:
        """Who there was on the days; a hold that ran out before `now` makes nobody active."""
        ...
