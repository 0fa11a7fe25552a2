"""Working through what is to be done, a bounded number at a time."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from application.ports.unit_of_work import Stale

BATCH = 100

Item = TypeVar("Item")


async def run_in_batches(
    read: Callable[[], Awaitable[Sequence[Item]]], do: Callable[[Item], Awaitable[None]]
) -> int:
    """Read up to BATCH things, do each, and begin anew until nothing is left; how many it did.

    What is done is not read again. One that turns out Stale was changed by somebody else, and is
    left to them or to the next time.
    """
    done = 0
    while True:
        before, batch = done, await read()
        for item in batch:
            done += await _is_done(do, item)
        if len(batch) < BATCH or done == before:
            return done


async def _is_done(do: Callable[[Item], Awaitable[None]], item: Item) -> bool:
    try:
        await do(item)
    except Stale:
        return False
    return True
