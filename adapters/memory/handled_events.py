"""MemoryHandledEvents: processed payment events in memory."""

from datetime import datetime

from adapters.memory.checkpoint import checkpoint
from adapters.memory.state import HandledEvent, State
from adapters.memory.write_set import WriteSet


class MemoryHandledEvents:
    """Implements application.ports.handled_events.HandledEvents."""

    def __init__(self, state: State, write_set: WriteSet) -> None:
        self._state = state
        self._write_set = write_set

    async def has(self, event_id: str) -> bool:
        await checkpoint()
        return self._state.handled_events.get(event_id) is not None

    def add(self, event_id: str, event_type: str, *, at: datetime) -> None:
        del event_type, at  # A database keeps them for its operators.
        self._write_set.insert(self._state.handled_events, HandledEvent(event_id))
