"""Alternatives: the nearest periods of the same length that can be booked instead."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge
from itertools import islice

from domain.booking_rules import check_booking_time
from domain.errors import HouseRule
from domain.house import BOOKING_HORIZON, House
from domain.local_time import MINUTE, next_on_grid, previous_on_grid
from domain.period import Period
from domain.schedule import FreePeriod, Schedule

MAX_ALTERNATIVES = 3
FIRST_REACH = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Alternatives:
    """What was found, nearest start first and the earlier on a tie.

    `are_final` is false when periods that lie outside what was searched could be nearer than these.
    """

    periods: tuple[Period, ...]
    are_final: bool


def search_limits(wanted: Period, house: House, *, now: datetime) -> Period:
    """All the time in which a period as long as the wanted one could be booked by a member."""
    return Period(now - house.booking_step, now + BOOKING_HORIZON + wanted.duration)


def nearest_alternatives(
    schedule: Schedule, wanted: Period, searched: Period, house: House, *, now: datetime
) -> Alternatives:
    """Up to three bookable periods within `searched`, the window that the schedule knows about."""
    limits = search_limits(wanted, house, now=now)
    bounds = searched.intersection(limits)
    if bounds is None:
        return Alternatives((), are_final=False)
    # The nearest are mostly near: the years around are looked at only when they are needed.
    middle = min(max(wanted.start, bounds.start), bounds.end)
    reach = FIRST_REACH + wanted.duration
    while True:
        window = Period(max(middle - reach, bounds.start), min(middle + reach, bounds.end))
        found = _nearest_within(window, schedule, wanted, house, now=now)
        if window == bounds or _are_final(found, wanted, window, limits):
            return Alternatives(found, _are_final(found, wanted, searched, limits))
        reach *= 4


def _nearest_within(
    window: Period, schedule: Schedule, wanted: Period, house: House, *, now: datetime
) -> tuple[Period, ...]:
    nearest: list[datetime] = []
    for free in _nearest_first(schedule.free_periods(window, house, at=now), wanted):
        if len(nearest) == MAX_ALTERNATIVES and (
            _distance_within(free, wanted) > _distance(nearest[-1], wanted)
        ):
            break
        starts = (
            start
            for start in _starts(free, wanted, house)
            if _may_be_booked(_at(start, wanted), schedule, house, now=now)
        )
        found = {*nearest, *islice(starts, MAX_ALTERNATIVES)}
        nearest = sorted(found, key=lambda start: (_distance(start, wanted), start))
        del nearest[MAX_ALTERNATIVES:]
    return tuple(_at(start, wanted) for start in nearest)


def _at(start: datetime, wanted: Period) -> Period:
    return Period(start, start + wanted.duration)


def _nearest_first(free: list[FreePeriod], wanted: Period) -> list[Period]:
    roomy = [entry.period for entry in free if entry.period.duration >= wanted.duration]
    return sorted(roomy, key=lambda period: _distance_within(period, wanted))


def _distance(start: datetime, wanted: Period) -> timedelta:
    return abs(start - wanted.start)


def _distance_within(free: Period, wanted: Period) -> timedelta:
    """How far any start within the free period is from the wanted one, at least."""
    return max(free.start - wanted.start, wanted.end - free.end, timedelta(0))


def _starts(free: Period, wanted: Period, house: House) -> Iterator[datetime]:
    """All starts within one free period, nearest first and the earlier on a tie."""
    return merge(
        _earlier_starts(free, wanted, house),
        _later_starts(free, wanted, house),
        key=lambda start: (_distance(start, wanted), start),
    )


def _earlier_starts(free: Period, wanted: Period, house: House) -> Iterator[datetime]:
    step, zone = house.booking_step, house.timezone
    latest = min(wanted.start - MINUTE, free.end - wanted.duration)
    while (start := previous_on_grid(latest, step, zone)) >= free.start:
        yield start
        latest = start - MINUTE


def _later_starts(free: Period, wanted: Period, house: House) -> Iterator[datetime]:
    step, zone = house.booking_step, house.timezone
    earliest = max(wanted.start, free.start)
    while (start := next_on_grid(earliest, step, zone)) <= free.end - wanted.duration:
        yield start
        earliest = start + MINUTE


def _may_be_booked(period: Period, schedule: Schedule, house: House, *, now: datetime) -> bool:
    try:
        check_booking_time(period, schedule.space, house, now=now, by_admin=False)
    except HouseRule:
        return False
    return True


def _are_final(found: tuple[Period, ...], wanted: Period, searched: Period, limits: Period) -> bool:
    reach = [timedelta.max]
    if searched.start > limits.start:
        reach.append(wanted.start - searched.start)
    if searched.end < limits.end:
        reach.append(searched.end - wanted.end)
    if len(found) == MAX_ALTERNATIVES:
        return abs(found[-1].start - wanted.start) <= min(reach)
    return len(reach) == 1
