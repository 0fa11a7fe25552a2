"""Ticks: the times at which something is to be done by one of all the workers."""

from datetime import datetime, timedelta
from typing import Protocol

CLOCKS_DIFFER = timedelta(hours=1)
"""By no more than this, among all workers, unless one goes wrong."""


class TaskLeases(Protocol):
    """The times at which something is to be done by one of all the workers."""

    async def acquire(self, name: str, *, every: timedelta, at: datetime) -> bool:
        """Take, at once, the tick that is due, if it is; the next is due `every` later.

        Of any number who take at the same time one gets it. A tick that is further away than
        `every` and CLOCKS_DIFFER is taken as well: the clock that set it was wrong.
        """
        ...
