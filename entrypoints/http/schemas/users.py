"""Request and response bodies of `/api/users` and `/api/audit`."""

from datetime import datetime
from typing import Annotated, cast
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from application.users.change_user import UserChanges
from domain.audit import AuditEntry, AuditEvent
from domain.users import Role
from entrypoints.http.schemas.common import Request, set_fields


class ChangeUserBody(Request, kw_only=True):
    """Changes to a user account. Fields that are left out do not change."""

    role: Annotated[
        Role | UnsetType, Meta(description="New role. Only a super admin may change roles.")
    ] = UNSET
    is_active: Annotated[
        bool | UnsetType,
        Meta(
            description=(
                "`false` deactivates the account and ends all of its sessions; `true` activates it "
                "again."
            )
        ),
    ] = UNSET

    def changes(self) -> UserChanges:
        """Return the fields to change."""
        return cast("UserChanges", set_fields(self))


class AuditEntryBody(msgspec.Struct, frozen=True):
    """An audit log entry: who did what, to which object, when, and from which address."""

    id: Annotated[UUID, Meta(description="ID of the entry, a UUIDv7.")]
    at: Annotated[datetime, Meta(description="Time of the event.")]
    event: Annotated[AuditEvent, Meta(description="Type of the event.")]
    actor_id: Annotated[
        UUID | None,
        Meta(
            description=(
                "ID of the user who did it. Null if it was the service, or if the user is unknown."
            )
        ),
    ]
    subject_type: Annotated[
        str,
        Meta(
            description="Type of the object: the part of `event` before the dot.",
            examples=["booking"],
        ),
    ]
    subject_id: Annotated[
        UUID | None, Meta(description="ID of the object, or null if there is none.")
    ]
    client_address: Annotated[
        str | None,
        Meta(
            description="IP address of the request, or null if it was not caused by a request.",
            examples=["203.0.113.7"],
        ),
    ]
    details: Annotated[
        dict[str, str | int | bool | list[str] | None],
        Meta(description="What changed. It never contains secrets."),
    ]


def audit_entry_body(entry: AuditEntry) -> AuditEntryBody:
    """Return the response body for an entry."""
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
