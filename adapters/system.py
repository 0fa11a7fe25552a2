"""The machine's own clock, and ids made from it."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock
from uuid import UUID

from adapters.uuid7 import RANDOM_BITS, uuid7

_LARGEST_STEP_BITS = 32
_BYTES_AT_ONCE = 1024


class SystemClock:
    """The port Clock."""

    def now(self) -> datetime:
        """The present, in UTC."""
        return datetime.now(UTC)


class UuidV7Ids:
    """The port Ids: UUIDv7 as in RFC 9562, each greater than all that this one made before.

    So also within a millisecond and when the clock is set back: then the random part, taken as a
    number, goes up by a random step (the RFC's method 2), and at its end into the next millisecond.
    May be used from several threads. `time_ns` is the Unix time in nanoseconds.
    """

    def __init__(self, time_ns: Callable[[], int] = time.time_ns) -> None:
        self._time_ns = time_ns
        self._last = 0
        self._lock = Lock()
        self._random = b""
        # Two processes with the same bytes in hand would make the same ids.
        os.register_at_fork(after_in_child=self._forget_bytes)

    def new(self) -> UUID:
        """One more id."""
        with self._lock:
            milliseconds = self._time_ns() // 1_000_000
            if milliseconds > self._last >> RANDOM_BITS:
                self._last = milliseconds << RANDOM_BITS | self._bits(RANDOM_BITS)
            else:
                self._last += 1 + self._bits(_LARGEST_STEP_BITS)
            return uuid7(self._last >> RANDOM_BITS, self._last)

    def _bits(self, count: int) -> int:
        """A random number of so many bits.

        The system is asked for many at once: to ask takes longer than all else there is to do here.
        """
        size = -(-count // 8)
        if len(self._random) < size:
            self._random = os.urandom(_BYTES_AT_ONCE)
        taken, self._random = self._random[:size], self._random[size:]
        return int.from_bytes(taken) >> (size * 8 - count)

    def _forget_bytes(self) -> None:
        self._random = b""
