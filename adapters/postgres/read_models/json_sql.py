"""JSON built by PostgreSQL: SQL expressions for objects, spelled as the API's encoder does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

_TIMESTAMP = sa.literal_column("""'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'""", sa.Text)
_NO_FRACTION = sa.literal_column("'.000000Z'", sa.Text)
_Z = sa.literal_column("'Z'", sa.Text)
_NULL = sa.literal_column("'null'", sa.Text)


@dataclass(frozen=True, slots=True)
class Member:
    """The value of an object's member: a template for `format()`, and the SQL of its text."""

    template: str
    text: sa.ColumnElement[Any]


def json_object(members: Mapping[str, Member]) -> sa.ColumnElement[str]:
    """Return the text of an object with the members, in their order."""
    body = ",".join(f'"{name}":{member.template}' for name, member in members.items())
    template = sa.literal_column(f"'{{{body}}}'", sa.Text)
    return sa.func.format(template, *(member.text for member in members.values()), type_=sa.Text)


def number(column: sa.ColumnElement[Any]) -> Member:
    """Return a number that is never null."""
    return Member("%s", column)


def string(column: sa.ColumnElement[Any]) -> Member:
    """Return a string that is never null and needs no escapes in JSON: an id or an enum value."""
    return Member('"%s"', column)


def json_value(column: sa.ColumnElement[Any]) -> Member:
    """Return text, a boolean, an array, JSON or null, which PostgreSQL encodes as the API does."""
    return Member("%s", sa.func.coalesce(sa.cast(sa.func.to_json(column), sa.Text), _NULL))


def timestamp(column: sa.ColumnElement[Any]) -> Member:
    """Return a time in UTC (the session's time zone), or null.

    It has no fraction of a second, or six digits. PostgreSQL's own JSON drops trailing zeros.
    """
    text = sa.func.replace(sa.func.to_char(column, _TIMESTAMP), _NO_FRACTION, _Z)
    return Member("%s", _quoted_or_null(text))


def money(cents: sa.ColumnElement[Any]) -> Member:
    """Return cents as dollars with two decimals, or null."""
    text = sa.cast(cents * sa.literal_column("0.01::numeric(3,2)"), sa.Text)
    return Member("%s", _quoted_or_null(text))


def _quoted_or_null(text: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    quote = sa.literal_column("""'"'""", sa.Text)
    return sa.func.coalesce(quote + text + quote, _NULL)
