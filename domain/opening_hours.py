"""Opening hours: the weekly wall-clock intervals in which a space can be used."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import Self, TypeGuard
from zoneinfo import ZoneInfo

from domain.errors import InvalidValue
from domain.local_time import DAY, MINUTE, clock_changes, since_midnight, wall_clock
from domain.period import Period
from domain.spans import Span, union

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MAX_CACHED_WINDOWS = 256
_DAY = 24 * 60
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")

Interval = tuple[int, int]
"""Opening and closing as minutes since local midnight, 0 to 1440."""


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """For each weekday, Monday first, its disjoint intervals in order; an empty day is closed."""

    days: tuple[tuple[Interval, ...], ...]

    def __post_init__(self) -> None:
        if len(self.days) != len(WEEKDAYS):
            raise InvalidValue("Opening hours need seven days.")
        for intervals in self.days:
            for opens, closes in intervals:
                if not 0 <= opens < closes <= _DAY:
                    raise InvalidValue("An interval must close after it opens, within its day.")
            for (_, closes), (opens, _) in pairwise(intervals):
                if opens < closes:
                    raise InvalidValue("The intervals of a day must be in order and disjoint.")

    @classmethod
    def parse(cls, week: object) -> Self:
        """Read `{"monday": [["09:00", "18:00"]], …}`.

        A day left out is closed, and "24:00" may close a day. Raises InvalidValue with the
        reason.
        """
        if not isinstance(week, Mapping):
            raise InvalidValue("Expected an object with a list of intervals for each weekday.")
        for day in week:
            if day not in WEEKDAYS:
                raise InvalidValue(f"Expected days from monday to sunday, got {day!r:.40}.")
        return cls(tuple(_parse_day(week.get(day, ())) for day in WEEKDAYS))

    def as_week(self) -> dict[str, list[list[str]]]:
        """Return the form of the API contract, without closed days."""
        return {
            name: [[_clock(opens), _clock(closes)] for opens, closes in intervals]
            for name, intervals in zip(WEEKDAYS, self.days, strict=True)
            if intervals
        }

    def open_periods(self, window: Period, zone: ZoneInfo) -> list[Period]:
        """Return the maximal open periods within the window, in order.

        It is open while the wall clock of the house shows a time within an interval: an hour that a
        clock change repeats counts twice, and one that it skips does not count. Intervals that
        touch are merged, also across midnight: a day that closes at "24:00" continues into one that
        opens at "00:00" (the contract).
        """
        return [Period(*span) for span in self.open_spans(window, zone)]

    def open_spans(self, window: Period, zone: ZoneInfo) -> Sequence[Span]:
        """Return `open_periods` as spans. Cached: spaces share hours, and pages share windows."""
        return _open_spans(self, window, zone)

    def open_between(self, start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[Span]:
        """Return the open spans from start to end, between which there is no clock change."""
        wall = wall_clock(start, zone)
        midnight, weekday = start - since_midnight(wall), wall.weekday()
        while midnight < end:
            for opens, closes in self.days[weekday]:
                opened = max(midnight + opens * MINUTE, start)
                closed = min(midnight + closes * MINUTE, end)
                if opened < closed:
                    yield opened, closed
            midnight, weekday = midnight + DAY, (weekday + 1) % len(WEEKDAYS)


def open_spans(hours: OpeningHours | None, window: Period, zone: ZoneInfo) -> Sequence[Span]:
    """Return `open_periods` as spans."""
    return [window.span] if hours is None else hours.open_spans(window, zone)


@lru_cache(maxsize=MAX_CACHED_WINDOWS)
def _open_spans(hours: OpeningHours, window: Period, zone: ZoneInfo) -> Sequence[Span]:
    changes = clock_changes(window, zone)
    return tuple(
        union(
            span
            for start, end in pairwise([window.start, *changes, window.end])
            for span in hours.open_between(start, end, zone)
        )
    )


def open_periods(hours: OpeningHours | None, window: Period, zone: ZoneInfo) -> list[Period]:
    """Return the maximal open periods within the window; without hours it is always open."""
    return [window] if hours is None else hours.open_periods(window, zone)


def _parse_day(intervals: object) -> tuple[Interval, ...]:
    if not _is_list(intervals) or len(intervals) > _DAY:
        raise InvalidValue('Expected a list of intervals such as [["09:00", "18:00"]].')
    parsed = []
    for interval in intervals:
        if not _is_list(interval) or len(interval) != 2:  # noqa: PLR2004 - a pair
            raise InvalidValue('Expected an interval as a pair such as ["09:00", "18:00"].')
        opens, closes = (_minutes(clock) for clock in interval)
        parsed.append((opens, closes))
    return tuple(sorted(parsed))


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _minutes(clock: object) -> int:
    match = _CLOCK.fullmatch(clock) if isinstance(clock, str) else None
    if match is None:
        raise InvalidValue('Expected a time of day from "00:00" to "24:00".')
    hours, minutes = match.groups()
    return _DAY if hours is None else int(hours) * 60 + int(minutes)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
