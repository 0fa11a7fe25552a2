"""MemoryRateLimitStore: the port RateLimitStore in memory."""

import asyncio
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from application.ports.rate_limit_store import Attempt, RateLimit
from domain.errors import RateLimited


@dataclass(slots=True)
class _Count:
    window_ends_at: datetime
    failed: int = 0
    open: int = 0


class MemoryRateLimitStore:
    """The port RateLimitStore, for the tasks of one event loop; drops counts whose window ended.

    `max_wait` limits the time that `reserve` waits for the outcome of other attempts.
    """

    def __init__(self, *, max_wait: timedelta = timedelta(seconds=3)) -> None:
        self._max_wait = max_wait
        self._counts: dict[str, _Count] = {}
        self._waiters: dict[str, list[asyncio.Future[None]]] = {}

    async def hit(self, key: str, limit: RateLimit, *, at: datetime) -> None:
        """Count one attempt. Raises RateLimited."""
        await asyncio.sleep(0)
        count = self._current(key, limit, at)
        if count.failed + count.open >= limit.max_attempts:
            raise _rate_limited(count, at)
        count.failed += 1

    async def reserve(self, key: str, limit: RateLimit, *, at: datetime) -> Attempt:
        """Reserve an attempt, or wait for the outcome of others. Raises RateLimited."""
        await asyncio.sleep(0)
        try:
            async with asyncio.timeout(self._max_wait.total_seconds()):
                while True:
                    count = self._current(key, limit, at)
                    if count.failed >= limit.max_attempts:
                        raise _rate_limited(count, at)
                    if count.failed + count.open < limit.max_attempts:
                        count.open += 1
                        return Attempt(key, count.window_ends_at)
                    await self._next_outcome(key)
        except TimeoutError:
            raise RateLimited(1) from None

    async def release(self, attempt: Attempt) -> None:
        """Release the attempt; it does not count."""
        self._settle(attempt, failed=0)

    async def commit(self, attempt: Attempt) -> None:
        """Count the attempt until the window ends."""
        self._settle(attempt, failed=1)

    async def purge(self, *, over_before: datetime, limit: int) -> int:
        """Delete up to `limit` counts whose window ended before `over_before`.

        Returns the number deleted.
        """
        await asyncio.sleep(0)
        over = [key for key, count in self._counts.items() if count.window_ends_at < over_before]
        for key in over[:limit]:
            del self._counts[key]
        return len(over[:limit])

    def _current(self, key: str, limit: RateLimit, at: datetime) -> _Count:
        """Return the count of the current window; an empty window is replaced by a new one."""
        count = self._counts.get(key)
        if count is None or count.window_ends_at <= at or not count.failed + count.open:
            for over in [other for other, old in self._counts.items() if old.window_ends_at <= at]:
                del self._counts[over]
            count = self._counts[key] = _Count(at + limit.window)
        return count

    def _settle(self, attempt: Attempt, *, failed: int) -> None:
        count = self._counts.get(attempt.key)
        if count is not None and count.window_ends_at == attempt.window_ends_at and count.open:
            count.open -= 1
            count.failed += failed
        for waiter in self._waiters.pop(attempt.key, []):
            if not waiter.done():
                waiter.set_result(None)

    async def _next_outcome(self, key: str) -> None:
        outcome = asyncio.get_running_loop().create_future()
        self._waiters.setdefault(key, []).append(outcome)
        await outcome


def _rate_limited(count: _Count, at: datetime) -> RateLimited:
    return RateLimited(max(1, math.ceil((count.window_ends_at - at).total_seconds())))
