"""MemoryBookings: bookings in memory."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from heapq import nlargest, nsmallest

from adapters.memory.checkpoint import checkpoint
from adapters.memory.state import State
from adapters.memory.table import Undo
from adapters.memory.write_set import WriteSet, check_version
from application.mails.enqueue_mail import reminder_job_id
from application.ports.bookings import BookingFilter, BookingPosition
from domain.bookings import Booking, BookingStatus
from domain.ids import BookingId, SpaceId
from domain.reminders import is_reminder_due
from domain.spaces import Space


class MemoryBookings:
    """Implements application.ports.bookings.Bookings."""

    def __init__(self, state: State, write_set: WriteSet) -> None:
        self._state = state
        self._write_set = write_set

    async def get(self, booking_id: BookingId) -> Booking | None:
        await checkpoint()
        return self._state.bookings.get(booking_id)

    async def list(
        self, criteria: BookingFilter, *, after: BookingPosition | None, limit: int
    ) -> Sequence[Booking]:
        await checkpoint()
        matches = (
            booking
            for booking in self._candidates(criteria)
            if _matches(booking, criteria)
            and (after is None or _position(booking) < (after.start, after.id))
        )
        return nlargest(limit, matches, key=_position)

    async def upcoming(self, space_id: SpaceId, *, after: datetime) -> Sequence[Booking]:
        await checkpoint()
        return sorted(self._state.occupied_desks.ending_after(space_id, after), key=_position)

    async def expired_holds(self, *, at: datetime, limit: int) -> Sequence[Booking]:
        await checkpoint()
        expired = (
            booking for booking in self._state.bookings.all() if booking.is_hold_expired(at=at)
        )
        return nsmallest(limit, expired, key=lambda booking: (booking.hold_expires_at, booking.id))

    async def count_open_holds(self, *, at: datetime) -> int:
        await checkpoint()
        return sum(
            booking.status is BookingStatus.PENDING and not booking.is_hold_expired(at=at)
            for booking in self._state.bookings.all()
        )

    async def due_no_shows(
        self, *, at: datetime, grace: timedelta, limit: int
    ) -> Sequence[Booking]:
        await checkpoint()
        due = (
            booking
            for booking in self._state.bookings.all()
            if booking.status is BookingStatus.CONFIRMED and booking.no_show_from(grace) <= at
        )
        return nsmallest(limit, due, key=_position)

    async def due_reminders(self, *, at: datetime, limit: int) -> Sequence[Booking]:
        await checkpoint()
        due = (
            booking for booking in self._state.bookings.all() if self._is_reminder_due(booking, at)
        )
        return nsmallest(limit, due, key=_position)

    def add(self, booking: Booking, *, space: Space) -> None:
        self._write_set.insert(self._state.bookings, booking, guard=self._unchanged(space))
        self._write_set.affected_spaces.add(space.id)

    def save(self, booking: Booking) -> None:
        self._write_set.next_version(self._state.bookings, booking)

    def move(self, booking: Booking, *, space: Space) -> None:
        self._write_set.next_version(self._state.bookings, booking, guard=self._unchanged(space))
        self._write_set.defer(lambda: self._move_to_space(booking))
        self._write_set.affected_spaces.add(space.id)

    def _is_reminder_due(self, booking: Booking, at: datetime) -> bool:
        user = self._state.users.get(booking.user_id)
        return (
            user is not None
            and is_reminder_due(booking, user, now=at)
            and self._state.jobs.get(reminder_job_id(booking)) is None
        )

    def _unchanged(self, space: Space) -> Callable[[], None]:
        return lambda: check_version(self._state.spaces, space, space.version)

    def _move_to_space(self, moved: Booking) -> Undo:
        """Set the space of the booking's invoices and refunds to its current one."""
        state = self._state
        with ExitStack() as undo:
            for invoice in list(state.invoices_by_booking.get(moved.id)):
                undo.callback(state.invoices.replace(invoice.in_space(moved.space_id)))
            for refund in list(state.refunds_by_booking.get(moved.id)):
                undo.callback(state.refunds.replace(refund.in_space(moved.space_id)))
            return undo.pop_all().close

    def _candidates(self, criteria: BookingFilter) -> Iterable[Booking]:
        if criteria.user_id is not None:
            return self._state.bookings_by_user.get(criteria.user_id)
        if criteria.space_id is not None:
            return self._state.bookings_by_space.get(criteria.space_id)
        return self._state.bookings.all()


def _position(booking: Booking) -> tuple[datetime, BookingId]:
    return booking.period.start, booking.id


def _matches(booking: Booking, criteria: BookingFilter) -> bool:
    return (
        criteria.user_id in {None, booking.user_id}
        and criteria.space_id in {None, booking.space_id}
        and (not criteria.statuses or booking.status in criteria.statuses)
        and (criteria.overlaps_from is None or booking.period.end > criteria.overlaps_from)
        and (criteria.overlaps_to is None or booking.period.start < criteria.overlaps_to)
    )
