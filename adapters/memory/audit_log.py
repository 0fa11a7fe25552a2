"""MemoryAuditLog: the port AuditLog in memory."""

from collections.abc import Sequence
from datetime import datetime
from heapq import nlargest

from adapters.memory.checkpoint import checkpoint
from adapters.memory.state import State
from adapters.memory.write_set import WriteSet
from application.ports.audit_log import AuditFilter, AuditPosition
from domain.audit import AuditEntry
from domain.ids import AuditEntryId


class MemoryAuditLog:
    """The port AuditLog."""

    def __init__(self, state: State, write_set: WriteSet) -> None:
        self._state = state
        self._write_set = write_set

    async def list(
        self, criteria: AuditFilter, *, after: AuditPosition | None, limit: int
    ) -> Sequence[AuditEntry]:
        await checkpoint()
        matches = (
            entry
            for entry in self._state.audit_log.all()
            if _matches(entry, criteria)
            and (after is None or _position(entry) < (after.at, after.id))
        )
        return nlargest(limit, matches, key=_position)

    def add(self, entry: AuditEntry) -> None:
        self._write_set.insert(self._state.audit_log, entry)


def _position(entry: AuditEntry) -> tuple[datetime, AuditEntryId]:
    return entry.at, entry.id


def _matches(entry: AuditEntry, criteria: AuditFilter) -> bool:
    return (
        criteria.actor_id in {None, entry.actor_id}
        and criteria.subject_id in {None, entry.subject_id}
        and criteria.event in {None, entry.event}
        and (criteria.since is None or entry.at >= criteria.since)
        and (criteria.before is None or entry.at < criteria.before)
    )
