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

    def __init__(self, longest_wait: timedelta) -> None:
        self._longest_wait = longest_wait
        # Held by whoever has or awaits it. A lock that outlived them would stay bound to their
        # event loop.
        self._locks: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    async def hold(self, ids: Iterable[UUID], until_closed: AsyncExitStack) -> None:
        """Lock those things, always in the same order, until the stack is closed.

        Raises Unavailable when others keep them for too long.
        """
        try:
            async with asyncio.timeout(self._longest_wait.total_seconds()):
                for one in sorted(ids):
                    lock = self._locks.setdefault(one, asyncio.Lock())
                    await until_closed.enter_async_context(lock)
        except TimeoutError:
            raise Unavailable("Others are changing the same thing for too long.") from None
