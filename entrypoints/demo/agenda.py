"""Agenda: the times at which one desk, or one person, is taken; no two of them overlap."""

from bisect import bisect_right


class Agenda:
    """Disjoint half-open spans in whole minutes."""

    __slots__ = ("_ends", "_starts")

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def is_free(self, start: int, end: int) -> bool:
        """Whether nothing in it overlaps that span."""
        after = bisect_right(self._starts, start)
        return (after == 0 or self._ends[after - 1] <= start) and (
            after == len(self._starts) or self._starts[after] >= end
        )

    def take(self, start: int, end: int) -> None:
        """Put in a span that is free."""
        after = bisect_right(self._starts, start)
        self._starts.insert(after, start)
        self._ends.insert(after, end)
