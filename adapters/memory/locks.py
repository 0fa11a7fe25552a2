"""Locks: mutual exclusion between units of work in memory."""

import asyncio
from collections.abc import Iterable
from contextlib import AsyncExitStack
from datetime import timedelta
from uuid import UUID
from weakref import WeakValueDictionary

from application.ports.unit_of_work import Unavailable


class Locks:
    """One lock for each id that is locked or waited for."""

    def __init__(self, max_wait: timedelta) -> None:
        self._max_wait = max_wait
        # Weak references: a lock lives only while a task holds or awaits it. Otherwise it would
        # stay bound to that task's event loop.
        self._locks: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    async def hold(self, ids: Iterable[UUID], exit_stack: AsyncExitStack) -> None:
        """Lock the ids, always in the same order, until the stack is closed.

        Raises Unavailable when another task holds one of them for longer than `max_wait`.
        """
        try:
            async with asyncio.timeout(self._max_wait.total_seconds()):
                for id_ in sorted(ids):
                    lock = self._locks.setdefault(id_, asyncio.Lock())
                    await exit_stack.enter_async_context(lock)
        except TimeoutError:
            raise Unavailable("Another change of the same data takes too long.") from None
