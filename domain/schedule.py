"""Schedule: the occupations of a space, and so which of its desks are free when.

Conflicts are detected here and nowhere else: for a new booking, for availability, and for the
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
    """One booking's occupation of one desk. With `hold_expires_at`, only until then.

    A bare tuple, because there are many; its booking guarantees that `start` is before `end`.
    """

    booking_id: BookingId
    desk: int
    start: datetime
    end: datetime
    hold_expires_at: datetime | None = None

    @property
    def period(self) -> Period:
        """Return the period in which the desk is occupied."""
        return Period(self.start, self.end)

    def overlaps(self, period: Period) -> bool:
        """Whether the desk is occupied at some instant of the period."""
        return self.start < period.end and period.start < self.end

    def is_blocking(self, *, at: datetime) -> bool:
        """Whether it blocks the desk at that time; an expired hold does not."""
        return self.hold_expires_at is None or self.hold_expires_at > at


class FreePeriod(NamedTuple):
    """A maximal free period of a desk, and the number of desks that are free throughout it."""

    start: datetime
    end: datetime
    desks_free: int

    @property
    def period(self) -> Period:
        """Return the period from start to end."""
        return Period(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A space and all its occupations within a window. Results are valid only within it."""

    space: Space
    occupations: tuple[Occupation, ...]

    def free_desks(self, period: Period, *, at: datetime) -> list[int]:
        """Return the desks that nothing blocks for any part of the period, in order."""
        taken = {
            occupation.desk
            for occupation in self.occupations
            if occupation.overlaps(period) and occupation.is_blocking(at=at)
        }
        return [desk for desk in range(1, self.space.desks + 1) if desk not in taken]

    def expired_holds(self, period: Period, *, at: datetime) -> list[BookingId]:
        """Return the bookings that overlap the period with an expired hold."""
        return [
            occupation.booking_id
            for occupation in self.occupations
            if occupation.overlaps(period) and not occupation.is_blocking(at=at)
        ]

    def without(self, booking_id: BookingId) -> "Schedule":
        """Return the schedule without that booking."""
        others = (
            occupation for occupation in self.occupations if occupation.booking_id != booking_id
        )
        return Schedule(self.space, tuple(others))

    def free_periods(self, window: Period, house: House, *, at: datetime) -> list[FreePeriod]:
        """Return each desk's maximal free periods within opening hours and the window.

        Periods are in whole minutes. Equal periods of several desks are one entry. Ordered by
        start, then end; entries may overlap.
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
            # There is only this desk to count, with or without bookings.
            return [FreePeriod(*free, 1) for free in (booked_desks if by_desk else opened)]
        return _count_desks(opened, booked_desks, unbooked_desks=self.space.desks - len(by_desk))

    def busy_spans(self, window: Period, house: House, *, at: datetime) -> list[Span]:
        """Return the maximal spans, in whole minutes within opening hours, with no free desk."""
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
        """Return the blocked spans of each desk that has any, in order and disjoint."""
        by_desk: dict[int, list[Span]] = defaultdict(list)
        desks = self.space.desks
        for occupation in self.occupations:
            if occupation.desk > desks or not occupation.overlaps(window):
                continue
            if occupation.is_blocking(at=at):
                by_desk[occupation.desk].append((occupation.start, occupation.end))
        return {desk: union(taken) for desk, taken in by_desk.items()}


def choose_desk(free: list[int], booking_id: UUID) -> int:
    """Return one of the free desks, chosen by the booking's id.

    So concurrent bookings of a zone mostly choose different desks, instead of all colliding on the
    first.
    """
    return free[booking_id.int % len(free)]


def _count_desks(
    opened: Sequence[Span], booked_desks: list[Span], *, unbooked_desks: int
) -> list[FreePeriod]:
    """Return the distinct free periods, each with the number of desks free throughout it.

    The free periods of one desk are disjoint, so at most one of them contains a given period:
    counting the free periods that start no later and end no earlier is enough. Desks without
    bookings are free during all opening hours.
    """
    by_start = sorted(booked_desks)
    entries = sorted({*booked_desks, *(opened if unbooked_desks else ())})
    ends: list[datetime] = []
    started = 0
    counted = []
    for entry in entries:
        start, end = entry
        while started < len(by_start) and by_start[started][0] <= start:
            insort(ends, by_start[started][1])
            started += 1
        containing = len(ends) - bisect_left(ends, end)
        counted.append(FreePeriod(start, end, containing + unbooked_desks))
    return counted


def _whole_minutes(window: Period) -> Period | None:
    start, end = ceil_minute(window.start), floor_minute(window.end)
    return Period(start, end) if start < end else None
