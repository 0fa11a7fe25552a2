"""Throttle: how often something was tried, counted exactly over all processes and restarts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How much is let through within a window, which opens with the first that counts."""

    most: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class Attempt:
    """One that was let through, and whose outcome is open: which count it belongs to."""

    key: str
    window_ends_at: datetime


class RateLimitStore(Protocol):
    """Counts at once and for good, whatever becomes of any unit of work.

    Each method is one atomic step, so of any number of callers at the same time no more are let
    through than the limit says. Raises RateLimited when nothing more is let through, with the time
    until the window is over. Any method may raise Unavailable.
    """

    async def hit(self, key: str, limit: RateLimit, *, at: datetime) -> None:
        """Count one more. Raises RateLimited."""
        ...

    async def reserve(self, key: str, limit: RateLimit, *, at: datetime) -> Attempt:
        """Let one more begin, of which only a failure will count. Raises RateLimited.

        While those that failed and those whose outcome is open make up the limit together, it waits
        a few seconds for outcomes; after that it raises RateLimited as well.
        """
        ...

    async def release(self, attempt: Attempt) -> None:
        """What was begun does not count."""
        ...

    async def commit(self, attempt: Attempt) -> None:
        """What was begun counts until the window is over."""
        ...

    async def purge(self, *, over_before: datetime, limit: int) -> int:
        """Delete at most `limit` counts whose window was over before that; how many it were."""
        ...
