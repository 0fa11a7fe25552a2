"""Keeping the security log: what use cases have in common when they note an entry."""

from datetime import datetime
from uuid import UUID

from application.common.caller import Caller
from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWork
from domain.audit import AuditEntry, AuditEvent, Detail
from domain.ids import AuditEntryId, UserId


class AuditRecorder:
    """Notes entries in a unit of work, so that they are stored with what they tell of, or not."""

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
        """What a caller did."""
        self.record_entry(
            uow, event, subject_id, actor_id=by.user_id, address=by.client_address, at=at, **details
        )

    def record_entry(
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
        """What somebody did who is not signed in, or the house itself."""
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
