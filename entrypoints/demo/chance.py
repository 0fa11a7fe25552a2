"""Chance that can be repeated: dice that fall the same for the same seed, and ids made of them."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar
from uuid import UUID

from adapters.uuid7 import RANDOM_BITS
from adapters.uuid7 import uuid7 as layout

T = TypeVar("T")

ID_BITS = RANDOM_BITS
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def dice(seed: int, what: str) -> Random:
    """Dice of its own for each part of the house, so that changing one part leaves the others."""
    return Random(f"{seed} {what}")  # noqa: S311 - nothing secret is made of it


def uuid7(at: datetime, bits: int) -> UUID:
    """A UUIDv7 as made at that time, with the lowest 74 of the given random bits."""
    return layout((at - _EPOCH) // _MILLISECOND, bits)


def happens(probability: float, rolled: Random) -> bool:
    """Whether something that likely happens this time."""
    return rolled.random() < probability


class Choice(Generic[T]):
    """One of several things, each as likely as its weight says."""

    def __init__(self, weights: Mapping[T, float] | Iterable[tuple[T, float]]) -> None:
        pairs = list(weights.items() if isinstance(weights, Mapping) else weights)
        self._things: list[T] = [thing for thing, _ in pairs]
        self._sums = list(accumulate(weight for _, weight in pairs))

    def of(self, rolled: Random) -> T:
        """The thing that the dice choose."""
        return self.at(rolled.random())

    def at(self, fraction: float) -> T:
        """The thing at that fraction, 0 to 1, of the whole; the same one each time."""
        return self.at_among_first(len(self._things), fraction)

    def at_among_first(self, count: int, fraction: float) -> T:
        """The same, but with only the first `count` things, at least one, as the whole."""
        place = bisect_right(self._sums, fraction * self._sums[count - 1])
        return self._things[min(place, count - 1)]
