"""The port TaskLeases: which worker runs a periodic task."""

from datetime import datetime, timedelta
from typing import Protocol

MAX_CLOCK_SKEW = timedelta(hours=1)
"""How far the clocks of correctly running workers may differ."""


class TaskLeases(Protocol):
    """The times at which each periodic task is next due, shared by all workers."""

    async def acquire(self, name: str, *, every: timedelta, at: datetime) -> bool:
        """Immediately acquire the run of a task if it is due; the next is due `every` later.

        Of concurrent callers exactly one gets True. A due time further ahead than `every` plus
        MAX_CLOCK_SKEW was set by a wrong clock and counts as due.
        """
        ...
