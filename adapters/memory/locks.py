"""Locks: keeping others from changing something for a while."""

import asyncio
from collections.abc import Iterable
from contextlib import AsyncExitStack
from datetime import timedelta
from uuid import UUID
from weakref import WeakValueDictionary

from application.ports.unit_of_work import Unavailable


class Locks:
    """One lock for each thing that is locked or waited for just now, by its id."""

    def __init__(self, max_wait: timedelta) -> None:
        self._max_wait = max_wait
        # Held by whoever has or awaits it. A lock that outlived them would stay bound to their
        # event loop.
        self._locks: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    async def hold(self, ids: Iterable[UUID], exit_stack: AsyncExitStack) -> None:
        """Lock those things, always in the same order, until the stack is closed.

        Raises Unavailable when others keep them for too long.
        """
        try:
            async with asyncio.timeout(self._max_wait.total_seconds()):
                for one in sorted(ids):
                    lock = self._locks.setdefault(one, asyncio.Lock())
                    await exit_stack.enter_async_context(lock)
        except TimeoutError:
            raise Unavailable("Others are changing the same thing for too long.") from None
