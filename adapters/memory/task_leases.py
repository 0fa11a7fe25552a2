"""MemoryTaskLeases."""

from datetime import datetime, timedelta

from adapters.memory.checkpoint import checkpoint
from adapters.memory.state import State
from application.ports.task_leases import MAX_CLOCK_SKEW


class MemoryTaskLeases:
    """The port TaskLeases."""

    def __init__(self, state: State) -> None:
        self._due_times = state.ticks

    async def acquire(self, name: str, *, every: timedelta, at: datetime) -> bool:
        await checkpoint()
        due_at = self._due_times.get(name)
        if due_at is not None and at < due_at <= at + every + MAX_CLOCK_SKEW:
            return False
        self._due_times[name] = at + every
        return True
