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
"""The first search window extends this far to each side of the requested start."""


@dataclass(frozen=True, slots=True)
class Alternatives:
    """The periods, nearest start first and the earlier on a tie.

    `are_final` is false when a period outside the searched window could be nearer than these.
    """

    periods: tuple[Period, ...]
    are_final: bool


def search_limits(requested: Period, house: House, *, now: datetime) -> Period:
    """Return the whole time in which a member could book a period as long as the requested one."""
    return Period(now - house.booking_step, now + BOOKING_HORIZON + requested.duration)


def nearest_alternatives(
    schedule: Schedule, requested: Period, searched: Period, house: House, *, now: datetime
) -> Alternatives:
    """Return up to three bookable periods within `searched`, the window of the schedule."""
    limits = search_limits(requested, house, now=now)
    bounds = searched.intersection(limits)
    if bounds is None:
        return Alternatives((), are_final=False)
    # The nearest are mostly near, so the window grows only when it has too few.
    middle = min(max(requested.start, bounds.start), bounds.end)
    reach = FIRST_REACH + requested.duration
    while True:
        window = Period(max(middle - reach, bounds.start), min(middle + reach, bounds.end))
        nearest = _nearest_within(window, schedule, requested, house, now=now)
        if window == bounds or _are_final(nearest, requested, window, limits):
            return Alternatives(nearest, _are_final(nearest, requested, searched, limits))
        reach *= 4


def _nearest_within(
    window: Period, schedule: Schedule, requested: Period, house: House, *, now: datetime
) -> tuple[Period, ...]:
    nearest: list[datetime] = []
    for free in _nearest_first(schedule.free_periods(window, house, at=now), requested):
        if len(nearest) == MAX_ALTERNATIVES and (
            _distance_within(free, requested) > _distance(nearest[-1], requested)
        ):
            break
        starts = (
            start
            for start in _starts(free, requested, house)
            if _may_be_booked(_at(start, requested), schedule, house, now=now)
        )
        candidates = {*nearest, *islice(starts, MAX_ALTERNATIVES)}
        nearest = sorted(candidates, key=lambda start: (_distance(start, requested), start))
        del nearest[MAX_ALTERNATIVES:]
    return tuple(_at(start, requested) for start in nearest)


def _at(start: datetime, requested: Period) -> Period:
    return Period(start, start + requested.duration)


def _nearest_first(free: list[FreePeriod], requested: Period) -> list[Period]:
    long_enough = [entry.period for entry in free if entry.period.duration >= requested.duration]
    return sorted(long_enough, key=lambda period: _distance_within(period, requested))


def _distance(start: datetime, requested: Period) -> timedelta:
    return abs(start - requested.start)


def _distance_within(free: Period, requested: Period) -> timedelta:
    """Return the minimum distance of a start within the free period from the requested one."""
    return max(free.start - requested.start, requested.end - free.end, timedelta(0))


def _starts(free: Period, requested: Period, house: House) -> Iterator[datetime]:
    """Return all starts within one free period, nearest first and the earlier on a tie."""
    return merge(
        _earlier_starts(free, requested, house),
        _later_starts(free, requested, house),
        key=lambda start: (_distance(start, requested), start),
    )


def _earlier_starts(free: Period, requested: Period, house: House) -> Iterator[datetime]:
    step, zone = house.booking_step, house.timezone
    latest = min(requested.start - MINUTE, free.end - requested.duration)
    while (start := previous_on_grid(latest, step, zone)) >= free.start:
        yield start
        latest = start - MINUTE


def _later_starts(free: Period, requested: Period, house: House) -> Iterator[datetime]:
    step, zone = house.booking_step, house.timezone
    earliest = max(requested.start, free.start)
    while (start := next_on_grid(earliest, step, zone)) <= free.end - requested.duration:
        yield start
        earliest = start + MINUTE


def _may_be_booked(period: Period, schedule: Schedule, house: House, *, now: datetime) -> bool:
    try:
        check_booking_time(period, schedule.space, house, now=now, by_admin=False)
    except HouseRule:
        return False
    return True


def _are_final(
    periods: tuple[Period, ...], requested: Period, searched: Period, limits: Period
) -> bool:
    reach = [timedelta.max]
    if searched.start > limits.start:
        reach.append(requested.start - searched.start)
    if searched.end < limits.end:
        reach.append(searched.end - requested.end)
    if len(periods) == MAX_ALTERNATIVES:
        return abs(periods[-1].start - requested.start) <= min(reach)
    return len(reach) == 1
