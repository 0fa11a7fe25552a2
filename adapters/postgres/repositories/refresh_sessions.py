"""PostgresRefreshSessions: implements application.ports.refresh_sessions.RefreshSessions."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from adapters.postgres.engine.session import PostgresSession
from adapters.postgres.engine.statement import (
    Statement,
    delete_some,
    insert_row,
    update_row,
)
from adapters.postgres.mappers.session import session_from, session_row
from adapters.postgres.schema.identity import (
    refresh_sessions,
    used_refresh_tokens,
    users,
)
from application.ports.refresh_sessions import PresentedToken
from domain.ids import SessionId, UserId
from domain.sessions import RefreshSession

_TOKEN_HASH = sa.bindparam("token_hash", type_=sa.LargeBinary)


def is_live(at: sa.ColumnElement[datetime]) -> sa.ColumnElement[bool]:
    """Whether a session, joined with its user, is live; the rule is `RefreshSession.is_live`."""
    return sa.and_(
        refresh_sessions.c.ended_at.is_(None),
        refresh_sessions.c.expires_at > at,
        refresh_sessions.c.credentials_version == users.c.credentials_version,
    )


def _by_token() -> Statement:
    current = sa.select(*refresh_sessions.c, sa.false().label("is_used")).where(
        refresh_sessions.c.token_hash == _TOKEN_HASH
    )
    used = (
        sa.select(*refresh_sessions.c, sa.true())
        .join(used_refresh_tokens, used_refresh_tokens.c.session_id == refresh_sessions.c.id)
        .where(used_refresh_tokens.c.token_hash == _TOKEN_HASH)
    )
    return Statement(sa.union_all(current, used))


_GET = Statement(sa.select(refresh_sessions).where(refresh_sessions.c.id == sa.bindparam("id")))
_BY_TOKEN = _by_token()
_LIST_LIVE = Statement(
    sa.select(refresh_sessions)
    .join(users, users.c.id == refresh_sessions.c.user_id)
    .where(refresh_sessions.c.user_id == sa.bindparam("user_id"), is_live(sa.bindparam("at")))
    .order_by(refresh_sessions.c.last_used_at.desc(), refresh_sessions.c.id.desc())
    .limit(sa.bindparam("limit"))
)
_ADD = insert_row(refresh_sessions)
_SAVE = update_row(refresh_sessions)
_PURGE = delete_some(
    refresh_sessions,
    # A session that was not ended ends when it expires; LEAST ignores NULL.
    sa.func.least(refresh_sessions.c.expires_at, refresh_sessions.c.ended_at)
    < sa.bindparam("over_before"),
)
_ADD_USED_TOKEN = insert_row(used_refresh_tokens)


class PostgresRefreshSessions:
    """Implements application.ports.refresh_sessions.RefreshSessions."""

    def __init__(self, session: PostgresSession) -> None:
        self._session = session

    async def get(self, session_id: SessionId) -> RefreshSession | None:
        row = await self._session.row(_GET, id=session_id)
        return session_from(row) if row else None

    async def by_token(self, token_hash: bytes) -> PresentedToken | None:
        row = await self._session.row(_BY_TOKEN, token_hash=token_hash)
        return PresentedToken(session_from(row), is_used=row["is_used"]) if row else None

    async def list_live(
        self, user_id: UserId, *, at: datetime, limit: int
    ) -> Sequence[RefreshSession]:
        rows = await self._session.rows(_LIST_LIVE, user_id=user_id, at=at, limit=limit)
        return [session_from(row) for row in rows]

    async def purge(self, *, over_before: datetime, limit: int) -> int:
        rows = await self._session.rows(_PURGE, over_before=over_before, limit=limit)
        return len(rows)

    def add(self, session: RefreshSession) -> None:
        self._session.write(_ADD, session_row(session))

    def save(self, session: RefreshSession) -> None:
        self._session.write(_SAVE, session_row(session))

    def rotate(self, session: RefreshSession, *, used: bytes) -> None:
        self.save(session)
        self._session.write(_ADD_USED_TOKEN, {"token_hash": used, "session_id": session.id})
