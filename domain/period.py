"""Period: a half-open stretch of time, `[start, end)`, in UTC."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter

from domain.errors import EndBeforeStart, InvalidValue

EARLIEST = datetime(2, 1, 1, tzinfo=UTC)
LATEST = datetime(9999, 1, 1, tzinfo=UTC)
"""Between these two, calendar and wall clock can be reckoned with a year to spare."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From `start` up to, and without, `end`; both aware and in UTC.

    Two periods that touch (one ends where the other starts) do not overlap. Raises EndBeforeStart
    when nothing lies between the two, and InvalidValue outside of EARLIEST to LATEST.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is not UTC or self.end.tzinfo is not UTC:
            raise ValueError("A period needs times in UTC.")
        if self.start >= self.end:
            raise EndBeforeStart("The end must come after the start.")
        if self.start < EARLIEST or self.end > LATEST:
            raise InvalidValue("Expected times in the years 2 to 9998.")

    @property
    def duration(self) -> timedelta:
        """The real time that passes from start to end."""
        return self.end - self.start

    def overlaps(self, other: "Period") -> bool:
        """Whether the two share an instant."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: "Period") -> bool:
        """Whether all of the other lies within this one."""
        return self.start <= other.start and other.end <= self.end

    def intersection(self, other: "Period") -> "Period | None":
        """The part that both share, or None when they share nothing."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Period(start, end) if start < end else None


_START = attrgetter("start")


def union(periods: Iterable[Period]) -> list[Period]:
    """The maximal periods that the given ones cover, in order; touching ones become one."""
    merged: list[Period] = []
    for period in sorted(periods, key=_START):
        if not merged or merged[-1].end < period.start:
            merged.append(period)
        elif merged[-1].end < period.end:
            merged[-1] = Period(merged[-1].start, period.end)
    return merged


def subtract(whole: Period, taken: Iterable[Period]) -> list[Period]:
    """The maximal parts of `whole` that none of `taken` touches, in order."""
    rest: list[Period] = []
    start = whole.start
    for period in union(taken):
        if period.start > start:
            rest.append(Period(start, min(period.start, whole.end)))
        start = max(start, period.end)
        if start >= whole.end:
            return rest
    rest.append(Period(start, whole.end))
    return rest


def intersect(some: Sequence[Period], others: Sequence[Period]) -> list[Period]:
    """What both lists cover, in order; each list is in order and disjoint."""
    shared: list[Period] = []
    i = j = 0
    while i < len(some) and j < len(others):
        one, other = some[i], others[j]
        if one.overlaps(other):
            shared.append(Period(max(one.start, other.start), min(one.end, other.end)))
        if one.end <= other.end:
            i += 1
        else:
            j += 1
    return shared
