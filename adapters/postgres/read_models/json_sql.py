"""JSON that PostgreSQL writes: rows as the contract shows them, spelled as our encoder does it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

_INSTANT = sa.literal_column("""'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'""", sa.Text)
_NO_FRACTION = sa.literal_column("'.000000Z'", sa.Text)
_Z = sa.literal_column("'Z'", sa.Text)
_NULL = sa.literal_column("'null'", sa.Text)


@dataclass(frozen=True, slots=True)
class Member:
    """The value of a member of an object: what stands around it, and the SQL for its text."""

    form: str
    text: sa.ColumnElement[Any]


def json_object(members: Mapping[str, Member]) -> sa.ColumnElement[str]:
    """The text of an object with those members, in their order."""
    form = ",".join(f'"{name}":{member.form}' for name, member in members.items())
    template = sa.literal_column(f"'{{{form}}}'", sa.Text)
    return sa.func.format(template, *(member.text for member in members.values()), type_=sa.Text)


def number(column: sa.ColumnElement[Any]) -> Member:
    """A number that is never null."""
    return Member("%s", column)


def word(column: sa.ColumnElement[Any]) -> Member:
    """An id or an enum's value: never null, and without anything that JSON would escape."""
    return Member('"%s"', column)


def value(column: sa.ColumnElement[Any]) -> Member:
    """Whatever PostgreSQL itself makes JSON of as we do: text, booleans, arrays, JSON; or null."""
    return Member("%s", sa.func.coalesce(sa.cast(sa.func.to_json(column), sa.Text), _NULL))


def instant(column: sa.ColumnElement[Any]) -> Member:
    """A time in UTC, which is the session's zone: no fraction of a second, or six places; or null.

    PostgreSQL's own JSON would leave zeros at the end of a fraction out.
    """
    text = sa.func.replace(sa.func.to_char(column, _INSTANT), _NO_FRACTION, _Z)
    return Member("%s", _quoted_or_null(text))


def dollars(cents: sa.ColumnElement[Any]) -> Member:
    """Cents as dollars with two places; or null."""
    text = sa.cast(cents * sa.literal_column("0.01::numeric(3,2)"), sa.Text)
    return Member("%s", _quoted_or_null(text))


def _quoted_or_null(text: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    quote = sa.literal_column("""'"'""", sa.Text)
    return sa.func.coalesce(quote + text + quote, _NULL)
