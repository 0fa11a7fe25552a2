"""Singleflight: one run for all who ask at the same time, and none of them is told old news."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Outcome = TypeVar("Outcome")


class Singleflight(Generic[Outcome]):
    """Calls get the outcome of a run that began after they were made.

    One run at a time: whoever calls during it waits for the next, together with all others who do.
    """

    def __init__(self, run: Callable[[], Awaitable[Outcome]]) -> None:
        self._run = run
        self._present: asyncio.Task[Outcome] | None = None
        self._next: asyncio.Task[Outcome] | None = None

    async def __call__(self) -> Outcome:
        """The outcome, or what the run raised. Nobody else's run ends when a caller gives up."""
        if self._next is None:
            self._next = asyncio.create_task(self._after(self._present))
            self._next.add_done_callback(_seen)
        return await asyncio.shield(self._next)

    async def _after(self, earlier: "asyncio.Task[Outcome] | None") -> Outcome:
        if earlier is not None and not earlier.done():
            await asyncio.wait([earlier])
        self._present, self._next = self._next, None
        return await self._run()


def _seen(task: "asyncio.Task[Outcome]") -> None:
    """A failure that every caller gave up waiting for is nobody's."""
    if not task.cancelled():
        task.exception()
