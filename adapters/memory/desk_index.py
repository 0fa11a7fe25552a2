"""DeskIndex: bookings by desk and time, which cannot overlap on a desk."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import datetime
from heapq import nlargest, nsmallest

from application.ports.unit_of_work import Stale
from domain.bookings import Booking
from domain.ids import SpaceId
from domain.period import Period


def _start(booking: Booking) -> datetime:
    return booking.period.start


def _end(booking: Booking) -> datetime:
    return booking.period.end


class DeskIndex:
    """An index of the bookings whose status occupies the slot, expired holds included.

    The bookings of one desk are disjoint, so in order of their starts they are in order of their
    ends as well, and both can be searched by bisection.
    """

    def __init__(self) -> None:
        self._spaces: dict[SpaceId, dict[int, list[Booking]]] = {}

    def check(self, booking: Booking) -> None:
        """Raise `Stale` when the booking's desk is occupied for a part of its period."""
        if not booking.occupies_slot:
            return
        desk = self._spaces.get(booking.space_id, {}).get(booking.desk, [])
        if any(_overlapping(desk, booking.period)):
            raise Stale(f"Desk {booking.desk} is occupied for a part of the period.")

    def add(self, booking: Booking) -> None:
        if booking.occupies_slot:
            desks = self._spaces.setdefault(booking.space_id, {})
            desk = desks.setdefault(booking.desk, [])
            desk.insert(bisect_left(desk, booking.period.start, key=_start), booking)

    def discard(self, booking: Booking) -> None:
        if booking.occupies_slot:
            desk = self._spaces[booking.space_id][booking.desk]
            del desk[bisect_left(desk, booking.period.start, key=_start)]

    def overlapping(self, space_id: SpaceId, window: Period) -> list[Booking]:
        """Return the bookings that overlap the window, desk by desk."""
        return [booking for desk in self._desks(space_id) for booking in _overlapping(desk, window)]

    def ending_after(self, space_id: SpaceId, instant: datetime) -> list[Booking]:
        """Return the bookings that end after that instant, desk by desk."""
        return [
            booking
            for desk in self._desks(space_id)
            for booking in desk[bisect_right(desk, instant, key=_end) :]
        ]

    def nth_end_after(self, space_id: SpaceId, instant: datetime, n: int) -> datetime | None:
        """Return the n-th earliest end of a booking after the instant; None if there are fewer."""
        ends: list[datetime] = []
        for desk in self._desks(space_id):
            first = bisect_right(desk, instant, key=_end)
            ends += (booking.period.end for booking in desk[first : first + n])
        return nsmallest(n, ends)[-1] if len(ends) >= n else None

    def nth_start_before(self, space_id: SpaceId, instant: datetime, n: int) -> datetime | None:
        """Return the n-th latest start of a booking before the instant; None if there are fewer."""
        starts: list[datetime] = []
        for desk in self._desks(space_id):
            last = bisect_left(desk, instant, key=_start)
            starts += (booking.period.start for booking in desk[max(0, last - n) : last])
        return nlargest(n, starts)[-1] if len(starts) >= n else None

    def _desks(self, space_id: SpaceId) -> Iterator[list[Booking]]:
        yield from self._spaces.get(space_id, {}).values()


def _overlapping(desk: list[Booking], window: Period) -> list[Booking]:
    first = bisect_right(desk, window.start, key=_end)
    return desk[first : bisect_left(desk, window.end, key=_start)]
