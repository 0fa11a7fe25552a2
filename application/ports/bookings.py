"""Bookings: who has booked what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from domain.bookings import Booking, BookingStatus
from domain.ids import BookingId, SpaceId, UserId
from domain.spaces import Space


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingFilter:
    """Criteria for bookings. None, and an empty set of statuses, match everything.

    `overlaps_from` and `overlaps_to` (UTC) select bookings that overlap the period between them.
    """

    user_id: UserId | None = None
    space_id: SpaceId | None = None
    statuses: frozenset[BookingStatus] = frozenset()
    overlaps_from: datetime | None = None
    overlaps_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class BookingPosition:
    """Where a booking stands in a list: by its start, then by its id."""

    start: datetime
    id: BookingId


class Bookings(Protocol):
    """Reads see what is committed; writes are done by the unit of work's commit."""

    async def get(self, booking_id: BookingId) -> Booking | None:
        """The booking with that id."""
        ...

    async def list(
        self, criteria: BookingFilter, *, after: BookingPosition | None, limit: int
    ) -> Sequence[Booking]:
        """Return up to `limit` matching bookings after `after`, latest start first."""
        ...

    async def upcoming(self, space_id: SpaceId, *, after: datetime) -> Sequence[Booking]:
        """The space's bookings that occupy their slot and end after that time, by start."""
        ...

    async def expired_holds(self, *, at: datetime, limit: int) -> Sequence[Booking]:
        """At most `limit` of the bookings whose hold ran out, those that did first."""
        ...

    async def count_open_holds(self, *, at: datetime) -> int:
        """How many bookings have a hold that has not run out."""
        ...

    async def due_no_shows(
        self, *, at: datetime, grace: timedelta, limit: int
    ) -> Sequence[Booking]:
        """At most `limit` of the CONFIRMED bookings that are no-shows by `Booking.no_show_from`."""
        ...

    async def due_reminders(self, *, at: datetime, limit: int) -> Sequence[Booking]:
        """Return at most `limit` bookings whose reminder is due and not enqueued yet, by start.

        The rule is `domain.reminders.is_reminder_due`.
        """
        ...

    def add(self, booking: Booking, *, space: Space) -> None:
        """Store a new booking.

        The commit is Stale, and nothing is stored, when its desk is occupied for any part of the
        period, or when the space has changed since it was read.
        """
        ...

    def save(self, booking: Booking) -> None:
        """Store the next version. The commit is Stale when another was stored meanwhile."""
        ...

    def move(self, booking: Booking, *, space: Space) -> None:
        """Store the next version, which has another time, desk or space.

        What is named with the booking's space follows it there. Both spaces, the one that it leaves
        and the one that it comes to, have to be locked. The commit is Stale as with `add`, and as
        with `save`.
        """
        ...
