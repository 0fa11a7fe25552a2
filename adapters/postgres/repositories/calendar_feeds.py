"""PostgresCalendarFeeds: implements application.ports.calendar_feeds.CalendarFeeds."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from adapters.postgres.engine.session import PostgresSession
from adapters.postgres.engine.statement import AFFECTED_ROW, Statement
from adapters.postgres.mappers.booking import booking_from
from adapters.postgres.mappers.calendar_feed import calendar_feed_from, calendar_feed_row
from adapters.postgres.read_models.booking_list import earliest_start
from adapters.postgres.schema.bookings import bookings
from adapters.postgres.schema.identity import calendar_feeds, users
from adapters.postgres.schema.spaces import spaces
from application.ports.calendar_feeds import CalendarEntry, CalendarFeed
from domain.house import MAX_BOOKING_DURATION
from domain.ids import UserId

_USER = sa.bindparam("user_id", type_=sa.Uuid)
_TOKEN_HASH = sa.bindparam("token_hash", type_=sa.LargeBinary)
_OWNER = Statement(
    sa.select(users.c.id)
    .join(calendar_feeds, calendar_feeds.c.user_id == users.c.id)
    .where(calendar_feeds.c.token_hash == _TOKEN_HASH, users.c.is_active)
)
_OF_USER = Statement(sa.select(calendar_feeds).where(calendar_feeds.c.user_id == _USER))
_ENTRIES = Statement(
    sa.select(*bookings.c, spaces.c.name.label("space_name"))
    .join(spaces, spaces.c.id == bookings.c.space_id)
    .where(
        bookings.c.user_id == _USER,
        # Limits the scan: no booking that starts earlier ends after `ended_after`.
        bookings.c.start_time > sa.bindparam("started_after"),
        bookings.c.end_time > sa.bindparam("ended_after"),
        sa.or_(
            bookings.c.cancelled_at.is_(None),
            bookings.c.cancelled_at > sa.bindparam("cancelled_after"),
        ),
    )
    .order_by(bookings.c.start_time.desc(), bookings.c.id.desc())
    .limit(sa.bindparam("limit"))
)
_REMOVE = Statement(
    sa.delete(calendar_feeds)
    .where(calendar_feeds.c.user_id == _USER, calendar_feeds.c.token_hash == _TOKEN_HASH)
    .returning(AFFECTED_ROW)
)


def _put() -> Statement:
    row = {column.name: sa.bindparam(column.name, type_=column.type) for column in calendar_feeds.c}
    insert = pg.insert(calendar_feeds).values(row)
    return Statement(
        insert.on_conflict_do_update(
            constraint=calendar_feeds.primary_key,
            set_={name: insert.excluded[name] for name in row},
        ).returning(AFFECTED_ROW)
    )


_PUT = _put()


class PostgresCalendarFeeds:
    """Implements application.ports.calendar_feeds.CalendarFeeds."""

    def __init__(self, session: PostgresSession) -> None:
        self._session = session

    async def owner(self, token_hash: bytes) -> UserId | None:
        row = await self._session.row(_OWNER, token_hash=token_hash)
        return UserId(row["id"]) if row else None

    async def of_user(self, user_id: UserId) -> CalendarFeed | None:
        row = await self._session.row(_OF_USER, user_id=user_id)
        return calendar_feed_from(row) if row else None

    async def entries(
        self, user_id: UserId, *, ended_after: datetime, cancelled_after: datetime, limit: int
    ) -> Sequence[CalendarEntry]:
        rows = await self._session.rows(
            _ENTRIES,
            user_id=user_id,
            started_after=earliest_start(ended_after, MAX_BOOKING_DURATION),
            ended_after=ended_after,
            cancelled_after=cancelled_after,
            limit=limit,
        )
        return [CalendarEntry(booking_from(row), row["space_name"]) for row in rows]

    def put(self, feed: CalendarFeed) -> None:
        self._session.write(_PUT, calendar_feed_row(feed))

    def remove(self, feed: CalendarFeed) -> None:
        values = {"user_id": feed.user_id, "token_hash": feed.token_hash}
        self._session.write(_REMOVE, values)
