"""The system clock, and time-ordered ids generated from it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from secrets import randbits
from threading import Lock
from uuid import UUID

from adapters.uuid7 import RANDOM_BITS, uuid7

_MAX_STEP_BITS = 32


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

    def new(self) -> UUID:
        """Return a new id."""
        with self._lock:
            milliseconds = self._time_ns() // 1_000_000
            if milliseconds > self._last >> RANDOM_BITS:
                self._last = milliseconds << RANDOM_BITS | randbits(RANDOM_BITS)
            else:
                self._last += 1 + randbits(_MAX_STEP_BITS)
            return uuid7(self._last >> RANDOM_BITS, self._last)
