"""Usage: how long spaces were in use, computed from the starts and ends of the uses.

The time in use before an instant is the sum of the times since each start, less the sum of the
times since each end. So the numbers of starts and ends give the time in use between any two
instants, without splitting uses.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from domain.analytics.days import ReportDays
from domain.period import Period

MICROSECOND = timedelta(microseconds=1)
GRAINS = tuple(timedelta(seconds=seconds) for seconds in (3600, 1800, 900, 60, 1))


class Edge(NamedTuple):
    """The number of uses that began, or ended, within one grain of time from `at` on.

    `beyond` is the sum of their distances to `at`, in microseconds.
    """

    at: datetime
    uses: int
    beyond: int


@dataclass(frozen=True, slots=True)
class Usage:
    """The starts and ends of uses, cut to the range of a report."""

    began: Sequence[Edge]
    ended: Sequence[Edge]

    def in_stretches(self, days: ReportDays) -> list[int]:
        """Return the total time in use within each stretch of the days.

        Exact when the stretches begin and end on the grain by which the edges were counted.
        """
        instants = [stretch.start for stretch in days.stretches]
        instants.append(days.end)
        began = _since(self.began, instants)
        ended = _since(self.ended, instants)
        before = [b - e for b, e in zip(began, ended, strict=True)]
        return [after - earlier for earlier, after in pairwise(before)]


def grain_of(days: ReportDays) -> timedelta:
    """Return the coarsest grain, counted from the start, on which all stretches begin and end."""
    # On unchanged days the full hours of the wall clock are full hours after the day's start.
    instants = [*days.starts]
    for number in days.changed:
        start, end = days.starts[number : number + 2]
        if start < end:
            instants += (s.start for s in days.stretches_of(number, Period(start, end)))
    return next(
        grain
        for grain in GRAINS
        if all((instant - days.start) % grain == timedelta(0) for instant in instants)
    )


def usage_of(uses: Iterable[Period], days: ReportDays) -> Usage:
    """Return the usage, with a separate edge for each start and end."""
    cut = [period for use in uses if (period := within(use, days))]
    return Usage(
        sorted(Edge(period.start, 1, 0) for period in cut),
        sorted(Edge(period.end, 1, 0) for period in cut),
    )


def within(use: Period, days: ReportDays) -> Period | None:
    """Return the part of a use within the range of the report; None if there is none."""
    start, end = max(use.start, days.start), min(use.end, days.end)
    return Period(start, end) if start < end else None


def _since(edges: Sequence[Edge], instants: Sequence[datetime]) -> list[int]:
    """Return, for each instant in order, the sum of the times since each earlier edge."""
    sums = []
    count = total = position = 0
    first = instants[0]
    for instant in instants:
        while position < len(edges) and edges[position].at < instant:
            edge = edges[position]
            count += edge.uses
            total += edge.uses * ((edge.at - first) // MICROSECOND) + edge.beyond
            position += 1
        sums.append(count * ((instant - first) // MICROSECOND) - total)
    return sums
