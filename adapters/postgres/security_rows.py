"""Between rows and entities, as `rows` does it: log-ins, links to set a password, the audit log."""

import json
from typing import Any

from adapters.postgres.rows import Row
from domain.audit import AuditEntry, AuditEvent
from domain.password_resets import PasswordReset
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


def reset_from(row: Row) -> PasswordReset:
    """A row of `password_resets`."""
    user_id, token_hash, credentials_version, expires_at = row
    return PasswordReset(
        user_id=user_id,
        token_hash=token_hash,
        credentials_version=credentials_version,
        expires_at=expires_at,
    )


def reset_row(reset: PasswordReset) -> dict[str, Any]:
    """The columns of `password_resets`."""
    return {
        "user_id": reset.user_id,
        "token_hash": reset.token_hash,
        "credentials_version": reset.credentials_version,
        "expires_at": reset.expires_at,
    }


def audit_entry_from(row: Row) -> AuditEntry:
    """A row of `audit_log`."""
    id_, at, event, actor_id, subject_id, client_address, details = row
    return AuditEntry(
        id=id_,
        at=at,
        event=AuditEvent(event),
        actor_id=actor_id,
        subject_id=subject_id,
        client_address=client_address,
        details=json.loads(details),
    )


def audit_entry_row(entry: AuditEntry) -> dict[str, Any]:
    """The columns of `audit_log`."""
    return {
        "id": entry.id,
        "at": entry.at,
        "event": entry.event,
        "actor_id": entry.actor_id,
        "subject_id": entry.subject_id,
        "client_address": entry.client_address,
        "details": json.dumps(entry.details),
    }
