"""Demand: the members' bookings, spread over the days by weekday, purpose and lead time."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from math import exp
from operator import attrgetter
from random import Random

from domain.local_time import MINUTE
from domain.period import Period
from domain.spaces import Space
from entrypoints.demo_data.allocator import MIN_NOTICE, Allocator
from entrypoints.demo_data.people import Person
from entrypoints.demo_data.progress import ProgressCallback
from entrypoints.demo_data.randomness import WeightedChoice, happens
from entrypoints.demo_data.seasonality import (
    DESK_PURPOSES,
    Purpose,
    draw_hours,
    draw_purpose,
    fit_to_opening_hours,
    weekday_weight,
)
from entrypoints.demo_data.timeline import Timeline

_MAX_ATTEMPTS = 8
"""Attempts to place one booking on a day, each by another person."""
_FULL_AFTER = 100
"""Failed bookings in a row after which the house counts as full."""
_FAVORITE_PROBABILITY = 0.65
"""Probability that people book their favorite space."""
_LEAD_DAYS = WeightedChoice(
    {0: 22, 1: 24, 2: 14, 3: 9, 4: 5, 5: 4, 6: 4, 7: 6, 10: 4, 14: 4, 21: 3, 28: 1}
)
"""Days between booking and stay."""
_BOOKED_AHEAD_DECAY_DAYS = 11
"""This many days ahead, 1/e of the bookings that a day will have exist already."""
_MIN_BOOKED_AHEAD = 0.1


def booking_shares(timeline: Timeline) -> list[float]:
    """Return the relative number of bookings that exist by now for each day."""
    days_ahead = [max((day - timeline.today).days, 0) for day in timeline.days]
    return [
        weekday_weight(day) * max(exp(-ahead / _BOOKED_AHEAD_DECAY_DAYS), _MIN_BOOKED_AHEAD)
        for day, ahead in zip(timeline.days, days_ahead, strict=True)
    ]


class Demand:
    """Draws one booking after another and has the allocator place it."""

    def __init__(
        self,
        timeline: Timeline,
        spaces: Sequence[Space],
        members: Sequence[Person],
        allocator: Allocator,
        rng: Random,
    ) -> None:
        self._timeline = timeline
        self._members = members
        self._by_activity = WeightedChoice((person, person.activity) for person in members)
        self._allocator = allocator
        self._rng = rng
        self._step = timeline.house.booking_step // MINUTE
        self._spaces = {
            purpose: WeightedChoice(
                (space, _space_weight(purpose, space))
                for space in spaces
                if purpose.is_served_by(space)
            )
            for purpose in Purpose
        }

    def place_bookings(self, bookings: int, on_progress: ProgressCallback) -> int:
        """Spread the bookings over the days. Returns how many found no free desk on any of them.

        The days get their shares first. Each booking that finds its day full then tries other days,
        until so many in a row fail that the house counts as full.
        """
        days = self._timeline.days
        member_counts = [self._members_before(day) for day in days]
        weights = [
            share * count
            for share, count in zip(booking_shares(self._timeline), member_counts, strict=True)
        ]
        placed = 0
        for day, members, count in zip(
            days, member_counts, _apportioned(bookings, weights), strict=True
        ):
            placed += sum(self._place_booking(day, members) for _ in range(count))
            on_progress("Bookings", placed, bookings)

        by_weight = WeightedChoice(zip(zip(days, member_counts, strict=True), weights, strict=True))
        failures = 0
        while placed < bookings and failures < _FULL_AFTER:
            if self._place_booking(*by_weight.draw(self._rng)):
                placed, failures = placed + 1, 0
                on_progress("Bookings", placed, bookings)
            else:
                failures += 1
        return bookings - placed

    def _members_before(self, day: date) -> int:
        """Return the number of members who joined before that day, at least one."""
        joined = bisect_right(
            self._members, self._timeline.instant(day, 0), key=attrgetter("joined_at")
        )
        return max(joined, 1)

    def _place_booking(self, day: date, members: int) -> bool:
        """Place a booking of one of the first `members`. Returns whether it found a desk."""
        purpose = draw_purpose(day, self._rng)
        for attempt in range(_MAX_ATTEMPTS):
            if attempt == _MAX_ATTEMPTS // 2 and purpose is not Purpose.DESK:
                # All rooms seem to be full. There are far more shared desks.
                purpose = Purpose.DESK
            person = self._by_activity.at_among_first(members, self._rng.random())
            if self._try_booking(person, purpose, day):
                return True
        return False

    def _try_booking(self, person: Person, purpose: Purpose, day: date) -> bool:
        space = self._draw_space(person, purpose)
        hours = draw_hours(purpose, self._rng)
        span = fit_to_opening_hours(hours, space, day.weekday(), self._step)
        if span is None:
            return False
        start, end = (self._timeline.instant(day, minute) for minute in span)
        if start >= end:  # The clock is set back in between.
            return False
        period = Period(start, end)
        draw_created_at = partial(self._draw_created_at, day, start)
        return self._allocator.allocate(person, space, period, draw_created_at)

    def _draw_space(self, person: Person, purpose: Purpose) -> Space:
        spaces = self._spaces[purpose]
        if happens(_FAVORITE_PROBABILITY, self._rng):
            return spaces.at(person.tastes[purpose in DESK_PURPOSES])
        return spaces.draw(self._rng)

    def _draw_created_at(self, day: date, start: datetime) -> datetime:
        """Return a time some days or hours before the start, and before today.

        So every booking exists at any time of today.
        """
        rng, today = self._rng, self._timeline.today
        created_on = day - timedelta(days=_LEAD_DAYS.draw(rng))
        if created_on >= today:
            created_on = today - timedelta(days=1 + int(rng.triangular(0, 14, 0)))
        minute = int(rng.triangular(7 * 60, 23 * 60, 11 * 60))
        latest = start - MIN_NOTICE - int(rng.random() * 3 * 60) * MINUTE
        created_at = min(self._timeline.instant(created_on, minute), latest)
        return created_at - timedelta(milliseconds=int(rng.random() * 60_000))


def _space_weight(purpose: Purpose, space: Space) -> float:
    """Return the larger weight for a larger zone, and for a smaller room."""
    if purpose is Purpose.DESK:
        return space.capacity
    return 1 / (4 + space.capacity)


def _apportioned(total: int, weights: Sequence[float]) -> list[int]:
    """Return integers in proportion to the weights, whose sum is `total`."""
    total_weight, before, parts = sum(weights), 0.0, []
    for weight in weights:
        parts.append(
            round(total * (before + weight) / total_weight) - round(total * before / total_weight)
        )
        before += weight
    return parts
