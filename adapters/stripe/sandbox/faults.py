"""The fault script: which calls of the API go wrong, and how."""

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from threading import Lock


class FaultKind(StrEnum):
    """`_after`: what was asked for is done, and its answer lost."""

    TIMEOUT_BEFORE = "timeout_before"
    TIMEOUT_AFTER = "timeout_after"
    RESET_BEFORE = "reset_before"
    RESET_AFTER = "reset_after"
    RATE_LIMIT = "rate_limit"
    SERVER_ERROR = "server_error"
    SERVER_ERROR_AFTER = "server_error_after"
    SERVER_ERROR_KEPT = "server_error_kept"
    """Nothing is done, and the error is what the idempotency key is answered with from then on."""
    SLOW = "slow"
    """The call takes `seconds`; its idempotency key is in use meanwhile."""


@dataclass
class Fault:
    """One line of the script: the calls from the `nth` on that match, `times` of them.

    `path` may hold `*`: `/v1/refunds`, `/v1/checkout/sessions/*/expire`.
    """

    kind: FaultKind
    method: str = "*"
    path: str = "*"
    nth: int = 1
    times: int = 1
    seconds: float = 0.5
    met: int = 0
    """How many calls have matched."""

    def takes(self, method: str, path: str) -> bool:
        """Count the call if it matches, and tell whether it is to go wrong."""
        if not (fnmatchcase(method, self.method) and fnmatchcase(path, self.path)):
            return False
        self.met += 1
        return self.nth <= self.met < self.nth + self.times


class FaultScript:
    """All lines; the first that takes a call decides what happens to it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Write a line under the others."""
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Let every call go right again."""
        with self._lock:
            self._faults.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """What is to happen to this call, if anything."""
        with self._lock:
            taking = [fault for fault in self._faults if fault.takes(method, path)]
        return taking[0] if taking else None
