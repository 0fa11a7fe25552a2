"""Schedule: who occupies a space when, and so which of its desks are free.

Conflicts are found here and nowhere else: for a new booking, for availability, and for the
alternatives that are offered when a slot is taken.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.house import House
from domain.ids import BookingId
from domain.local_time import ceil_minute, floor_minute
from domain.opening_hours import open_spans
from domain.period import Period
from domain.spaces import Space
from domain.spans import Span, intersect, subtract, union


@dataclass(frozen=True, slots=True)
class Occupation:
    """One booking's hold on one desk. With `hold_expires_at`, only until then."""

    booking_id: BookingId
    desk: int
    period: Period
    hold_expires_at: datetime | None = None

    def stands(self, *, at: datetime) -> bool:
        """Whether it keeps others away at that time: a hold that ran out does not."""
        return self.hold_expires_at is None or self.hold_expires_at > at


@dataclass(frozen=True, slots=True, order=True)
class FreePeriod:
    """A maximal free period of some desk, and how many desks are free throughout."""

    period: Period
    desks_free: int


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
            if occupation.period.overlaps(period) and occupation.stands(at=at)
        }
        return [desk for desk in range(1, self.space.desks + 1) if desk not in taken]

    def expired_holds(self, period: Period, *, at: datetime) -> list[BookingId]:
        """The bookings that overlap the period only by a hold that ran out."""
        return [
            occupation.booking_id
            for occupation in self.occupations
            if occupation.period.overlaps(period) and not occupation.stands(at=at)
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
            for free in intersect(opened, subtract(whole.span, taken))
        ]
        if self.space.desks == 1:
            # Nothing to be counted: it is that desk, with bookings or without.
            return [FreePeriod(Period(*free), 1) for free in (booked_desks if by_desk else opened)]
        return _count_desks(opened, booked_desks, unbooked_desks=self.space.desks - len(by_desk))

    def busy_periods(self, window: Period, house: House, *, at: datetime) -> list[Period]:
        """The maximal periods within opening hours, on the minute, in which no desk is free."""
        whole = _whole_minutes(window)
        if whole is None:
            return []
        by_desk = self._taken_by_desk(whole, at=at)
        if len(by_desk) < self.space.desks:
            return []
        busy = open_spans(self.space.opening_hours, whole, house.timezone)
        for taken in by_desk.values():
            busy = intersect(busy, union(taken))
        return [Period(*span) for span in busy]

    def _taken_by_desk(self, window: Period, *, at: datetime) -> dict[int, list[Span]]:
        by_desk: dict[int, list[Span]] = defaultdict(list)
        desks, window_start, window_end = self.space.desks, window.start, window.end
        for occupation in self.occupations:
            period = occupation.period
            start, end = period.start, period.end
            if (
                start < window_end
                and window_start < end
                and occupation.desk <= desks
                and occupation.stands(at=at)
            ):
                by_desk[occupation.desk].append((start, end))
        return by_desk


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
        counted.append(FreePeriod(Period(start, end), around + unbooked_desks))
    return counted


def _whole_minutes(window: Period) -> Period | None:
    start, end = ceil_minute(window.start), floor_minute(window.end)
    return Period(start, end) if start < end else None
