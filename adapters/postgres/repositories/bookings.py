"""PostgresBookings."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from adapters.postgres.engine.session import PostgresSession
from adapters.postgres.engine.statement import AFFECTED_ROW, Statement, update_row
from adapters.postgres.mappers.booking import booking_from, booking_row
from adapters.postgres.read_models.booking_list import list_statement
from adapters.postgres.schema import constraints
from adapters.postgres.schema.bookings import OCCUPIES_SLOT, TAKES_LONG, bookings
from adapters.postgres.schema.identity import users
from adapters.postgres.schema.jobs import jobs
from adapters.postgres.schema.spaces import spaces
from application.ports.bookings import BookingFilter, BookingPosition
from domain.bookings import Booking
from domain.house import NO_SHOW_AT_END_FROM, REMINDER_LEAD_TIME
from domain.ids import BookingId, SpaceId
from domain.spaces import Space


def occupies_slot(table: Any) -> sa.ColumnElement[bool]:
    """Written with constants, as the partial indexes have it, so that they can be used."""
    return sa.literal_column(f"{table.name}.{OCCUPIES_SLOT}", sa.Boolean)


def _add() -> Statement:
    """Insert unless the desk is occupied, while the space is still the one that was read.

    The share lock makes a change of the space that is under way finish first. Where two race for a
    desk, one waits for the other instead of both failing (measured in the design: plain inserts end
    in deadlocks).
    """
    row = [sa.bindparam(column.name, type_=column.type) for column in bookings.c]
    unchanged_space = (
        sa.select(*row)
        .select_from(spaces)
        .where(
            spaces.c.id == sa.bindparam("space_id"),
            spaces.c.version == sa.bindparam("space_version"),
        )
        .with_for_update(read=True, key_share=True)
    )
    return Statement(
        pg.insert(bookings)
        .from_select([column.name for column in bookings.c], unchanged_space)
        .on_conflict_do_nothing(constraint=constraints.ONE_BOOKING_PER_DESK)
        .returning(AFFECTED_ROW)
    )


def _move() -> Statement:
    """Update, while the space that it comes to is still the one that was read.

    That space is locked, so its version, once read, stays what it is.
    """
    row = {
        column.name: sa.bindparam(column.name, type_=column.type)
        for column in bookings.c
        if column.name not in {"id", "created_at"}
    }
    return Statement(
        sa.update(bookings)
        .values(row)
        .where(
            bookings.c.id == sa.bindparam("id"),
            bookings.c.version + AFFECTED_ROW == sa.bindparam("version"),
            spaces.c.id == sa.bindparam("space_id"),
            spaces.c.version == sa.bindparam("space_version"),
        )
        .returning(AFFECTED_ROW)
    )


def _due_no_shows() -> Statement:
    """The rule is `Booking.no_show_from`.

    Its index is that of lists. What it passes over are long bookings under way that nobody came to,
    of which there are at most as many as desks.
    """
    takes_long = sa.literal_column(f"({TAKES_LONG})", sa.Boolean)
    return Statement(
        sa.select(bookings)
        .where(
            bookings.c.status == sa.literal_column("'CONFIRMED'"),
            bookings.c.start_time <= sa.bindparam("started_by"),
            sa.case(
                (takes_long, bookings.c.end_time <= sa.bindparam("at", type_=_TIME)),
                else_=bookings.c.start_time <= sa.bindparam("short_started_by", type_=_TIME),
            ),
        )
        .order_by(bookings.c.start_time, bookings.c.id)
        .limit(sa.bindparam("limit"))
    )


def _due_reminders() -> Statement:
    """The rule is `domain.reminders.is_reminder_due`, and the job's id `reminder_job_id`."""
    start_second = sa.cast(sa.extract("epoch", bookings.c.start_time), sa.BigInteger)
    job_id = sa.literal_column("'mail/reminder/'", sa.Text).concat(
        sa.func.concat(bookings.c.id, sa.literal_column("'/'"), start_second)
    )
    day = sa.bindparam("day", type_=sa.Interval)
    at = sa.bindparam("at", type_=_TIME)
    return Statement(
        sa.select(bookings)
        .join(users, users.c.id == bookings.c.user_id)
        .where(
            bookings.c.status == sa.literal_column("'CONFIRMED'"),
            bookings.c.start_time > at,
            bookings.c.start_time <= at + day,
            bookings.c.created_at < bookings.c.start_time - day,
            users.c.reminders,
            users.c.is_active,
            ~sa.exists().where(jobs.c.id == job_id),
        )
        .order_by(bookings.c.start_time, bookings.c.id)
        .limit(sa.bindparam("limit"))
    )


_TIME = bookings.c.start_time.type
_GET = Statement(sa.select(bookings).where(bookings.c.id == sa.bindparam("id")))
_UPCOMING = Statement(
    sa.select(bookings)
    .where(
        bookings.c.space_id == sa.bindparam("space_id"),
        occupies_slot(bookings),
        bookings.c.end_time > sa.bindparam("after"),
    )
    .order_by(bookings.c.start_time, bookings.c.id)
)
_EXPIRED_HOLDS = Statement(
    sa.select(bookings)
    .where(
        bookings.c.status == sa.literal_column("'PENDING'"),
        bookings.c.hold_expires_at <= sa.bindparam("at"),
    )
    .order_by(bookings.c.hold_expires_at, bookings.c.id)
    .limit(sa.bindparam("limit"))
)
_COUNT_OPEN_HOLDS = Statement(
    sa.select(sa.func.count()).where(
        bookings.c.status == sa.literal_column("'PENDING'"),
        bookings.c.hold_expires_at > sa.bindparam("at"),
    )
)
_DUE_NO_SHOWS = _due_no_shows()
_DUE_REMINDERS = _due_reminders()
_ADD = _add()
_SAVE = update_row(bookings)
_MOVE = _move()


class PostgresBookings:
    """Implements application.ports.bookings.Bookings."""

    def __init__(self, connection: PostgresSession) -> None:
        self._connection = connection

    async def get(self, booking_id: BookingId) -> Booking | None:
        row = await self._connection.row_batched(_GET, id=booking_id)
        return booking_from(row) if row else None

    async def list(
        self, criteria: BookingFilter, *, after: BookingPosition | None, limit: int
    ) -> Sequence[Booking]:
        statement, values = list_statement(criteria, after=after, limit=limit)
        rows = await self._connection.rows(statement, **values)
        return [booking_from(row) for row in rows]

    async def upcoming(self, space_id: SpaceId, *, after: datetime) -> Sequence[Booking]:
        rows = await self._connection.rows(_UPCOMING, space_id=space_id, after=after)
        return [booking_from(row) for row in rows]

    async def expired_holds(self, *, at: datetime, limit: int) -> Sequence[Booking]:
        rows = await self._connection.rows(_EXPIRED_HOLDS, at=at, limit=limit)
        return [booking_from(row) for row in rows]

    async def count_open_holds(self, *, at: datetime) -> int:
        row = await self._connection.row(_COUNT_OPEN_HOLDS, at=at)
        return row[0] if row else 0

    async def due_no_shows(
        self, *, at: datetime, grace: timedelta, limit: int
    ) -> Sequence[Booking]:
        rows = await self._connection.rows(
            _DUE_NO_SHOWS,
            at=at,
            started_by=at - min(grace, NO_SHOW_AT_END_FROM),
            short_started_by=at - grace,
            limit=limit,
        )
        return [booking_from(row) for row in rows]

    async def due_reminders(self, *, at: datetime, limit: int) -> Sequence[Booking]:
        rows = await self._connection.rows(
            _DUE_REMINDERS, at=at, day=REMINDER_LEAD_TIME, limit=limit
        )
        return [booking_from(row) for row in rows]

    def add(self, booking: Booking, *, space: Space) -> None:
        self._connection.write(_ADD, booking_row(booking) | {"space_version": space.version})

    def save(self, booking: Booking) -> None:
        self._connection.write(_SAVE, booking_row(booking))

    def move(self, booking: Booking, *, space: Space) -> None:
        self._connection.write(_MOVE, booking_row(booking) | {"space_version": space.version})
