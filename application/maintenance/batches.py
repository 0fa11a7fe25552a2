"""run_in_batches: process all due items, a bounded number at a time."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from application.ports.unit_of_work import Stale

BATCH = 100

Item = TypeVar("Item")


async def run_in_batches(
    read: Callable[[], Awaitable[Sequence[Item]]], process: Callable[[Item], Awaitable[None]]
) -> int:
    """Read up to BATCH due items, process each, and repeat. Returns the number processed.

    `read` must not return processed items again. An item whose processing raises `Stale` was
    changed concurrently; it is skipped, and remains for the next run if it is still due. Ends with
    an incomplete batch, or with one of which no item was processed.
    """
    processed = 0
    while True:
        before, batch = processed, await read()
        for item in batch:
            try:
                await process(item)
            except Stale:
                continue
            processed += 1
        if len(batch) < BATCH or processed == before:
            return processed
