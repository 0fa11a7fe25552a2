"""Lists of bookings, latest start first, however many there are and whatever is wanted of them.

An index gives rows in the order of their starts only within one status. So a list is put together
of one short list for each status in the filter, and each of those stops at the limit. And no index
in the order of starts knows what still goes on at some time; so those that overlap it come in
parts: what begins then or later, the short ones that began within a day before, and the long ones,
which have an index of their own.

The lists of one user are simple: their bookings are few enough to look at those of a year.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from adapters.postgres.engine.statement import Statement
from adapters.postgres.schema.bookings import TAKES_LONG, bookings
from adapters.postgres.schema.types import booking_status
from application.ports.bookings import BookingFilter, BookingPosition
from domain.bookings import BookingStatus
from domain.house import MAX_BOOKING_DURATION

LONG = timedelta(hours=24)
_FLOOR = datetime(3, 1, 1, tzinfo=UTC)

_START, _END = bookings.c.start_time, bookings.c.end_time
_STATUSES = sa.bindparam("statuses", type_=pg.ARRAY(booking_status))
_FROM = sa.bindparam("overlaps_from", type_=_START.type)
_LIMIT = sa.bindparam("limit", type_=sa.Integer)
_IS_WANTED = bookings.c.status == sa.any_(_STATUSES)
_TAKES_LONG = sa.literal_column(f"({TAKES_LONG})", sa.Boolean)
_LATER = (_START >= _FROM,)
_SHORT_BEFORE = (
    _START < _FROM,
    sa.bindparam("from_less_a_day", type_=_START.type) < _START,
    _END > _FROM,
    sa.not_(_TAKES_LONG),
)
_LONG_BEFORE = (
    _START < _FROM,
    sa.func.tstzrange(_START, _END).op("@>", return_type=sa.Boolean())(_FROM),
    _TAKES_LONG,
)
_CRITERIA: dict[str, sa.ColumnElement[bool]] = {
    "user_id": bookings.c.user_id == sa.bindparam("user_id"),
    "space_id": bookings.c.space_id == sa.bindparam("space_id"),
    "overlaps_to": sa.bindparam("overlaps_to") > _START,
    "after_start": sa.tuple_(
        sa.bindparam("after_start", type_=_START.type),
        sa.bindparam("after_id", type_=bookings.c.id.type),
    )
    > sa.tuple_(_START, bookings.c.id),
}


Shown = Callable[[sa.Select[Any]], sa.Select[Any]]


def as_rows(listing: sa.Select[Any]) -> sa.Select[Any]:
    """The list as it is: the columns of `bookings`."""
    return listing


def list_statement(
    criteria: BookingFilter,
    *,
    after: BookingPosition | None,
    limit: int,
    shown: Shown = as_rows,
) -> tuple[Statement, dict[str, Any]]:
    """The statement for such a list, and its parameters. `shown` says what to make of its rows."""
    values: dict[str, Any] = {
        "user_id": criteria.user_id,
        "space_id": criteria.space_id,
        "overlaps_from": criteria.overlaps_from,
        "overlaps_to": criteria.overlaps_to,
        "after_start": after and after.start,
    }
    values = {name: value for name, value in values.items() if value is not None}
    statement = _statement(frozenset(values), shown)
    if after is not None:
        values["after_id"] = after.id
    if criteria.overlaps_from is not None:
        values["from_less_longest"] = earliest_start(criteria.overlaps_from, MAX_BOOKING_DURATION)
        values["from_less_a_day"] = earliest_start(criteria.overlaps_from, LONG)
    values |= {"statuses": sorted(criteria.statuses or BookingStatus), "limit": limit}
    return statement, values


def earliest_start(end: datetime, duration: timedelta) -> datetime:
    """What a booking started after, if it ends after that time and takes so long at most."""
    # There is no time before the year 1, and no booking either.
    return max(end, _FLOOR) - duration


@cache
def _statement(names: frozenset[str], shown: Shown) -> Statement:
    listing = _of_user(names) if "user_id" in names else _of_anybody(names)
    return Statement(shown(listing.limit(_LIMIT)))


def _of_user(names: frozenset[str]) -> sa.Select[Any]:
    overlapping = (_END > _FROM, sa.bindparam("from_less_longest", type_=_START.type) < _START)
    return latest_first(sa.select(bookings)).where(
        *_criteria(names),
        _IS_WANTED,
        *(overlapping if "overlaps_from" in names else ()),
    )


def _of_anybody(names: frozenset[str]) -> sa.Select[Any]:
    criteria = _criteria(names)
    if "overlaps_from" in names:
        lists = [_by_status(*criteria, *part) for part in (_LATER, _SHORT_BEFORE)]
        lists.append(_long_before(*criteria))
    else:
        lists = [_by_status(*criteria)]
    together = sa.union_all(*lists).subquery("together")
    return latest_first(sa.select(together), together)


def _by_status(*criteria: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The latest of each status."""
    statuses = sa.func.unnest(_STATUSES).table_valued("status").render_derived(name="statuses")
    is_listed = bookings.c.status == statuses.c.status
    latest = latest_first(sa.select(bookings).where(is_listed, *criteria)).limit(_LIMIT)
    listed = latest.lateral("listed")
    return sa.select(*listed.c).select_from(statuses.join(listed, sa.true()))


def _long_before(*criteria: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Of the long ones that go on, of which there are no more than desks, and cancelled ones."""
    listed = latest_first(sa.select(bookings).where(_IS_WANTED, *_LONG_BEFORE, *criteria))
    return sa.select(*listed.limit(_LIMIT).subquery("going_on").c)


def _criteria(names: frozenset[str]) -> list[sa.ColumnElement[bool]]:
    return [_CRITERIA[name] for name in sorted(names) if name in _CRITERIA]


def latest_first(select: sa.Select[Any], rows: Any = bookings) -> sa.Select[Any]:
    """In the order of lists."""
    return select.order_by(rows.c.start_time.desc(), rows.c.id.desc())
