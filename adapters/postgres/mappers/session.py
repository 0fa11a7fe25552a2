"""session_row: the columns of `refresh_sessions`."""

from typing import Any

from adapters.postgres.mappers.values import Row
from domain.sessions import RefreshSession


def session_from(row: Row) -> RefreshSession:
    """A row of `refresh_sessions`."""
    id_, user_id, token_hash, user_agent, client_address, created_at, *rest = row
    last_used_at, expires_at, credentials_version, version, ended_at = rest
    return RefreshSession(
        id=id_,
        user_id=user_id,
        token_hash=token_hash,
        user_agent=user_agent,
        client_address=client_address,
        credentials_version=credentials_version,
        version=version,
        created_at=created_at,
        last_used_at=last_used_at,
        expires_at=expires_at,
        ended_at=ended_at,
    )


def session_row(session: RefreshSession) -> dict[str, Any]:
    """The columns of `refresh_sessions`."""
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
