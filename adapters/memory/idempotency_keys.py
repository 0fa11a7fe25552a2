"""MemoryIdempotencyKeys: the port IdempotencyKeys in memory."""

from datetime import datetime
from itertools import islice

from adapters.memory.checkpoint import checkpoint
from adapters.memory.state import ProcessedKey, State
from adapters.memory.write_set import WriteSet
from application.ports.idempotency_keys import ProcessedRequest
from application.ports.unit_of_work import Stale
from domain.ids import UserId


class MemoryIdempotencyKeys:
    """The port IdempotencyKeys in memory."""

    def __init__(self, state: State, write_set: WriteSet) -> None:
        self._keys = state.idempotency_keys
        self._write_set = write_set

    async def get(self, user_id: UserId, key: str) -> ProcessedRequest | None:
        await checkpoint()
        processed = self._keys.get((user_id, key))
        return processed.request if processed else None

    async def purge(self, *, answered_before: datetime, limit: int) -> int:
        await checkpoint()
        old = (row for row in self._keys.all() if row.request.answered_at < answered_before)
        purged = list(islice(old, limit))
        for row in purged:
            self._keys.remove(row.id)
        return len(purged)

    def add(self, request: ProcessedRequest, *, replacing_before: datetime) -> None:
        processed = ProcessedKey(request)

        def guard() -> None:
            present = self._keys.get(processed.id)
            if present is not None and present.request.answered_at > replacing_before:
                raise Stale("Another request with this key was faster.")

        self._write_set.put(self._keys, processed, guard=guard)
