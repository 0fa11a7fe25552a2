"""SpaceLocks: keeping others from booking or changing a space for a while."""

import asyncio
from collections.abc import Iterable
from contextlib import AsyncExitStack
from datetime import timedelta
from weakref import WeakValueDictionary

from application.ports.unit_of_work import Unavailable
from domain.ids import SpaceId


class SpaceLocks:
    """One lock for each space that is locked or waited for just now."""

    def __init__(self, longest_wait: timedelta) -> None:
        self._longest_wait = longest_wait
        # Held by whoever has or awaits it. A lock that outlived them would stay bound to their
        # event loop.
        self._locks: WeakValueDictionary[SpaceId, asyncio.Lock] = WeakValueDictionary()

    async def hold(self, space_ids: Iterable[SpaceId], until_closed: AsyncExitStack) -> None:
        """Lock those spaces, always in the same order, until the stack is closed.

        Raises Unavailable when others keep them for too long.
        """
        try:
            async with asyncio.timeout(self._longest_wait.total_seconds()):
                for space_id in sorted(space_ids):
                    lock = self._locks.setdefault(space_id, asyncio.Lock())
                    await until_closed.enter_async_context(lock)
        except TimeoutError:
            raise Unavailable("Others are changing the same space for too long.") from None
