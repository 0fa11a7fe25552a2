"""MemoryIdempotencyKeys: answered requests in memory."""

from datetime import datetime
from itertools import islice

from adapters.memory.checkpoint import checkpoint
from adapters.memory.state import AnsweredKey, State
from adapters.memory.write_set import WriteSet
from application.ports.idempotency_keys import ProcessedRequest
from application.ports.unit_of_work import Stale
from domain.ids import UserId


class MemoryIdempotencyKeys:
    """The port IdempotencyKeys."""

    def __init__(self, state: State, notes: WriteSet) -> None:
        self._keys = state.idempotency_keys
        self._write_set = notes

    async def get(self, user_id: UserId, key: str) -> ProcessedRequest | None:
        await checkpoint()
        found = self._keys.get((user_id, key))
        return found.request if found else None

    async def purge(self, *, answered_before: datetime, limit: int) -> int:
        await checkpoint()
        old = (one for one in self._keys.all() if one.request.answered_at < answered_before)
        forgotten = list(islice(old, limit))
        for one in forgotten:
            self._keys.remove(one.id)
        return len(forgotten)

    def add(self, request: ProcessedRequest, *, replacing_before: datetime) -> None:
        answered = AnsweredKey(request)

        def guard() -> None:
            present = self._keys.get(answered.id)
            if present is not None and present.request.answered_at > replacing_before:
                raise Stale("Another request with this key was faster.")

        self._write_set.put(self._keys, answered, guard=guard)
