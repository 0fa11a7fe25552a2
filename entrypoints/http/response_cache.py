"""ResponseCache: bodies that took long to make, given again for as long as nothing has changed."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable

from application.common.singleflight import Singleflight

MAX_ENTRIES_CACHED = 64
Make = Callable[[], Awaitable[tuple[Hashable, bytes]]]
"""Takes a stamp, and then makes a body, which so may be newer than its stamp but never older."""


class ResponseCache:
    """At most MAX_ENTRIES_CACHED, those that were asked for last. Whoever asks may have what is kept."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()

    async def get(self, key: Hashable, stamp: Hashable, make: Make) -> bytes:
        """The body for that key: the kept one when it has the stamp, else one made from now on.

        Equal stamps mean equal bodies. All who ask for the same at once share the making.
        """
        kept = self._kept.setdefault(key, _Kept(make))
        self._kept.move_to_end(key)
        if len(self._kept) > MAX_ENTRIES_CACHED:
            self._kept.popitem(last=False)
        return kept.body if kept.stamp == stamp else await kept.made_anew()


class _Kept:
    def __init__(self, make: Make) -> None:
        self.stamp: Hashable = None
        self.body = b""
        self.made_anew = Singleflight(self._make_anew)
        self._make = make

    async def _make_anew(self) -> bytes:
        self.stamp, self.body = await self._make()
        return self.body
