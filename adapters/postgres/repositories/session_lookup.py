"""PostgresSessionLookup: reads user and session of a request, batched with concurrent requests."""

from datetime import datetime

import sqlalchemy as sa

from adapters.postgres.engine.read_batcher import ReadBatcher
from adapters.postgres.engine.statement import Statement
from adapters.postgres.repositories.refresh_sessions import is_live
from adapters.postgres.schema.identity import refresh_sessions, users
from application.ports.session_lookup import SessionState
from domain.ids import SessionId, UserId
from domain.users import Role


def _session_state() -> Statement:
    is_its_live_session = sa.and_(
        refresh_sessions.c.id == sa.bindparam("session_id"),
        refresh_sessions.c.user_id == users.c.id,
        is_live(sa.bindparam("at", type_=refresh_sessions.c.expires_at.type)),
    )
    return Statement(
        sa.select(
            users.c.role,
            users.c.is_active,
            users.c.credentials_version,
            refresh_sessions.c.id.is_not(None).label("session_is_active"),
        )
        .outerjoin(refresh_sessions, is_its_live_session)
        .where(users.c.id == sa.bindparam("user_id"))
    )


_SESSION_STATE = _session_state()


class PostgresSessionLookup:
    """Implements application.ports.session_lookup.SessionLookup."""

    def __init__(self, read_batcher: ReadBatcher) -> None:
        self._read_batcher = read_batcher

    async def get(
        self, user_id: UserId, session_id: SessionId, *, at: datetime
    ) -> SessionState | None:
        values = {"user_id": user_id, "session_id": session_id, "at": at}
        row = await self._read_batcher.row(_SESSION_STATE, values)
        if row is None:
            return None
        return SessionState(
            role=Role(row["role"]),
            is_active=row["is_active"],
            credentials_version=row["credentials_version"],
            session_is_active=row["session_is_active"],
        )
