"""Period: a half-open interval of time, `[start, end)`, in UTC.

The type of the domain. `domain.spans.Span` is the same interval as a bare pair, for inner loops.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from domain.errors import EndBeforeStart, InvalidValue
from domain.spans import Span

EARLIEST = datetime(2, 1, 1, tzinfo=UTC)
LATEST = datetime(9999, 1, 1, tzinfo=UTC)
"""Calendar arithmetic between EARLIEST and LATEST has a year of margin to `datetime`'s range."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From `start` (inclusive) to `end` (exclusive); both aware and in UTC.

    Two periods that touch (one ends where the other starts) do not overlap. Raises EndBeforeStart
    when `end` is not after `start`, and InvalidValue outside of EARLIEST to LATEST.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        start, end = self.start, self.end
        if start.tzinfo is not UTC or end.tzinfo is not UTC:
            raise ValueError("A period needs times in UTC.")
        if start >= end:
            raise EndBeforeStart("The end must come after the start.")
        if start < EARLIEST or end > LATEST:
            raise InvalidValue("Expected times in the years 2 to 9998.")

    @property
    def duration(self) -> timedelta:
        """Return the elapsed time from start to end."""
        return self.end - self.start

    @property
    def span(self) -> Span:
        """Return start and end as a pair, for computations over many periods."""
        return self.start, self.end

    def overlaps(self, other: "Period") -> bool:
        """Whether the two share an instant."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: "Period") -> bool:
        """Whether all of the other lies within this one."""
        return self.start <= other.start and other.end <= self.end

    def intersection(self, other: "Period") -> "Period | None":
        """Return the part that both share, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Period(start, end) if start < end else None
