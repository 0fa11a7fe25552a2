"""Schedules: a space with its occupations, read at one instant."""

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
    """All data that decides whether a user can book a period in a space, and at what price.

    `subscription` is the current plan of the user who books; `plan_in_use` is whether it already
    covers another booking of the user that overlaps the period.
    """

    schedule: Schedule
    booker_is_active: bool
    subscription: Subscription | None
    plan_in_use: bool


class Schedules(Protocol):
    """Each result is a consistent snapshot: all its parts are read at one instant.

    Occupations are those of all bookings whose status occupies the slot, expired holds included:
    `Occupation.is_blocking` decides whether one still blocks its desk.
    """

    async def get(self, space_id: SpaceId, window: Period) -> Schedule | None:
        """Return the space with what overlaps the window; None for an unknown space."""
        ...

    async def list(
        self, criteria: SpaceFilter, window: Period, *, after: SpaceId | None, limit: int
    ) -> Sequence[Schedule]:
        """Return the spaces of `Spaces.list`, each with the occupations that overlap the window."""
        ...

    async def around(
        self, space_id: SpaceId, period: Period, within: Period, *, bookings: int
    ) -> tuple[Schedule, Period] | None:
        """Return the schedule near the period and its window; None for an unknown space.

        The window extends from the period over about `bookings` bookings on each side, but not
        beyond `within`, and the schedule has all occupations that overlap it. So the cost is
        bounded, however full the space is.
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
        """Return the schedule of what blocks periods of that duration within the window.

        Leaves out holds that have expired at `at`, and the booking `ignoring`. Occupations with no
        room for such a period between them may be merged, so the result is about as long as the
        number of gaps, however full the space is. None for an unknown space.
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
        """Return what a booking of the period by that user depends on; None for an unknown space.

        `ignoring` is a booking to be moved: it neither occupies its slot nor uses the plan.
        """
        ...
