"""HandledEvents: the inbox of payment events that have been processed."""

from datetime import datetime
from typing import Protocol


class HandledEvents(Protocol):
    """The inbox of payment events. Reads see committed data; `commit` applies the writes."""

    async def has(self, event_id: str) -> bool:
        """Whether the event has been processed."""
        ...

    def add(self, event_id: str, event_type: str, *, at: datetime) -> None:
        """Record that this commit processes the event. It is Stale when another one did so."""
        ...
