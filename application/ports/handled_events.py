"""HandledEvents: the inbox, which events took effect already."""

from datetime import datetime
from typing import Protocol


class HandledEvents(Protocol):
    """Reads see what is committed; writes are done by the unit of work's commit."""

    async def has(self, event_id: str) -> bool:
        """Whether the event took effect."""
        ...

    def add(self, event_id: str, event_type: str, *, at: datetime) -> None:
        """It takes effect with this commit, which is Stale when it did so before."""
        ...
