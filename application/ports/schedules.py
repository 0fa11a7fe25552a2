"""Schedules: a space together with what occupies it, read at one instant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from application.ports.spaces import SpaceFilter
from domain.ids import BookingId, SpaceId, UserId
from domain.period import Period
from domain.schedule import Schedule
from domain.subscriptions import Subscription


@dataclass(frozen=True, slots=True)
class Slot:
    """All that decides whether and at what price somebody can have a period in a space.

    `subscription` is the booker's present plan, `plan_in_use` whether it already covers another
    booking of theirs that overlaps the period.
    """

    schedule: Schedule
    booker_is_active: bool
    subscription: Subscription | None
    plan_in_use: bool


class Schedules(Protocol):
    """Each answer is consistent in itself: its parts were read at one instant.

    Occupations are those of bookings whose status occupies the slot, holds that ran out among them:
    whether one still stands is for Schedule to say.
    """

    async def get(self, space_id: SpaceId, window: Period) -> Schedule | None:
        """The space and what overlaps the window; None when there is no such space."""
        ...

    async def list(
        self, criteria: SpaceFilter, window: Period, *, after: SpaceId | None, limit: int
    ) -> Sequence[Schedule]:
        """As `Spaces.list`, each with what overlaps the window."""
        ...

    async def around(
        self, space_id: SpaceId, period: Period, within: Period, *, bookings: int
    ) -> tuple[Schedule, Period] | None:
        """The space, and what occupies it near the period, with the window that was read.

        The window reaches from the period over about `bookings` bookings to either side, and
        not beyond `within`; all that overlaps it is there. So the cost is bounded however full the
        space is.
        """
        ...

    async def obstacles(
        self,
        space_id: SpaceId,
        duration: timedelta,
        within: Period,
        *,
        at: datetime,
        ignoring: BookingId | None = None,
    ) -> Schedule | None:
        """The space, and all that keeps periods of that duration out of it within the window.

        Holds that ran out by then, and the booking to ignore, are no obstacles. Occupations that
        leave no such period between them may come as one; so however full the space is, there are
        about as many as there are gaps.
        """
        ...

    async def slot(
        self,
        space_id: SpaceId,
        period: Period,
        user_id: UserId,
        *,
        ignoring: BookingId | None = None,
    ) -> Slot | None:
        """What such a booking depends on; None when there is no such space.

        The one to ignore, which is to be moved, neither occupies anything nor uses the plan.
        """
        ...
