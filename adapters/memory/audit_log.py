"""MemoryAuditLog: the security log in memory."""

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

    def __init__(self, state: State, notes: WriteSet) -> None:
        self._state = state
        self._write_set = notes

    async def list(
        self, wanted: AuditFilter, *, after: AuditPosition | None, limit: int
    ) -> Sequence[AuditEntry]:
        await checkpoint()
        found = (
            entry
            for entry in self._state.audit_log.all()
            if _is_wanted(entry, wanted)
            and (after is None or _position(entry) < (after.at, after.id))
        )
        return nlargest(limit, found, key=_position)

    def add(self, entry: AuditEntry) -> None:
        self._write_set.insert(self._state.audit_log, entry)


def _position(entry: AuditEntry) -> tuple[datetime, AuditEntryId]:
    return entry.at, entry.id


def _is_wanted(entry: AuditEntry, wanted: AuditFilter) -> bool:
    return (
        wanted.actor_id in {None, entry.actor_id}
        and wanted.subject_id in {None, entry.subject_id}
        and wanted.event in {None, entry.event}
        and (wanted.since is None or entry.at >= wanted.since)
        and (wanted.before is None or entry.at < wanted.before)
    )
