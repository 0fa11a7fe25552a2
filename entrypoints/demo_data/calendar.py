"""Calendar: the times at which one desk, or one person, is booked. They never overlap."""

from bisect import bisect_right


class Calendar:
    """Disjoint half-open spans in whole minutes."""

    __slots__ = ("_ends", "_starts")

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def is_free(self, start: int, end: int) -> bool:
        """Whether no span overlaps this one."""
        after = bisect_right(self._starts, start)
        return (after == 0 or self._ends[after - 1] <= start) and (
            after == len(self._starts) or self._starts[after] >= end
        )

    def add(self, start: int, end: int) -> None:
        """Add a span, which must be free."""
        after = bisect_right(self._starts, start)
        self._starts.insert(after, start)
        self._ends.insert(after, end)
