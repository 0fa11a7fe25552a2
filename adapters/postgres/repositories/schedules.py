"""PostgresSchedules: a space with its occupations, in one statement and so from one snapshot."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.selectable import LateralFromClause

from adapters.postgres.engine.session import PostgresSession
from adapters.postgres.engine.statement import Statement
from adapters.postgres.mappers.booking import (
    OCCUPATION_COLUMNS,
    occupation_arrays,
    occupations_from,
)
from adapters.postgres.mappers.space import space_from
from adapters.postgres.mappers.subscription import subscription_from
from adapters.postgres.mappers.values import PrefixedRow, Row, prefixed_columns
from adapters.postgres.repositories.bookings import occupies_slot
from adapters.postgres.repositories.spaces import filter_values, list_select
from adapters.postgres.schema.billing import subscriptions
from adapters.postgres.schema.bookings import bookings
from adapters.postgres.schema.identity import members, users
from adapters.postgres.schema.spaces import spaces
from application.ports.schedules import Slot
from application.ports.spaces import SpaceFilter
from domain.ids import BookingId, SpaceId, UserId
from domain.period import Period
from domain.schedule import Schedule

_SUBSCRIPTION = "subscription_"

_TIME = sa.DateTime(timezone=True)
_ID = sa.bindparam("id", type_=sa.Uuid)
_USER = sa.bindparam("user_id", type_=sa.Uuid)
_FROM = sa.bindparam("from", type_=_TIME)
_TO = sa.bindparam("to", type_=_TIME)


def _overlaps(
    table: Any, start: sa.ColumnElement[Any], end: sa.ColumnElement[Any]
) -> sa.ColumnElement[bool]:
    """Return the criterion as in the index of the exclusion constraint, so that it is used."""
    overlap: sa.ColumnElement[bool] = sa.func.tstzrange(table.c.start_time, table.c.end_time).op(
        "&&", return_type=sa.Boolean()
    )(sa.func.tstzrange(start, end))
    return overlap


def _occupations(
    space: Any, start: sa.ColumnElement[Any], end: sa.ColumnElement[Any], *criteria: Any
) -> LateralFromClause:
    """Select the occupations of the space between two times, as one row of arrays."""
    arrays = occupation_arrays(bookings.c[name] for name in OCCUPATION_COLUMNS)
    return (
        sa.select(*arrays)
        .where(
            bookings.c.space_id == space.c.id,
            occupies_slot(bookings),
            _overlaps(bookings, start, end),
            *criteria,
        )
        .lateral("occupations")
    )


def _with_occupations(space: Any, *also: Any) -> sa.Select[Any]:
    occupied = _occupations(space, _FROM, _TO)
    return sa.select(*space.c, *occupied.c, *also).select_from(space.join(occupied, sa.true()))


def _schedule_from(row: Row) -> Schedule:
    return Schedule(space_from(row), occupations_from(row))


_GET = Statement(_with_occupations(spaces).where(spaces.c.id == _ID))


@cache
def _list(names: frozenset[str]) -> Statement:
    listed = list_select(names).subquery("listed")
    return Statement(_with_occupations(listed).order_by(listed.c.id))


def _around() -> Statement:
    """Select the space and its occupations in a window around a period.

    The window reaches from the start of the n-th booking before the period to that of the n-th
    booking after it. Only starts are compared, because they have an index. A booking after the
    period starts later than its end: otherwise the window would be empty for a zone whose desks are
    all booked from then.
    """
    start = sa.bindparam("start", type_=_TIME)
    end = sa.bindparam("end", type_=_TIME)
    occupying = (
        sa.select(bookings.c.start_time)
        .where(bookings.c.space_id == _ID, occupies_slot(bookings))
        .limit(sa.literal_column("1"))
        .offset(sa.bindparam("n_less_one", type_=sa.Integer))
    )
    earlier = occupying.where(
        bookings.c.start_time < start, bookings.c.start_time >= _FROM
    ).order_by(bookings.c.start_time.desc())
    later = occupying.where(bookings.c.start_time > end, bookings.c.start_time < _TO).order_by(
        bookings.c.start_time
    )
    window = sa.select(
        sa.func.coalesce(earlier.scalar_subquery(), _FROM).label("window_start"),
        sa.func.coalesce(later.scalar_subquery(), _TO).label("window_end"),
    ).cte("search_window")
    occupied = _occupations(spaces, window.c.window_start, window.c.window_end)
    joined = spaces.join(window, sa.true()).join(occupied, sa.true())
    return Statement(
        sa.select(*spaces.c, *occupied.c, *window.c).select_from(joined).where(spaces.c.id == _ID)
    )


_AROUND = _around()


def _obstacles() -> Statement:
    """Select the space and its obstacles: the ranges in which a period of `duration` cannot start.

    The range of a booking is from `start - duration` to `end`, both exclusive. Such ranges overlap
    where the gap between two bookings is too short, and are merged; a gap of exactly the duration
    leaves one instant between them.
    """
    duration = sa.bindparam("duration", type_=sa.Interval)
    no_start = sa.func.tstzrange(
        bookings.c.start_time - duration, bookings.c.end_time, sa.literal_column("'()'")
    )
    is_not_expired = sa.or_(
        bookings.c.hold_expires_at.is_(None),
        bookings.c.hold_expires_at > sa.bindparam("at", type_=_TIME),
    )
    merged = (
        sa.select(
            # Any of the merged bookings represents them all.
            sa.func.array_agg(bookings.c.id)[1].label("id"),
            bookings.c.desk,
            sa.func.unnest(sa.func.range_agg(no_start)).label("no_start"),
        )
        .where(
            bookings.c.space_id == spaces.c.id,
            occupies_slot(bookings),
            _overlaps(bookings, _FROM, _TO),
            is_not_expired,
            bookings.c.id.is_distinct_from(sa.bindparam("ignoring", type_=sa.Uuid)),
        )
        .group_by(bookings.c.desk)
        .correlate(spaces)
        .subquery("merged")
    )
    values = (
        merged.c.id,
        merged.c.desk,
        sa.func.lower(merged.c.no_start) + duration,
        sa.func.upper(merged.c.no_start),
        sa.cast(sa.null(), _TIME),
    )
    occupied = sa.select(*occupation_arrays(values)).lateral("occupations")
    return Statement(
        sa.select(*spaces.c, *occupied.c)
        .select_from(spaces.join(occupied, sa.true()))
        .where(spaces.c.id == _ID)
    )


_OBSTACLES = _obstacles()


def _slot() -> Statement:
    # True for every booking if `ignoring` is null.
    is_another = bookings.c.id.is_distinct_from(sa.bindparam("ignoring", type_=sa.Uuid))
    covered = (
        sa.select(bookings.c.id)
        .where(
            bookings.c.user_id == _USER,
            bookings.c.covered_by_plan,
            occupies_slot(bookings),
            bookings.c.start_time < _TO,
            bookings.c.end_time > _FROM,
            is_another,
        )
        .exists()
    )
    booker = users.join(members, members.c.user_id == users.c.id).outerjoin(
        subscriptions,
        (subscriptions.c.member_id == members.c.id)
        & (subscriptions.c.status != sa.literal_column("'CANCELLED'")),
    )
    occupied = _occupations(spaces, _FROM, _TO, is_another)
    plan_in_use = sa.case((subscriptions.c.id.is_(None), sa.false()), else_=covered)
    return Statement(
        sa.select(
            *spaces.c,
            *occupied.c,
            *prefixed_columns(subscriptions, _SUBSCRIPTION),
            sa.func.coalesce(users.c.is_active, sa.false()).label("booker_is_active"),
            plan_in_use.label("plan_in_use"),
        )
        .select_from(spaces.outerjoin(booker, users.c.id == _USER).join(occupied, sa.true()))
        .where(spaces.c.id == _ID)
    )


_SLOT = _slot()


class PostgresSchedules:
    """Implements application.ports.schedules.Schedules."""

    def __init__(self, session: PostgresSession) -> None:
        self._session = session

    async def get(self, space_id: SpaceId, window: Period) -> Schedule | None:
        values = {"id": space_id, "from": window.start, "to": window.end}
        row = await self._session.row_batched(_GET, **values)
        return _schedule_from(row) if row else None

    async def list(
        self, criteria: SpaceFilter, window: Period, *, after: SpaceId | None, limit: int
    ) -> Sequence[Schedule]:
        values = filter_values(criteria, after)
        statement = _list(frozenset(values))
        times = {"from": window.start, "to": window.end}
        rows = await self._session.rows(statement, **values, **times, limit=limit)
        return [_schedule_from(row) for row in rows]

    async def around(
        self, space_id: SpaceId, period: Period, within: Period, *, bookings: int
    ) -> tuple[Schedule, Period] | None:
        values = {"id": space_id, "from": within.start, "to": within.end}
        # A period outside of `within` is moved to its nearer end.
        start = min(max(period.start, within.start), within.end)
        end = min(max(period.end, within.start), within.end)
        row = await self._session.row_batched(
            _AROUND, **values, start=start, end=end, n_less_one=bookings - 1
        )
        if row is None:
            return None
        return _schedule_from(row), Period(row["window_start"], row["window_end"])

    async def obstacles(
        self,
        space_id: SpaceId,
        duration: timedelta,
        within: Period,
        *,
        at: datetime,
        ignoring: BookingId | None = None,
    ) -> Schedule | None:
        values = {"id": space_id, "from": within.start, "to": within.end}
        row = await self._session.row(
            _OBSTACLES, **values, duration=duration, at=at, ignoring=ignoring
        )
        return _schedule_from(row) if row else None

    async def slot(
        self,
        space_id: SpaceId,
        period: Period,
        user_id: UserId,
        *,
        ignoring: BookingId | None = None,
    ) -> Slot | None:
        values = {"id": space_id, "user_id": user_id, "from": period.start, "to": period.end}
        row = await self._session.row_batched(_SLOT, **values, ignoring=ignoring)
        if row is None:
            return None
        subscription = PrefixedRow(row, _SUBSCRIPTION)
        return Slot(
            _schedule_from(row),
            booker_is_active=row["booker_is_active"],
            subscription=subscription_from(subscription) if subscription["id"] else None,
            plan_in_use=row["plan_in_use"],
        )
