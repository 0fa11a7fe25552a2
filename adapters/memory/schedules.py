"""MemorySchedules: spaces with their occupations in memory."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from adapters.memory.checkpoint import checkpoint
from adapters.memory.spaces import list_spaces
from adapters.memory.state import State
from application.ports.schedules import Slot
from application.ports.spaces import SpaceFilter
from domain.ids import BookingId, SpaceId, UserId
from domain.period import Period
from domain.schedule import Occupation, Schedule
from domain.spaces import Space
from domain.subscriptions import Subscription


class MemorySchedules:
    """Implements application.ports.schedules.Schedules.

    Each result is built without awaiting, so it is a consistent snapshot.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    async def get(self, space_id: SpaceId, window: Period) -> Schedule | None:
        await checkpoint()
        space = self._state.spaces.get(space_id)
        return self._schedule(space, window) if space else None

    async def list(
        self, criteria: SpaceFilter, window: Period, *, after: SpaceId | None, limit: int
    ) -> Sequence[Schedule]:
        await checkpoint()
        return [
            self._schedule(space, window)
            for space in list_spaces(self._state, criteria, after, limit)
        ]

    async def around(
        self, space_id: SpaceId, period: Period, within: Period, *, bookings: int
    ) -> tuple[Schedule, Period] | None:
        await checkpoint()
        space = self._state.spaces.get(space_id)
        if space is None:
            return None
        # The period may lie outside of `within`; then the search starts at its nearest end.
        nearest_start = min(max(period.start, within.start), within.end)
        nearest_end = min(max(period.end, within.start), within.end)
        desks = self._state.occupied_desks
        start = desks.nth_start_before(space_id, nearest_start, bookings)
        end = desks.nth_end_after(space_id, nearest_end, bookings)
        window = Period(
            within.start if start is None else max(start, within.start),
            within.end if end is None else min(end, within.end),
        )
        return self._schedule(space, window), window

    async def obstacles(
        self,
        space_id: SpaceId,
        duration: timedelta,
        within: Period,
        *,
        at: datetime,
        ignoring: BookingId | None = None,
    ) -> Schedule | None:
        del duration  # Merging occupations would save nothing here.
        await checkpoint()
        space = self._state.spaces.get(space_id)
        if space is None:
            return None
        occupations = self._schedule(space, within).occupations
        blocking = (
            occupation
            for occupation in occupations
            if occupation.is_blocking(at=at) and occupation.booking_id != ignoring
        )
        return Schedule(space, tuple(blocking))

    async def slot(
        self,
        space_id: SpaceId,
        period: Period,
        user_id: UserId,
        *,
        ignoring: BookingId | None = None,
    ) -> Slot | None:
        await checkpoint()
        space = self._state.spaces.get(space_id)
        if space is None:
            return None
        user = self._state.users.get(user_id)
        subscription = self._subscription_of(user_id)
        schedule = self._schedule(space, period)
        return Slot(
            schedule.without(ignoring) if ignoring else schedule,
            booker_is_active=user is not None and user.is_active,
            subscription=subscription,
            plan_in_use=subscription is not None
            and self._has_covered_booking(user_id, period, ignoring),
        )

    def _schedule(self, space: Space, window: Period) -> Schedule:
        return Schedule(
            space,
            tuple(
                Occupation(booking.id, booking.desk, *booking.period.span, booking.hold_expires_at)
                for booking in self._state.occupied_desks.overlapping(space.id, window)
            ),
        )

    def _subscription_of(self, user_id: UserId) -> Subscription | None:
        member = self._state.member_by_user.get(user_id)
        return self._state.live_subscription_by_member.get(member.id) if member else None

    def _has_covered_booking(
        self, user_id: UserId, period: Period, ignoring: BookingId | None
    ) -> bool:
        return any(
            booking.id != ignoring
            and booking.covered_by_plan
            and booking.occupies_slot
            and booking.period.overlaps(period)
            for booking in self._state.bookings_by_user.get(user_id)
        )
