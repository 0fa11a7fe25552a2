"""ReportDays: the local days that a report is about, and the hours the clock showed in them."""

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
    """From `start` to `end` the clock showed that hour of that day, counted from the first one."""

    start: datetime
    end: datetime
    day: int
    hour: int


@dataclass(frozen=True)
class ReportDays:
    """Every day from `start_date` to `end_date`, both included, in the house's zone.

    Raises InvalidValue when there is none, or more than MAX_RANGE_DAYS.
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
        """The days in order."""
        return [
            self.start_date + timedelta(days=number)
            for number in range((self.end_date - self.start_date).days + 1)
        ]

    @cached_property
    def starts(self) -> Sequence[datetime]:
        """When each day begins, in UTC, and at last when the day after them does.

        A day that a zone left out begins when the next one does, and so is of no length.
        """
        days = [*self.dates, self.end_date + timedelta(days=1)]
        return [start_of_day(day, self.zone) for day in days]

    @property
    def start(self) -> datetime:
        """When the first day begins, in UTC."""
        return self.starts[0]

    @property
    def end(self) -> datetime:
        """When the last day is over, in UTC."""
        return self.starts[-1]

    def periods(self) -> Iterator[Period | None]:
        """Each day as a period; None for one that a zone left out."""
        for start, end in pairwise(self.starts):
            yield Period(start, end) if start < end else None

    @cached_property
    def changed(self) -> frozenset[int]:
        """The days, by number, on which the clock was changed, or which do not last 24 hours."""
        return frozenset(
            number
            for number, day in enumerate(self.periods())
            if day is None or day.duration != DAY or any(clock_changes(_with_edge(day), self.zone))
        )

    @cached_property
    def stretches(self) -> Sequence[Stretch]:
        """The range, cut wherever the clock in the house goes on to another hour, or is changed."""
        return [
            stretch
            for number, day in enumerate(self.periods())
            if day is not None
            for stretch in self.stretches_of(number, day)
        ]

    def stretches_of(self, number: int, day: Period) -> Iterator[Stretch]:
        """The stretches of one day."""
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
    """The day and the minute before it, so that a change at its very beginning is noticed."""
    return Period(day.start.astimezone(UTC) - timedelta(minutes=1), day.end)
