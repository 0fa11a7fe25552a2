"""Helpers that run units of work against each other."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

from application.ports.unit_of_work import Stale

BOUND_SECONDS = 30
"""Far longer than any race takes: a task that exceeds it is blocked."""
A_WHILE_SECONDS = 0.2
"""Long enough for an unblocked commit to finish many times over."""


async def all_at_once(writers: Iterable[Coroutine[Any, Any, bool]]) -> int:
    """Start all writers concurrently. Returns how many of them won."""
    async with asyncio.timeout(BOUND_SECONDS):
        return sum(await asyncio.gather(*writers))


async def won(writer: Coroutine[Any, Any, object]) -> bool:
    """Return whether the writer could commit. If not, it has to have raised `Stale`."""
    try:
        await writer
    except Stale:
        return False
    return True


async def is_waiting(task: "asyncio.Task[Any]") -> bool:
    """Return whether the task is still running after a time in which it could have finished."""
    done, _ = await asyncio.wait({task}, timeout=A_WHILE_SECONDS)
    return not done


async def finished(task: "asyncio.Task[Any]") -> Any:
    """Return the result of a task that is no longer blocked."""
    async with asyncio.timeout(BOUND_SECONDS):
        return await task
