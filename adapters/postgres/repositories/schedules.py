"""PostgresSchedules: a space with what occupies it, in one statement and so at one instant."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.selectable import LateralFromClause

from adapters.postgres.engine.session import PostgresSession
from adapters.postgres.engine.statement import Statement
from adapters.postgres.mappers.booking import occupations_from
from adapters.postgres.mappers.space import space_from
from adapters.postgres.mappers.subscription import subscription_from
from adapters.postgres.mappers.values import Row
from adapters.postgres.repositories.bookings import occupies_slot
from adapters.postgres.repositories.spaces import filter_values, listed
from adapters.postgres.schema.billing import subscriptions
from adapters.postgres.schema.bookings import bookings
from adapters.postgres.schema.identity import members, users
from adapters.postgres.schema.spaces import spaces
from application.ports.schedules import Slot
from application.ports.spaces import SpaceFilter
from domain.ids import BookingId, SpaceId, UserId
from domain.period import Period
from domain.schedule import Schedule

_SPACE_WIDTH = len(spaces.c)
_OCCUPATION_COLUMNS = ("id", "desk", "start_time", "end_time", "hold_expires_at")
_SCHEDULE_WIDTH = _SPACE_WIDTH + len(_OCCUPATION_COLUMNS)

_TIME = sa.DateTime(timezone=True)
_ID = sa.bindparam("id", type_=sa.Uuid)
_USER = sa.bindparam("user_id", type_=sa.Uuid)
_FROM = sa.bindparam("from", type_=_TIME)
_TO = sa.bindparam("to", type_=_TIME)


def _overlaps(
    table: Any, start: sa.ColumnElement[Any], end: sa.ColumnElement[Any]
) -> sa.ColumnElement[bool]:
    """Written as the index of the exclusion constraint has it."""
    overlap: sa.ColumnElement[bool] = sa.func.tstzrange(table.c.start_time, table.c.end_time).op(
        "&&", return_type=sa.Boolean()
    )(sa.func.tstzrange(start, end))
    return overlap


def _occupations(
    space: Any, start: sa.ColumnElement[Any], end: sa.ColumnElement[Any], *criteria: Any
) -> LateralFromClause:
    """What occupies the space between the two times, as one row of arrays."""
    arrays = (
        sa.func.array_agg(bookings.c[name]).label(f"occupation_{name}")
        for name in _OCCUPATION_COLUMNS
    )
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
    space = space_from(row[:_SPACE_WIDTH])
    return Schedule(space, tuple(occupations_from(row[_SPACE_WIDTH:_SCHEDULE_WIDTH])))


_GET = Statement(_with_occupations(spaces).where(spaces.c.id == _ID))


@cache
def _list(names: frozenset[str]) -> Statement:
    matching = listed(names).subquery("matching")
    return Statement(_with_occupations(matching).order_by(matching.c.id))


def _around() -> Statement:
    """The window reaches to the start of the n-th booking before the period, and of that after it.

    Only starts are looked at, for they have an index; and after the period, later ones than its
    end, or the window of a zone whose desks all begin then would be empty.
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
        sa.func.coalesce(earlier.scalar_subquery(), _FROM).label("reaches_from"),
        sa.func.coalesce(later.scalar_subquery(), _TO).label("reaches_to"),
    ).cte("reached")
    occupied = _occupations(spaces, window.c.reaches_from, window.c.reaches_to)
    reached = spaces.join(window, sa.true()).join(occupied, sa.true())
    return Statement(
        sa.select(*spaces.c, *occupied.c, *window.c).select_from(reached).where(spaces.c.id == _ID)
    )


_AROUND = _around()


def _obstacles() -> Statement:
    """What keeps a period out, told by when it cannot start.

    That is after `start - duration` and before `end`, of each booking, both times not among them.
    Such ranges overlap where the gap between two bookings is too short, and so become one; a gap of
    exactly the duration leaves the one instant between them.
    """
    duration = sa.bindparam("duration", type_=sa.Interval)
    no_start = sa.func.tstzrange(
        bookings.c.start_time - duration, bookings.c.end_time, sa.literal_column("'()'")
    )
    hold_stands = sa.or_(
        bookings.c.hold_expires_at.is_(None),
        bookings.c.hold_expires_at > sa.bindparam("at", type_=_TIME),
    )
    merged = (
        sa.select(
            # Any of those that become one stands for them all.
            sa.func.array_agg(bookings.c.id)[1].label("id"),
            bookings.c.desk,
            sa.func.unnest(sa.func.range_agg(no_start)).label("no_start"),
        )
        .where(
            bookings.c.space_id == spaces.c.id,
            occupies_slot(bookings),
            _overlaps(bookings, _FROM, _TO),
            hold_stands,
            bookings.c.id.is_distinct_from(sa.bindparam("ignoring", type_=sa.Uuid)),
        )
        .group_by(bookings.c.desk)
        .correlate(spaces)
        .subquery("merged")
    )
    arrays = (
        sa.func.array_agg(merged.c.id),
        sa.func.array_agg(merged.c.desk),
        sa.func.array_agg(sa.func.lower(merged.c.no_start) + duration),
        sa.func.array_agg(sa.func.upper(merged.c.no_start)),
        sa.func.array_agg(sa.cast(sa.null(), _TIME)),
    )
    labelled = (array.label(f"occupation_{n}") for n, array in enumerate(arrays))
    occupied = sa.select(*labelled).lateral("occupations")
    return Statement(
        sa.select(*spaces.c, *occupied.c)
        .select_from(spaces.join(occupied, sa.true()))
        .where(spaces.c.id == _ID)
    )


_OBSTACLES = _obstacles()


def _slot() -> Statement:
    # Of no booking at all when there is none to ignore.
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
            *(column.label(f"subscription_{column.name}") for column in subscriptions.c),
            sa.func.coalesce(users.c.is_active, sa.false()).label("booker_is_active"),
            plan_in_use.label("plan_in_use"),
        )
        .select_from(spaces.outerjoin(booker, users.c.id == _USER).join(occupied, sa.true()))
        .where(spaces.c.id == _ID)
    )


_SLOT = _slot()


class PostgresSchedules:
    """Implements application.ports.schedules.Schedules."""

    def __init__(self, connection: PostgresSession) -> None:
        self._connection = connection

    async def get(self, space_id: SpaceId, window: Period) -> Schedule | None:
        values = {"id": space_id, "from": window.start, "to": window.end}
        row = await self._connection.row_batched(_GET, **values)
        return _schedule_from(row) if row else None

    async def list(
        self, criteria: SpaceFilter, window: Period, *, after: SpaceId | None, limit: int
    ) -> Sequence[Schedule]:
        values = filter_values(criteria, after)
        statement = _list(frozenset(values))
        times = {"from": window.start, "to": window.end}
        rows = await self._connection.rows(statement, **values, **times, limit=limit)
        return [_schedule_from(row) for row in rows]

    async def around(
        self, space_id: SpaceId, period: Period, within: Period, *, bookings: int
    ) -> tuple[Schedule, Period] | None:
        values = {"id": space_id, "from": within.start, "to": within.end}
        # The period may lie outside of `within`; then the search starts at its nearest end.
        start = min(max(period.start, within.start), within.end)
        end = min(max(period.end, within.start), within.end)
        row = await self._connection.row_batched(
            _AROUND, **values, start=start, end=end, n_less_one=bookings - 1
        )
        if row is None:
            return None
        return _schedule_from(row), Period(*row[_SCHEDULE_WIDTH:])

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
        row = await self._connection.row(
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
        row = await self._connection.row_batched(_SLOT, **values, ignoring=ignoring)
        if row is None:
            return None
        *subscription, booker_is_active, plan_in_use = row[_SCHEDULE_WIDTH:]
        return Slot(
            _schedule_from(row),
            booker_is_active=booker_is_active,
            subscription=subscription_from(subscription) if subscription[0] else None,
            plan_in_use=plan_in_use,
        )
