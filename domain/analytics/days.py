"""ReportDays: the local days of a report, and the hours of the wall clock in them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.errors import InvalidValue
from domain.local_time import DAY, clock_changes, start_of_day, wall_clock
from domain.period import Period

MAX_RANGE_DAYS = 732
"""Two years, leap days included."""
HOUR = timedelta(hours=1)


class Stretch(NamedTuple):
    """From `start` to `end` the wall clock shows `hour` of `day`, the days counted from 0."""

    start: datetime
    end: datetime
    day: int
    hour: int


@dataclass(frozen=True)
class ReportDays:
    """All days from `start_date` to `end_date`, inclusive, in the house's time zone.

    Raises InvalidValue when there are none, or more than MAX_RANGE_DAYS.
    """

    start_date: date
    end_date: date
    zone: ZoneInfo

    def __post_init__(self) -> None:
        if self.end_date < self.start_date:
            raise InvalidValue("Expected a day that is not before start_date.", field="end_date")
        if (self.end_date - self.start_date).days >= MAX_RANGE_DAYS:
            raise InvalidValue(f"Expected at most {MAX_RANGE_DAYS} days.", field="end_date")

    @cached_property
    def dates(self) -> Sequence[date]:
        """Return the days in order."""
        return [
            self.start_date + timedelta(days=number)
            for number in range((self.end_date - self.start_date).days + 1)
        ]

    @cached_property
    def starts(self) -> Sequence[datetime]:
        """Return the start of each day and of the day after the last, in UTC.

        A day that the zone skipped starts when the next one does, so its length is zero.
        """
        days = [*self.dates, self.end_date + timedelta(days=1)]
        return [start_of_day(day, self.zone) for day in days]

    @property
    def start(self) -> datetime:
        """Return the start of the first day, in UTC."""
        return self.starts[0]

    @property
    def end(self) -> datetime:
        """Return the end of the last day, in UTC."""
        return self.starts[-1]

    def periods(self) -> Iterator[Period | None]:
        """Yield each day as a period; None for one that the zone skipped."""
        for start, end in pairwise(self.starts):
            yield Period(start, end) if start < end else None

    @cached_property
    def changed(self) -> frozenset[int]:
        """Return the indexes of the days with a clock change, or that do not last 24 hours."""
        return frozenset(
            number
            for number, day in enumerate(self.periods())
            if day is None or day.duration != DAY or any(clock_changes(_with_edge(day), self.zone))
        )

    @cached_property
    def stretches(self) -> Sequence[Stretch]:
        """Return the range, cut at each full hour of the wall clock and at each clock change."""
        return [
            stretch
            for number, day in enumerate(self.periods())
            if day is not None
            for stretch in self.stretches_of(number, day)
        ]

    def stretches_of(self, number: int, day: Period) -> Iterator[Stretch]:
        """Yield the stretches of one day."""
        if number not in self.changed:
            for hour in range(24):
                start = day.start + hour * HOUR
                yield Stretch(start, start + HOUR, number, hour)
            return
        edges = [day.start, *clock_changes(day, self.zone), day.end]
        for start, end in pairwise(edges):
            yield from self._unchanged(start, end, number)

    def _unchanged(self, start: datetime, end: datetime, number: int) -> Iterator[Stretch]:
        while start < end:
            wall = wall_clock(start, self.zone)
            next_hour = wall.replace(minute=0, second=0, microsecond=0) + HOUR
            cut = min(end, start + (next_hour - wall))
            yield Stretch(start, cut, number, wall.hour)
            start = cut


def _with_edge(day: Period) -> Period:
    """Return the day and the minute before it, to detect a clock change at its start."""
    return Period(day.start.astimezone(UTC) - timedelta(minutes=1), day.end)
