"""MemoryThrottle: how often something was tried, counted in memory."""

import asyncio
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from application.ports.throttle import Attempt, Limit
from domain.errors import RateLimited


@dataclass(slots=True)
class _Count:
    window_ends_at: datetime
    failed: int = 0
    open: int = 0


class MemoryThrottle:
    """The port Throttle, for the tasks of one event loop; it forgets what is over.

    `max_wait` is how long `begin` waits for the outcome of others.
    """

    def __init__(self, *, max_wait: timedelta = timedelta(seconds=3)) -> None:
        self._max_wait = max_wait
        self._counts: dict[str, _Count] = {}
        self._waiting: dict[str, list[asyncio.Future[None]]] = {}

    async def count(self, key: str, limit: Limit, *, at: datetime) -> None:
        """Count one more. Raises RateLimited."""
        await asyncio.sleep(0)
        count = self._current(key, limit, at)
        if count.failed + count.open >= limit.max_attempts:
            raise _refusal(count, at)
        count.failed += 1

    async def begin(self, key: str, limit: Limit, *, at: datetime) -> Attempt:
        """Let one more begin, or wait for those that did. Raises RateLimited."""
        await asyncio.sleep(0)
        try:
            async with asyncio.timeout(self._max_wait.total_seconds()):
                while True:
                    count = self._current(key, limit, at)
                    if count.failed >= limit.max_attempts:
                        raise _refusal(count, at)
                    if count.failed + count.open < limit.max_attempts:
                        count.open += 1
                        return Attempt(key, count.window_ends_at)
                    await self._next_outcome(key)
        except TimeoutError:
            raise RateLimited(1) from None

    async def succeeded(self, attempt: Attempt) -> None:
        """What was begun does not count."""
        self._settle(attempt, failed=0)

    async def failed(self, attempt: Attempt) -> None:
        """What was begun counts until the window is over."""
        self._settle(attempt, failed=1)

    async def forget(self, *, over_before: datetime, limit: int) -> int:
        """Delete at most `limit` counts whose window was over before that; how many it were."""
        await asyncio.sleep(0)
        over = [key for key, count in self._counts.items() if count.window_ends_at < over_before]
        for key in over[:limit]:
            del self._counts[key]
        return len(over[:limit])

    def _current(self, key: str, limit: Limit, at: datetime) -> _Count:
        """The count of the present window; one in which nothing counts is as good as none."""
        count = self._counts.get(key)
        if count is None or count.window_ends_at <= at or not count.failed + count.open:
            for one in [one for one, old in self._counts.items() if old.window_ends_at <= at]:
                del self._counts[one]
            count = self._counts[key] = _Count(at + limit.window)
        return count

    def _settle(self, attempt: Attempt, *, failed: int) -> None:
        count = self._counts.get(attempt.key)
        if count is not None and count.window_ends_at == attempt.window_ends_at and count.open:
            count.open -= 1
            count.failed += failed
        for waiting in self._waiting.pop(attempt.key, []):
            if not waiting.done():
                waiting.set_result(None)

    async def _next_outcome(self, key: str) -> None:
        outcome = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append(outcome)
        await outcome


def _refusal(count: _Count, at: datetime) -> RateLimited:
    return RateLimited(max(1, math.ceil((count.window_ends_at - at).total_seconds())))
