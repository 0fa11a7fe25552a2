"""Repeatable randomness: seeded generators, weighted choices, and ids made of random bits."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar
from uuid import UUID

from adapters.uuid7 import RANDOM_BITS, uuid7

T = TypeVar("T")

ID_BITS = RANDOM_BITS
"""Random bits of one id."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def seeded_rng(seed: int, part: str) -> Random:
    """Return the generator of one part of the data.

    Each part has its own, so that a change to one part does not change the others.
    """
    return Random(f"{seed} {part}")  # noqa: S311 - nothing secret is made of it


def uuid7_at(created_at: datetime, random_bits: int) -> UUID:
    """Return the UUIDv7 of that time with the lowest `ID_BITS` random bits."""
    return uuid7((created_at - _EPOCH) // _MILLISECOND, random_bits)


def happens(probability: float, rng: Random) -> bool:
    """Whether an event of that probability happens this time."""
    return rng.random() < probability


class WeightedChoice(Generic[T]):
    """A choice among values, each as likely as its weight."""

    def __init__(self, weights: Mapping[T, float] | Iterable[tuple[T, float]]) -> None:
        pairs = list(weights.items() if isinstance(weights, Mapping) else weights)
        self._values: list[T] = [value for value, _ in pairs]
        self._cumulative_weights = list(accumulate(weight for _, weight in pairs))

    def draw(self, rng: Random) -> T:
        """Return a random value."""
        return self.at(rng.random())

    def at(self, fraction: float) -> T:
        """Return the value at that fraction, 0 to 1, of the total weight."""
        return self.at_among_first(len(self._values), fraction)

    def at_among_first(self, count: int, fraction: float) -> T:
        """Return the value at that fraction of the weight of the first `count` values (≥ 1)."""
        weight = fraction * self._cumulative_weights[count - 1]
        index = bisect_right(self._cumulative_weights, weight)
        return self._values[min(index, count - 1)]
