"""Bookings: the bookings of all spaces."""

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
    """Position of a booking in a list, which is ordered by start, then id."""

    start: datetime
    id: BookingId


class Bookings(Protocol):
    """Reads see committed data; writes take effect with the unit of work's commit."""

    async def get(self, booking_id: BookingId) -> Booking | None:
        """Return the booking with that id."""
        ...

    async def list(
        self, criteria: BookingFilter, *, after: BookingPosition | None, limit: int
    ) -> Sequence[Booking]:
        """Return up to `limit` matching bookings after `after`, latest start first."""
        ...

    async def upcoming(self, space_id: SpaceId, *, after: datetime) -> Sequence[Booking]:
        """Return the space's bookings that occupy their slot and end after `after`, by start."""
        ...

    async def expired_holds(self, *, at: datetime, limit: int) -> Sequence[Booking]:
        """Return up to `limit` bookings whose hold expired, earliest expiry first."""
        ...

    async def count_open_holds(self, *, at: datetime) -> int:
        """Return the number of bookings whose hold has not expired."""
        ...

    async def due_no_shows(
        self, *, at: datetime, grace: timedelta, limit: int
    ) -> Sequence[Booking]:
        """Return up to `limit` CONFIRMED bookings that are no-shows by `Booking.no_show_from`."""
        ...

    async def due_reminders(self, *, at: datetime, limit: int) -> Sequence[Booking]:
        """Return up to `limit` bookings whose reminder is due and not enqueued yet, by start.

        The rule is `domain.reminders.is_reminder_due`.
        """
        ...

    def add(self, booking: Booking, *, space: Space) -> None:
        """Store a new booking.

        The commit raises `Stale`, and stores nothing, when its desk is occupied for any part of the
        period, or when the space has changed since it was read.
        """
        ...

    def save(self, booking: Booking) -> None:
        """Store the next version. The commit raises `Stale` when another was stored meanwhile."""
        ...

    def move(self, booking: Booking, *, space: Space) -> None:
        """Store the next version, which has another time, desk or space.

        Its invoices and refunds follow it to the new space. The caller must have locked both
        spaces. The commit raises `Stale` for the reasons of `add` and of `save`.
        """
        ...
