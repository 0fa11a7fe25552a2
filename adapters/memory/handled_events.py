"""MemoryHandledEvents: the port HandledEvents."""

from datetime import datetime

from adapters.memory.checkpoint import checkpoint
from adapters.memory.state import HandledEvent, State
from adapters.memory.write_set import WriteSet


class MemoryHandledEvents:
    """The port HandledEvents."""

    def __init__(self, state: State, notes: WriteSet) -> None:
        self._state = state
        self._write_set = notes

    async def has(self, event_id: str) -> bool:
        await checkpoint()
        return self._state.handled_events.get(event_id) is not None

    def add(self, event_id: str, event_type: str, *, at: datetime) -> None:
        del event_type, at  # They are for people who look into a database.
        self._write_set.insert(self._state.handled_events, HandledEvent(event_id))
