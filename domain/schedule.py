"""Schedule: who occupies a space when, and so which of its desks are free.

Conflicts are found here and nowhere else: for a new booking, for availability, and for the
alternatives that are offered when a slot is taken.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from domain.house import House
from domain.ids import BookingId
from domain.local_time import ceil_minute, floor_minute
from domain.opening_hours import open_spans
from domain.period import Period
from domain.spaces import Space
from domain.spans import Span, gaps, intersect, union


class Occupation(NamedTuple):
    """One booking's hold on one desk. With `hold_expires_at`, only until then.

    A bare tuple, as there are many of them; that `start` comes before `end` is its booking's care.
    """

    booking_id: BookingId
    desk: int
    start: datetime
    end: datetime
    hold_expires_at: datetime | None = None

    @property
    def period(self) -> Period:
        """When the desk is held."""
        return Period(self.start, self.end)

    def overlaps(self, period: Period) -> bool:
        """Whether the desk is held in some instant of the period."""
        return self.start < period.end and period.start < self.end

    def is_blocking(self, *, at: datetime) -> bool:
        """Whether it keeps others away at that time: a hold that ran out does not."""
        return self.hold_expires_at is None or self.hold_expires_at > at


class FreePeriod(NamedTuple):
    """A maximal free period of some desk, and how many desks are free throughout."""

    start: datetime
    end: datetime
    desks_free: int

    @property
    def period(self) -> Period:
        """From start to end."""
        return Period(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A space and all that occupies it within a window, as far as which the answers hold."""

    space: Space
    occupations: tuple[Occupation, ...]

    def free_desks(self, period: Period, *, at: datetime) -> list[int]:
        """The numbers of the desks that nothing occupies for any part of the period, in order."""
        taken = {
            occupation.desk
            for occupation in self.occupations
            if occupation.overlaps(period) and occupation.is_blocking(at=at)
        }
        return [desk for desk in range(1, self.space.desks + 1) if desk not in taken]

    def expired_holds(self, period: Period, *, at: datetime) -> list[BookingId]:
        """The bookings that overlap the period only by a hold that ran out."""
        return [
            occupation.booking_id
            for occupation in self.occupations
            if occupation.overlaps(period) and not occupation.is_blocking(at=at)
        ]

    def without(self, booking_id: BookingId) -> "Schedule":
        """The schedule as it would be if that booking were not there."""
        others = (one for one in self.occupations if one.booking_id != booking_id)
        return Schedule(self.space, tuple(others))

    def free_periods(self, window: Period, house: House, *, at: datetime) -> list[FreePeriod]:
        """Each desk's maximal free periods within opening hours and the window, on the minute.

        The same period of several desks is one entry. Ordered by start, then end; entries may
        overlap.
        """
        whole = _whole_minutes(window)
        if whole is None:
            return []
        opened = open_spans(self.space.opening_hours, whole, house.timezone)
        by_desk = self._taken_by_desk(whole, at=at)
        booked_desks = [
            free
            for taken in by_desk.values()
            for free in intersect(opened, gaps(whole.span, taken))
        ]
        if self.space.desks == 1:
            # Nothing to be counted: it is that desk, with bookings or without.
            return [FreePeriod(*free, 1) for free in (booked_desks if by_desk else opened)]
        return _count_desks(opened, booked_desks, unbooked_desks=self.space.desks - len(by_desk))

    def busy_spans(self, window: Period, house: House, *, at: datetime) -> list[Span]:
        """The maximal spans within opening hours, on the minute, in which no desk is free."""
        whole = _whole_minutes(window)
        if whole is None:
            return []
        by_desk = self._taken_by_desk(whole, at=at)
        if len(by_desk) < self.space.desks:
            return []
        busy = list(open_spans(self.space.opening_hours, whole, house.timezone))
        for taken in by_desk.values():
            busy = intersect(busy, taken)
        return busy

    def _taken_by_desk(self, window: Period, *, at: datetime) -> dict[int, list[Span]]:
        """What is taken of each desk that is taken at all, in order and disjoint."""
        by_desk: dict[int, list[Span]] = defaultdict(list)
        desks = self.space.desks
        for one in self.occupations:
            if one.desk <= desks and one.overlaps(window) and one.is_blocking(at=at):
                by_desk[one.desk].append((one.start, one.end))
        return {desk: union(taken) for desk, taken in by_desk.items()}


def choose_desk(free: list[int], booking_id: UUID) -> int:
    """One of the free desks, spread by the booking's id.

    Bookings that race for a zone mostly choose different desks this way, instead of all colliding
    on the first.
    """
    return free[booking_id.int % len(free)]


def _count_desks(
    opened: Sequence[Span], booked_desks: list[Span], *, unbooked_desks: int
) -> list[FreePeriod]:
    """The distinct free periods, with the number of desks that have a free period around each.

    A desk's own free periods are disjoint, so at most one of them contains a given period: it is
    enough to count the free periods that start no later and end no earlier. Desks without bookings
    are free whenever it is open.
    """
    by_start = sorted(booked_desks)
    entries = sorted({*booked_desks, *(opened if unbooked_desks else ())})
    ends: list[datetime] = []
    seen = 0
    counted = []
    for entry in entries:
        start, end = entry
        while seen < len(by_start) and by_start[seen][0] <= start:
            insort(ends, by_start[seen][1])
            seen += 1
        around = len(ends) - bisect_left(ends, end)
        counted.append(FreePeriod(start, end, around + unbooked_desks))
    return counted


def _whole_minutes(window: Period) -> Period | None:
    start, end = ceil_minute(window.start), floor_minute(window.end)
    return Period(start, end) if start < end else None
