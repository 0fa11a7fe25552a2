"""MemoryIdempotencyKeys: answered requests in memory."""

from datetime import datetime
from itertools import islice

from adapters.memory.give_way import give_way
from adapters.memory.notes import Notes
from adapters.memory.state import AnsweredKey, State
from application.ports.idempotency_keys import AnsweredRequest
from application.ports.unit_of_work import Stale
from domain.ids import UserId


class MemoryIdempotencyKeys:
    """The port IdempotencyKeys."""

    def __init__(self, state: State, notes: Notes) -> None:
        self._keys = state.idempotency_keys
        self._notes = notes

    async def get(self, user_id: UserId, key: str) -> AnsweredRequest | None:
        await give_way()
        found = self._keys.get((user_id, key))
        return found.request if found else None

    async def forget(self, *, answered_before: datetime, limit: int) -> int:
        await give_way()
        old = (one for one in self._keys.all() if one.request.answered_at < answered_before)
        forgotten = list(islice(old, limit))
        for one in forgotten:
            self._keys.remove(one.id)
        return len(forgotten)

    def add(self, request: AnsweredRequest, *, replacing_before: datetime) -> None:
        answered = AnsweredKey(request)

        def guard() -> None:
            present = self._keys.get(answered.id)
            if present is not None and present.request.answered_at > replacing_before:
                raise Stale("Another request with this key was faster.")

        self._notes.put(self._keys, answered, guard=guard)
