"""audit_entry_row: the columns of `audit_log`."""

import json
from typing import Any

from adapters.postgres.mappers.values import Row
from domain.audit import AuditEntry, AuditEvent


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
