"""Processing items in batches."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from application.ports.unit_of_work import Stale

BATCH = 100

Item = TypeVar("Item")


async def run_in_batches(
    read: Callable[[], Awaitable[Sequence[Item]]], process: Callable[[Item], Awaitable[None]]
) -> int:
    """Read up to BATCH items, process each, and repeat until none is left.

    `read` must not return processed items again. An item that raises Stale was changed concurrently
    and is skipped until the next read. Returns the number of items processed.
    """
    processed = 0
    while True:
        before, batch = processed, await read()
        for item in batch:
            processed += await _try_to_process(process, item)
        if len(batch) < BATCH or processed == before:
            return processed


async def _try_to_process(process: Callable[[Item], Awaitable[None]], item: Item) -> bool:
    try:
        await process(item)
    except Stale:
        return False
    return True
