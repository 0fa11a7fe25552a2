"""AuditEntry: who did what to which object, when, and from which address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.ids import AuditEntryId, UserId

Detail = str | int | bool | None | list[str]


class AuditEvent(StrEnum):
    """Type of an audit log entry. The part before the dot is the type of the object."""

    USER_SIGNED_UP = "user.signed_up"
    USER_CREATED = "user.created"
    USER_LOGGED_IN = "user.logged_in"
    USER_LOG_IN_FAILED = "user.log_in_failed"
    USER_PASSWORD_CHANGED = "user.password_changed"  # noqa: S105 - an event
    USER_PASSWORD_RESET_REQUESTED = "user.password_reset_requested"  # noqa: S105 - an event
    USER_PASSWORD_RESET = "user.password_reset"  # noqa: S105 - an event
    USER_ROLE_CHANGED = "user.role_changed"
    USER_DEACTIVATED = "user.deactivated"
    USER_ACTIVATED = "user.activated"
    SESSION_REFRESH_REUSED = "session.refresh_reused"
    SESSION_ENDED = "session.ended"
    SPACE_CREATED = "space.created"
    SPACE_CHANGED = "space.changed"
    SPACE_DELETED = "space.deleted"
    BOOKING_CREATED = "booking.created"
    BOOKING_CHANGED = "booking.changed"
    BOOKING_CONFIRMED = "booking.confirmed"
    BOOKING_CANCELLED = "booking.cancelled"
    BOOKING_EXPIRED = "booking.expired"
    BOOKING_NO_SHOW = "booking.no_show"
    BOOKING_CHECKED_IN = "booking.checked_in"
    BOOKING_CHECKED_OUT = "booking.checked_out"

    @property
    def subject_type(self) -> str:
        """The type of the object with the id `subject_id`: user, session, space or booking."""
        return self.partition(".")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One entry; it never changes.

    `actor_id` is None when there was no caller or the system acted by itself, `subject_id` when the
    object does not exist, such as the account of a failed login. `details` are for human readers
    and never contain a secret, nor free input that may contain one by mistake.
    """

    id: AuditEntryId
    at: datetime
    event: AuditEvent
    actor_id: UserId | None
    subject_id: UUID | None
    client_address: str | None
    details: Mapping[str, Detail] = field(default_factory=dict)

    @property
    def subject_type(self) -> str:
        """The type of the object with the id `subject_id`."""
        return self.event.subject_type
