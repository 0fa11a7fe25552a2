"""Span: a period as a bare pair of start and end, for computations over many periods.

Why it exists beside Period: creating a Period checks its invariants, and in set operations over a
month those checks take most of the time. So spans are made from valid periods, combined here, and
turned into Period where they leave the computation.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

Span = tuple[datetime, datetime]


def union(spans: Iterable[Span]) -> list[Span]:
    """Return the maximal spans that `spans` cover, in order; touching spans are merged."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if not merged or merged[-1][1] < start:
            merged.append((start, end))
        elif merged[-1][1] < end:
            merged[-1] = (merged[-1][0], end)
    return merged


def gaps(whole: Span, taken: Iterable[Span]) -> list[Span]:
    """Return the maximal parts of `whole` outside of `taken`; both are in order."""
    free: list[Span] = []
    free_from, whole_end = whole
    for start, end in taken:
        if start >= whole_end:
            break
        if start > free_from:
            free.append((free_from, start))
        free_from = max(free_from, end)
    if free_from < whole_end:
        free.append((free_from, whole_end))
    return free


def intersect(some: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """Return the spans that both lists cover, in order; each list is in order and disjoint."""
    shared: list[Span] = []
    i = j = 0
    while i < len(some) and j < len(others):
        one_start, one_end = some[i]
        other_start, other_end = others[j]
        start = max(other_start, one_start)
        end = min(other_end, one_end)
        if start < end:
            shared.append((start, end))
        if one_end <= other_end:
            i += 1
        else:
            j += 1
    return shared
