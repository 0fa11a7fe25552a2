"""AuditLog: the log of security-relevant and business events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.audit import AuditEntry, AuditEvent
from domain.ids import AuditEntryId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Criteria of a search in the audit log; None matches every entry.

    Times are UTC; `since` is inclusive, `before` exclusive.
    """

    actor_id: UserId | None = None
    subject_id: UUID | None = None
    event: AuditEvent | None = None
    since: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditPosition:
    """The position of an entry in a list: its time, then its id."""

    at: datetime
    id: AuditEntryId


class AuditLog(Protocol):
    """The repository of audit entries. Reads see committed data; `commit` applies the writes."""

    async def list(
        self, criteria: AuditFilter, *, after: AuditPosition | None, limit: int
    ) -> Sequence[AuditEntry]:
        """Return up to `limit` matching entries after the position `after`, newest first."""
        ...

    def add(self, entry: AuditEntry) -> None:
        """Store an entry together with the other writes of the unit of work."""
        ...
