"""Refresh sessions from and to rows of `refresh_sessions`."""

from typing import Any

from adapters.postgres.mappers.values import Row
from domain.sessions import RefreshSession


def session_from(row: Row) -> RefreshSession:
    """Return the session of a row of `refresh_sessions`."""
    return RefreshSession(
        id=row["id"],
        user_id=row["user_id"],
        token_hash=row["token_hash"],
        user_agent=row["user_agent"],
        client_address=row["client_address"],
        credentials_version=row["credentials_version"],
        version=row["version"],
        created_at=row["created_at"],
        last_used_at=row["last_used_at"],
        expires_at=row["expires_at"],
        ended_at=row["ended_at"],
    )


def session_row(session: RefreshSession) -> dict[str, Any]:
    """Return the columns of `refresh_sessions`."""
    return {
        "id": session.id,
        "user_id": session.user_id,
        "token_hash": session.token_hash,
        "user_agent": session.user_agent,
        "client_address": session.client_address,
        "created_at": session.created_at,
        "last_used_at": session.last_used_at,
        "expires_at": session.expires_at,
        "credentials_version": session.credentials_version,
        "version": session.version,
        "ended_at": session.ended_at,
    }
