"""Running units of work against each other."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

from application.ports.unit_of_work import Stale

BOUND_SECONDS = 30
"""Far longer than any race takes: whoever meets it is stuck."""
A_WHILE_SECONDS = 0.2
"""Long enough for a commit that nothing hinders to be done many times over."""


async def all_at_once(writers: Iterable[Coroutine[Any, Any, bool]]) -> int:
    """Start all writers together; how many of them won."""
    async with asyncio.timeout(BOUND_SECONDS):
        return sum(await asyncio.gather(*writers))


async def won(writer: Coroutine[Any, Any, object]) -> bool:
    """Whether the writer could commit; if not, it has to have been Stale."""
    try:
        await writer
    except Stale:
        return False
    return True


async def is_waiting(task: "asyncio.Task[Any]") -> bool:
    """Whether the task is still not done after a while in which it could have been."""
    done, _ = await asyncio.wait({task}, timeout=A_WHILE_SECONDS)
    return not done


async def finished(task: "asyncio.Task[Any]") -> Any:
    """What the task comes to, now that nothing keeps it."""
    async with asyncio.timeout(BOUND_SECONDS):
        return await task
