"""The system clock, and time-ordered ids generated from it."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock
from uuid import UUID

from adapters.uuid7 import RANDOM_BITS, uuid7

_MAX_STEP_BITS = 32
_RANDOM_BUFFER_BYTES = 1024


class SystemClock:
    """Implements the port Clock."""

    def now(self) -> datetime:
        """Return the current time in UTC."""
        return datetime.now(UTC)


class UuidV7Ids:
    """Implements the port Ids with UUIDv7 (RFC 9562), each greater than all previous ones.

    This also holds within a millisecond and when the clock is set back: then the random part
    increases by a random step (method 2 of the RFC), and overflows into the next millisecond.
    Thread-safe. `time_ns` returns the Unix time in nanoseconds.
    """

    def __init__(self, time_ns: Callable[[], int] = time.time_ns) -> None:
        self._time_ns = time_ns
        self._last = 0
        self._lock = Lock()
        self._random = b""
        # Two processes with the same buffered random bytes would generate the same ids.
        os.register_at_fork(after_in_child=self._clear_buffer)

    def new(self) -> UUID:
        """Return a new id."""
        with self._lock:
            milliseconds = self._time_ns() // 1_000_000
            if milliseconds > self._last >> RANDOM_BITS:
                self._last = milliseconds << RANDOM_BITS | self._bits(RANDOM_BITS)
            else:
                self._last += 1 + self._bits(_MAX_STEP_BITS)
            return uuid7(self._last >> RANDOM_BITS, self._last)

    def _bits(self, count: int) -> int:
        """Return a random number of `count` bits.

        Random bytes are read in bulk, because the system call takes longer than the rest of `new`.
        """
        size = -(-count // 8)
        if len(self._random) < size:
            self._random = os.urandom(_RANDOM_BUFFER_BYTES)
        taken, self._random = self._random[:size], self._random[size:]
        return int.from_bytes(taken) >> (size * 8 - count)

    def _clear_buffer(self) -> None:
        self._random = b""
