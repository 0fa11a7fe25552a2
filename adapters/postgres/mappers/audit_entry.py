"""Audit entries from and to rows of `audit_log`."""

import json
from typing import Any

from adapters.postgres.mappers.values import Row
from domain.audit import AuditEntry, AuditEvent


def audit_entry_from(row: Row) -> AuditEntry:
    """Return the entry of a row of `audit_log`."""
    return AuditEntry(
        id=row["id"],
        at=row["at"],
        event=AuditEvent(row["event"]),
        actor_id=row["actor_id"],
        subject_id=row["subject_id"],
        client_address=row["client_address"],
        details=json.loads(row["details"]),
    )


def audit_entry_row(entry: AuditEntry) -> dict[str, Any]:
    """Return the columns of `audit_log`."""
    return {
        "id": entry.id,
        "at": entry.at,
        "event": entry.event,
        "actor_id": entry.actor_id,
        "subject_id": entry.subject_id,
        "client_address": entry.client_address,
        "details": json.dumps(entry.details),
    }
