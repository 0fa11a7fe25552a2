"""Rows by column name, and conversions of column values that several mappers share."""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Protocol

import sqlalchemy as sa

from domain.money import Money
from domain.opening_hours import OpeningHours


class Row(Protocol):
    """What a mapper reads: the value of each column by its name."""

    def __getitem__(self, column: str, /) -> Any:
        """Return the column's value."""
        ...


class PrefixedRow:
    """The part of a joined row whose columns are labelled with a prefix, as a row of its table."""

    __slots__ = ("_prefix", "_row")

    def __init__(self, row: Row, prefix: str) -> None:
        self._row = row
        self._prefix = prefix

    def __getitem__(self, column: str, /) -> Any:
        return self._row[self._prefix + column]


def prefixed_columns(table: sa.FromClause, prefix: str) -> Iterator[sa.ColumnElement[Any]]:
    """Return the table's columns, labelled for a `PrefixedRow`."""
    return (column.label(prefix + column.name) for column in table.c)


def opening_hours_from(text: str | None) -> OpeningHours | None:
    """Return the opening hours of a JSON value, or None."""
    return None if text is None else _parsed_hours(text)


@lru_cache(maxsize=1024)
def _parsed_hours(text: str) -> OpeningHours:
    # Every row of a space has them, and a house has few different ones.
    return OpeningHours.parse(json.loads(text))


def opening_hours_value(hours: OpeningHours | None) -> str | None:
    """Return the JSON value of opening hours, or None."""
    return None if hours is None else json.dumps(hours.as_week())


def money_from(cents: int | None) -> Money | None:
    """Return the amount, or None."""
    return None if cents is None else Money(cents)


def cents_value(money: Money | None) -> int | None:
    """Return the amount in cents, or None."""
    return None if money is None else money.cents
