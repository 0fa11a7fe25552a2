"""Singleflight: concurrent calls share one run."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Outcome = TypeVar("Outcome")


class Singleflight(Generic[Outcome]):
    """Lets concurrent calls share one run of a function.

    A call returns the result of a run that started after the call, never an older one. One run at a
    time: calls made during a run wait for it and share the next one.
    """

    def __init__(self, run: Callable[[], Awaitable[Outcome]]) -> None:
        self._run = run
        self._current: asyncio.Task[Outcome] | None = None
        self._next: asyncio.Task[Outcome] | None = None

    async def __call__(self) -> Outcome:
        """Return or raise what the run does. Cancelling one call does not cancel the run."""
        if self._next is None:
            self._next = asyncio.create_task(self._after(self._current))
            self._next.add_done_callback(_retrieve_exception)
        return await asyncio.shield(self._next)

    async def _after(self, earlier: "asyncio.Task[Outcome] | None") -> Outcome:
        if earlier is not None and not earlier.done():
            await asyncio.wait([earlier])
        self._current, self._next = self._next, None
        return await self._run()


def _retrieve_exception(task: "asyncio.Task[Outcome]") -> None:
    """Mark an exception as retrieved, so that asyncio does not log it when all callers left."""
    if not task.cancelled():
        task.exception()
