"""Bodies of `/api/users` and `/api/audit`."""

from datetime import datetime
from typing import cast
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from application.users.change_user import UserChanges
from domain.audit import AuditEntry, AuditEvent
from domain.users import Role
from entrypoints.http.schemas.common import Request, given_fields


class ChangeUserBody(Request, kw_only=True):
    """Changes of an account: a field that is left out stays as it is."""

    role: Role | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET

    def changes(self) -> UserChanges:
        """The fields that were given."""
        return cast("UserChanges", given_fields(self))


class AuditEntryBody(msgspec.Struct, frozen=True):
    """A line of the security log: who did what to whom or what, when, and whence."""

    id: UUID
    at: datetime
    event: AuditEvent
    actor_id: UUID | None
    subject_type: str
    subject_id: UUID | None
    client_address: str | None
    details: dict[str, str | int | bool | list[str] | None]


def audit_entry_body(entry: AuditEntry) -> AuditEntryBody:
    """The entry as the contract has it."""
    return AuditEntryBody(
        id=entry.id,
        at=entry.at,
        event=entry.event,
        actor_id=entry.actor_id,
        subject_type=entry.subject_type,
        subject_id=entry.subject_id,
        client_address=entry.client_address,
        details=dict(entry.details),
    )
