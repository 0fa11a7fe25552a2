"""AuditRecorder: adds entries to the audit log."""

from datetime import datetime
from uuid import UUID

from application.common.caller import Caller
from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWork
from domain.audit import AuditEntry, AuditEvent, Detail
from domain.ids import AuditEntryId, UserId


class AuditRecorder:
    """Adds audit entries to a unit of work; they are committed with the change or not at all."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids

    def record(
        self,
        uow: UnitOfWork,
        event: AuditEvent,
        subject_id: UUID | None,
        *,
        by: Caller,
        at: datetime,
        **details: Detail,
    ) -> None:
        """Record an action of a caller."""
        self.record_without_caller(
            uow, event, subject_id, actor_id=by.user_id, address=by.client_address, at=at, **details
        )

    def record_without_caller(
        self,
        uow: UnitOfWork,
        event: AuditEvent,
        subject_id: UUID | None,
        *,
        actor_id: UserId | None,
        address: str | None,
        at: datetime,
        **details: Detail,
    ) -> None:
        """Record an action of a request that has no signed-in caller, or of the system.

        `actor_id` and `address` are None when the system acts by itself.
        """
        uow.audit_log.add(
            AuditEntry(
                id=AuditEntryId(self._ids.new()),
                at=at,
                event=event,
                actor_id=actor_id,
                subject_id=subject_id,
                client_address=address,
                details=details,
            )
        )
