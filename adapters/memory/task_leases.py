"""MemoryTaskLeases: the port Ticks."""

from datetime import datetime, timedelta

from adapters.memory.checkpoint import checkpoint
from adapters.memory.state import State
from application.ports.task_leases import CLOCKS_DIFFER


class MemoryTaskLeases:
    """The port Ticks."""

    def __init__(self, state: State) -> None:
        self._ticks = state.ticks

    async def acquire(self, name: str, *, every: timedelta, at: datetime) -> bool:
        await checkpoint()
        next_at = self._ticks.get(name)
        if next_at is not None and at < next_at <= at + every + CLOCKS_DIFFER:
            return False
        self._ticks[name] = at + every
        return True
