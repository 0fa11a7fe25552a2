"""AuditLog: the security log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.audit import AuditEntry, AuditEvent
from domain.ids import AuditEntryId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which entries are wanted; None leaves a criterion open.

    Times are UTC; `since` is included, `before` is not.
    """

    actor_id: UserId | None = None
    subject_id: UUID | None = None
    event: AuditEvent | None = None
    since: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditPosition:
    """Where an entry stands in a list: by its time, then by its id."""

    at: datetime
    id: AuditEntryId


class AuditLog(Protocol):
    """Reads see what is committed; entries are added by the unit of work's commit."""

    async def list(
        self, wanted: AuditFilter, *, after: AuditPosition | None, limit: int
    ) -> Sequence[AuditEntry]:
        """At most `limit` of the wanted entries after that position, newest first."""
        ...

    def add(self, entry: AuditEntry) -> None:
        """Store an entry together with whatever else the unit of work commits."""
        ...
