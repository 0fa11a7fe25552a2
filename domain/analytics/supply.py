"""Supply: the bookable time of the desks of the house, by day, hour and space.

Most days have 24 hours and no change of the space. Those are computed by weekday; only days with a
clock change or a change of the space are computed hour by hour.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from domain.analytics.days import ReportDays
from domain.analytics.usage import MICROSECOND
from domain.ids import SpaceId
from domain.opening_hours import OpeningHours, open_periods
from domain.period import Period
from domain.space_history import InForce, SpaceVersion, times_in_force

_MINUTE = timedelta(minutes=1) // MICROSECOND
_ALWAYS = tuple(((0, 24 * 60),) for _ in range(7))


@dataclass(slots=True)
class Supply:
    """Bookable time in microseconds; the key of `by_hour` is weekday (Monday is 0) and hour."""

    by_day: list[int]
    by_hour: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    by_space: dict[SpaceId, int] = field(default_factory=dict)


def supply_of(history: Mapping[SpaceId, Sequence[SpaceVersion]], days: ReportDays) -> Supply:
    """Return what the spaces offered on past days, and offer on future days as of now."""
    supply = Supply([0] * len(days.dates))
    counter = _SupplyCounter(days, supply)
    for space_id, versions in history.items():
        supply.by_space[space_id] = sum(map(counter.add, times_in_force(versions)))
    counter.finish()
    return supply


class _SupplyCounter:
    def __init__(self, days: ReportDays, supply: Supply) -> None:
        self._days = days
        self._supply = supply
        self._weekdays = [day.weekday() for day in days.dates]
        self._changed = sorted(days.changed)
        # By opening hours: the change of the number of desks on each day.
        self._desk_changes: dict[OpeningHours | None, list[int]] = {}
        # By opening hours: the cumulative time that a desk offers before each day.
        self._cumulative: dict[OpeningHours | None, list[int]] = {}
        self._pieces: dict[tuple[Period, OpeningHours | None], Mapping[int, int]] = {}

    def add(self, part: InForce) -> int:
        """Add what was in force for a time. Returns the time added."""
        starts = self._days.starts
        start = max(part.start, starts[0])
        end = starts[-1] if part.end is None else min(part.end, starts[-1])
        if start >= end:
            return 0
        # The whole days, from the first midnight in the range to the last.
        first, last = bisect_left(starts, start), bisect_right(starts, end) - 1
        if last < first:
            return self._add_piece(last, Period(start, end), part)
        total = self._add_whole_days(first, last, part)
        if start < starts[first]:
            total += self._add_piece(first - 1, Period(start, starts[first]), part)
        if starts[last] < end:
            total += self._add_piece(last, Period(starts[last], end), part)
        return total

    def _add_whole_days(self, first: int, last: int, part: InForce) -> int:
        steps = self._desk_changes.setdefault(part.opening_hours, [0] * (len(self._weekdays) + 1))
        steps[first] += part.desks
        steps[last] -= part.desks
        total = part.desks * self._whole_days_before(part.opening_hours, first, last)
        changed = self._changed[
            bisect_left(self._changed, first) : bisect_left(self._changed, last)
        ]
        for number in changed:
            start, end = self._days.starts[number : number + 2]
            if start < end:
                total += self._add_piece(number, Period(start, end), part)
        return total

    def _whole_days_before(self, hours: OpeningHours | None, first: int, last: int) -> int:
        """Return what one desk offers on the unchanged days from `first` up to `last`."""
        if hours not in self._cumulative:
            minutes = [sum(closes - opens for opens, closes in day) for day in _week(hours)]
            sums = [0]
            for number, weekday in enumerate(self._weekdays):
                offered = 0 if number in self._days.changed else minutes[weekday] * _MINUTE
                sums.append(sums[-1] + offered)
            self._cumulative[hours] = sums
        sums = self._cumulative[hours]
        return sums[last] - sums[first]

    def _add_piece(self, number: int, piece: Period, part: InForce) -> int:
        """Add a part of a day, or a day with a clock change, hour by hour."""
        offered = self._in_piece(number, piece, part.opening_hours)
        for hour, time in offered.items():
            self._supply.by_hour[self._weekdays[number], hour] += time * part.desks
        total = sum(offered.values()) * part.desks
        self._supply.by_day[number] += total
        return total

    def _in_piece(
        self, number: int, piece: Period, hours: OpeningHours | None
    ) -> Mapping[int, int]:
        """Return what one desk offers in it, by hour. Cached: spaces share opening hours."""
        cached = self._pieces.get((piece, hours))
        if cached is not None:
            return cached
        day = Period(*self._days.starts[number : number + 2])
        opened = open_periods(hours, piece, self._days.zone)
        offered: dict[int, int] = defaultdict(int)
        for stretch in self._days.stretches_of(number, day):
            hour = Period(stretch.start, stretch.end)
            shared = (hour.intersection(period) for period in opened)
            offered[stretch.hour] += sum(both.duration // MICROSECOND for both in shared if both)
        self._pieces[piece, hours] = offered
        return offered

    def finish(self) -> None:
        """Add the whole, unchanged days of all spaces that share opening hours at once."""
        for hours, steps in self._desk_changes.items():
            desks = 0
            by_weekday = [0] * 7
            daily = self._cumulative[hours]
            for number, weekday in enumerate(self._weekdays):
                desks += steps[number]
                self._supply.by_day[number] += desks * (daily[number + 1] - daily[number])
                if number not in self._days.changed:
                    by_weekday[weekday] += desks
            for weekday, intervals in enumerate(_week(hours)):
                for hour in range(24):
                    minutes = sum(_minutes_within(hour, *interval) for interval in intervals)
                    offered = by_weekday[weekday] * minutes * _MINUTE
                    self._supply.by_hour[weekday, hour] += offered


def _week(hours: OpeningHours | None) -> Sequence[Sequence[tuple[int, int]]]:
    return _ALWAYS if hours is None else hours.days


def _minutes_within(hour: int, opens: int, closes: int) -> int:
    return max(0, min(closes, hour * 60 + 60) - max(opens, hour * 60))
