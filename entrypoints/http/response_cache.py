"""ResponseCache: stores the bodies of expensive responses until the data they show changes."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable

from application.common.singleflight import Singleflight

MAX_ENTRIES = 64
Create = Callable[[], Awaitable[tuple[Hashable, bytes]]]
"""Reads the version token, and then the body: a body may be newer than its token, never older."""


class ResponseCache:
    """A least-recently-used cache of up to MAX_ENTRIES response bodies."""

    def __init__(self) -> None:
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()

    async def get(self, key: Hashable, version_token: Hashable, create: Create) -> bytes:
        """Return the body for the key: the stored one if its token is equal, otherwise a new one.

        Equal tokens mean equal bodies. Concurrent calls for the same key share one creation.
        """
        entry = self._entries.setdefault(key, _Entry(create))
        self._entries.move_to_end(key)
        if len(self._entries) > MAX_ENTRIES:
            self._entries.popitem(last=False)
        return entry.body if entry.version_token == version_token else await entry.renew()


class _Entry:
    def __init__(self, create: Create) -> None:
        self.version_token: Hashable = None
        self.body = b""
        self.renew = Singleflight(self._renew)
        self._create = create

    async def _renew(self) -> bytes:
        self.version_token, self.body = await self._create()
        return self.body
