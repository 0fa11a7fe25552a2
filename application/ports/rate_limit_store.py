"""RateLimitStore: counts of attempts, exact across all processes and restarts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class RateLimit:
    """The maximum number of attempts in a window, which starts with the first counted one."""

    max_attempts: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class Attempt:
    """A reserved attempt whose outcome is not yet known."""

    key: str
    window_ends_at: datetime


class RateLimitStore(Protocol):
    """Counts immediately and permanently, independent of any unit of work.

    Each method is one atomic step, so concurrent callers never exceed the limit. RateLimited
    carries the time until the window ends. Any method may raise Unavailable.
    """

    async def hit(self, key: str, limit: RateLimit, *, at: datetime) -> None:
        """Count one attempt. Raises RateLimited when the limit is reached."""
        ...

    async def reserve(self, key: str, limit: RateLimit, *, at: datetime) -> Attempt:
        """Reserve an attempt, of which only a failure will count. Raises RateLimited.

        While failed and reserved attempts together reach the limit, it waits a few seconds for
        outcomes, then raises RateLimited as well.
        """
        ...

    async def release(self, attempt: Attempt) -> None:
        """Release the attempt; it does not count."""
        ...

    async def commit(self, attempt: Attempt) -> None:
        """Count the attempt until the window ends."""
        ...

    async def purge(self, *, over_before: datetime, limit: int) -> int:
        """Delete up to `limit` counts whose window ended before `over_before`.

        Returns the number deleted.
        """
        ...
