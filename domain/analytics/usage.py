"""Usage: how long spaces were in use, told by how many uses began and ended when.

The time in use before an instant is, over all uses, the time since their beginning less the time
since their end. So the beginnings and the ends, counted, tell the time in use between any two
instants, without any use being cut to pieces.
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
    """So many uses began, or ended, within one grain of time from `at` on.

    `beyond` is how many microseconds after `at` they did, all added up.
    """

    at: datetime
    uses: int
    beyond: int


@dataclass(frozen=True, slots=True)
class Usage:
    """Uses cut to the range of a report, told by their beginnings and ends."""

    began: Sequence[Edge]
    ended: Sequence[Edge]

    def in_stretches(self, days: ReportDays) -> list[int]:
        """The time in use, all of it together, within each of the days' stretches.

        Exact when the stretches begin and end on the grain in which the edges were counted.
        """
        instants = [stretch.start for stretch in days.stretches]
        instants.append(days.end)
        began = _since(self.began, instants)
        ended = _since(self.ended, instants)
        before = [b - e for b, e in zip(began, ended, strict=True)]
        return [after - earlier for earlier, after in pairwise(before)]


def grain_of(days: ReportDays) -> timedelta:
    """The coarsest grain of time, from their beginning on, on which all stretches begin and end."""
    # On other days than these the clock's hours are those after the day's beginning.
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
    """The usage that these uses make, with an edge of its own for each beginning and end."""
    cut = [period for use in uses if (period := within(use, days))]
    return Usage(
        sorted(Edge(period.start, 1, 0) for period in cut),
        sorted(Edge(period.end, 1, 0) for period in cut),
    )


def within(use: Period, days: ReportDays) -> Period | None:
    """The part of a use that the report is about."""
    start, end = max(use.start, days.start), min(use.end, days.end)
    return Period(start, end) if start < end else None


def _since(edges: Sequence[Edge], instants: Sequence[datetime]) -> list[int]:
    """For each instant, in order, the time since each edge before it, added up."""
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
