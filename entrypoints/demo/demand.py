"""Demand: who wants to come when, and for what, until as many have a desk as asked for."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from math import exp
from operator import attrgetter
from random import Random

from domain.local_time import MINUTE
from domain.period import Period
from domain.spaces import Space
from entrypoints.demo.chance import Choice, happens
from entrypoints.demo.demo_house import Season
from entrypoints.demo.diary import LEAST_AHEAD, Diary
from entrypoints.demo.people import Person
from entrypoints.demo.progress import Progress
from entrypoints.demo.rhythm import AT_A_DESK, Purpose, busyness, fitted, hours, purpose

_TRIES = 8
_FULL_AFTER = 100
"""Failed bookings in a row after which the house counts as full."""
_LOYALTY = 0.65
"""How often people go to their favourite place."""
_DAYS_BEFORE = Choice(
    {0: 22, 1: 24, 2: 14, 3: 9, 4: 5, 5: 4, 6: 4, 7: 6, 10: 4, 14: 4, 21: 3, 28: 1}
)
"""How many days ahead people book."""
_FEW_BOOK_BEFORE = 11
"""After so many days ahead, bookings have thinned out to a good third of what they will be."""
_AT_LEAST = 0.1


def shares(season: Season) -> list[float]:
    """How much of all that is booked by now is booked for each of the days."""
    coming = [max((day - season.today).days, 0) for day in season.days]
    return [
        busyness(day) * max(exp(-ahead / _FEW_BOOK_BEFORE), _AT_LEAST)
        for day, ahead in zip(season.days, coming, strict=True)
    ]


class Demand:
    """The members' wishes, one after another."""

    def __init__(
        self,
        season: Season,
        spaces: Sequence[Space],
        members: Sequence[Person],
        diary: Diary,
        rolled: Random,
    ) -> None:
        self._season = season
        self._members = members
        self._by_activity = Choice((person, person.activity) for person in members)
        self._diary = diary
        self._dice = rolled
        self._step = season.house.booking_step // MINUTE
        self._places = {
            wanted: Choice(
                (space, _attraction(wanted, space))
                for space in spaces
                if wanted.is_served_by(space)
            )
            for wanted in Purpose
        }

    def meet(self, bookings: int, progress: Progress) -> int:
        """Spread the bookings over the days. Return how many found no free desk on any of them.

        The days get their shares first. Each booking that finds its day full then tries other days,
        until so many in a row fail that the house counts as full.
        """
        days = self._season.days
        joined = [self._joined_by(day) for day in days]
        weights = [share * count for share, count in zip(shares(self._season), joined, strict=True)]
        placed = 0
        for day, members, count in zip(days, joined, _apportioned(bookings, weights), strict=True):
            placed += sum(self._one_comes(day, members) for _ in range(count))
            progress("Bookings", placed, bookings)

        by_weight = Choice(zip(zip(days, joined, strict=True), weights, strict=True))
        failures = 0
        while placed < bookings and failures < _FULL_AFTER:
            if self._one_comes(*by_weight.of(self._dice)):
                placed, failures = placed + 1, 0
                progress("Bookings", placed, bookings)
            else:
                failures += 1
        return bookings - placed

    def _joined_by(self, day: date) -> int:
        """How many members there are on that day, at least one."""
        joined = bisect_right(
            self._members, self._season.instant(day, 0), key=attrgetter("joined_at")
        )
        return max(joined, 1)

    def _one_comes(self, day: date, joined: int) -> bool:
        """Somebody of the first `joined` members finds a place, or several have tried in vain."""
        wanted = purpose(day, self._dice)
        for attempt in range(_TRIES):
            if attempt == _TRIES // 2 and wanted is not Purpose.DESK:
                # All rooms are taken, it seems; a shared desk is better than nothing.
                wanted = Purpose.DESK
            person = self._by_activity.at_among_first(joined, self._dice.random())
            if self._books(person, wanted, day):
                return True
        return False

    def _books(self, person: Person, wanted: Purpose, day: date) -> bool:
        space = self._place(person, wanted)
        span = fitted(hours(wanted, self._dice), space, day.weekday(), self._step)
        if span is None:
            return False
        start, end = (self._season.instant(day, minute) for minute in span)
        if start >= end:  # The clock was set back in between.
            return False
        period = Period(start, end)
        return self._diary.enter(person, space, period, lambda: self._booked_at(day, start))

    def _place(self, person: Person, wanted: Purpose) -> Space:
        places = self._places[wanted]
        if happens(_LOYALTY, self._dice):
            return places.at(person.tastes[wanted in AT_A_DESK])
        return places.of(self._dice)

    def _booked_at(self, day: date, start: datetime) -> datetime:
        """When they book: some days before, or just before they come, but before today.

        So every booking exists at any time of today.
        """
        rolled, today = self._dice, self._season.today
        booked_on = day - timedelta(days=_DAYS_BEFORE.of(rolled))
        if booked_on >= today:
            booked_on = today - timedelta(days=1 + int(rolled.triangular(0, 14, 0)))
        minute = int(rolled.triangular(7 * 60, 23 * 60, 11 * 60))
        latest = start - LEAST_AHEAD - int(rolled.random() * 3 * 60) * MINUTE
        booked_at = min(self._season.instant(booked_on, minute), latest)
        return booked_at - timedelta(milliseconds=int(rolled.random() * 60_000))


def _attraction(wanted: Purpose, space: Space) -> float:
    """Zones draw people by their size; of rooms, the small ones are wanted most."""
    if wanted is Purpose.DESK:
        return space.capacity
    return 1 / (4 + space.capacity)


def _apportioned(whole: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers in the proportion of the weights that make up the whole."""
    total, before, parts = sum(weights), 0.0, []
    for weight in weights:
        parts.append(round(whole * (before + weight) / total) - round(whole * before / total))
        before += weight
    return parts
