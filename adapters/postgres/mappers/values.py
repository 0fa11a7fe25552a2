"""values: TODO"""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import asyncpg

from domain.money import Money
from domain.opening_hours import OpeningHours

Row: TypeAlias = Sequence[Any] | asyncpg.Record


def _hours(text: str | None) -> OpeningHours | None:
    return None if text is None else _hours_of(text)


@lru_cache(maxsize=1024)
def _hours_of(text: str) -> OpeningHours:
    """Parsed once: a house has few kinds of hours, and they come with every space."""
    return OpeningHours.parse(json.loads(text))


def _money(cents: int | None) -> Money | None:
    return None if cents is None else Money(cents)


def _cents(money: Money | None) -> int | None:
    return None if money is None else money.cents
