"""HandledEvents: the inbox of payment events that have been processed."""

from datetime import datetime
from typing import Protocol


class HandledEvents(Protocol):
    """Reads see what is committed; writes are done by the unit of work's commit."""

    async def has(self, event_id: str) -> bool:
        """Whether the event has been processed."""
        ...

    def add(self, event_id: str, event_type: str, *, at: datetime) -> None:
        """Record that this commit processes the event. It is Stale when another one did so."""
        ...
