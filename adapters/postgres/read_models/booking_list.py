"""Lists of bookings, latest start first, at a cost that depends only on the limit.

An index returns rows by start only within one status. So a list is the union of one list for each
status, and each of those stops at the limit. No index by start finds the bookings that are still
going on at some time. So bookings that overlap a period are read in three parts: those that start
in it, the short ones that started within the day before, and the long ones, which have their own
index.

The list of one user is a plain query: reading all of their bookings of a year is cheap.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from adapters.postgres.engine.statement import Statement
from adapters.postgres.schema.bookings import TAKES_LONG, bookings
from adapters.postgres.schema.types import booking_status
from application.ports.bookings import BookingFilter, BookingPosition
from domain.bookings import BookingStatus
from domain.house import MAX_BOOKING_DURATION

LONG_DURATION = timedelta(hours=24)
_FLOOR = datetime(3, 1, 1, tzinfo=UTC)

_START, _END = bookings.c.start_time, bookings.c.end_time
_STATUSES = sa.bindparam("statuses", type_=pg.ARRAY(booking_status))
_FROM = sa.bindparam("overlaps_from", type_=_START.type)
_LIMIT = sa.bindparam("limit", type_=sa.Integer)
_HAS_STATUS = bookings.c.status == sa.any_(_STATUSES)
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
Projection: TypeAlias = Callable[[sa.Select[Any]], sa.Select[Any]]
"""Turns a select of `bookings` rows into what the list returns for each."""


def as_rows(listing: sa.Select[Any]) -> sa.Select[Any]:
    """Return the select unchanged, with the columns of `bookings`."""
    return listing


def list_statement(
    criteria: BookingFilter,
    *,
    after: BookingPosition | None,
    limit: int,
    projection: Projection = as_rows,
) -> tuple[Statement, dict[str, Any]]:
    """Return the statement of a list, and its parameters."""
    values: dict[str, Any] = {
        "user_id": criteria.user_id,
        "space_id": criteria.space_id,
        "overlaps_from": criteria.overlaps_from,
        "overlaps_to": criteria.overlaps_to,
        "after_start": after and after.start,
    }
    values = {name: value for name, value in values.items() if value is not None}
    statement = _statement(frozenset(values), projection)
    if after is not None:
        values["after_id"] = after.id
    if criteria.overlaps_from is not None:
        values["from_less_longest"] = earliest_start(criteria.overlaps_from, MAX_BOOKING_DURATION)
        values["from_less_a_day"] = earliest_start(criteria.overlaps_from, LONG_DURATION)
    values |= {"statuses": sorted(criteria.statuses or BookingStatus), "limit": limit}
    return statement, values


def earliest_start(end: datetime, duration: timedelta) -> datetime:
    """Return the time after which a booking of up to `duration` starts that ends after `end`."""
    # The result must not precede the year 1.
    return max(end, _FLOOR) - duration


@cache
def _statement(names: frozenset[str], projection: Projection) -> Statement:
    listing = _of_one_user(names) if "user_id" in names else _of_all_users(names)
    return Statement(projection(listing.limit(_LIMIT)))


def _of_one_user(names: frozenset[str]) -> sa.Select[Any]:
    overlapping = (_END > _FROM, sa.bindparam("from_less_longest", type_=_START.type) < _START)
    return latest_first(sa.select(bookings)).where(
        *_criteria(names),
        _HAS_STATUS,
        *(overlapping if "overlaps_from" in names else ()),
    )


def _of_all_users(names: frozenset[str]) -> sa.Select[Any]:
    criteria = _criteria(names)
    if "overlaps_from" in names:
        lists = [_by_status(*criteria, *part) for part in (_LATER, _SHORT_BEFORE)]
        lists.append(_long_before(*criteria))
    else:
        lists = [_by_status(*criteria)]
    union = sa.union_all(*lists).subquery("parts")
    return latest_first(sa.select(union), union)


def _by_status(*criteria: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Select the latest bookings of each status."""
    statuses = sa.func.unnest(_STATUSES).table_valued("status").render_derived(name="statuses")
    has_status = bookings.c.status == statuses.c.status
    latest = latest_first(sa.select(bookings).where(has_status, *criteria)).limit(_LIMIT)
    listed = latest.lateral("listed")
    return sa.select(*listed.c).select_from(statuses.join(listed, sa.true()))


def _long_before(*criteria: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Select the latest long bookings that are going on.

    At most one for each desk, and cancelled ones.
    """
    listed = latest_first(sa.select(bookings).where(_HAS_STATUS, *_LONG_BEFORE, *criteria))
    return sa.select(*listed.limit(_LIMIT).subquery("going_on").c)


def _criteria(names: frozenset[str]) -> list[sa.ColumnElement[bool]]:
    return [_CRITERIA[name] for name in sorted(names) if name in _CRITERIA]


def latest_first(select: sa.Select[Any], rows: Any = bookings) -> sa.Select[Any]:
    """Return the select in the order of lists."""
    return select.order_by(rows.c.start_time.desc(), rows.c.id.desc())
