"""Scripted faults: which API calls fail, and how."""

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from threading import Lock


class FaultKind(StrEnum):
    """How a call fails. `_BEFORE`: it is not executed. `_AFTER`: only its response is lost."""

    TIMEOUT_BEFORE = "timeout_before"
    TIMEOUT_AFTER = "timeout_after"
    RESET_BEFORE = "reset_before"
    RESET_AFTER = "reset_after"
    RATE_LIMIT = "rate_limit"
    SERVER_ERROR = "server_error"
    SERVER_ERROR_AFTER = "server_error_after"
    SERVER_ERROR_SAVED = "server_error_kept"
    """The call is not executed, and the error is saved as the response of its idempotency key."""
    SLOW = "slow"
    """The call takes `seconds`; its idempotency key is in use meanwhile."""


@dataclass
class Fault:
    """Makes `times` matching calls fail, from the `nth` on.

    `path` may hold `*`: `/v1/refunds`, `/v1/checkout/sessions/*/expire`.
    """

    kind: FaultKind
    method: str = "*"
    path: str = "*"
    nth: int = 1
    times: int = 1
    seconds: float = 0.5
    match_count: int = 0
    """Number of calls that have matched so far."""

    def count_match(self, method: str, path: str) -> bool:
        """Count the call if it matches. Returns whether this fault applies to it."""
        if not (fnmatchcase(method, self.method) and fnmatchcase(path, self.path)):
            return False
        self.match_count += 1
        return self.nth <= self.match_count < self.nth + self.times


class FaultScript:
    """The faults in the order they were added; the first that applies to a call wins."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Append a fault."""
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Remove all faults."""
        with self._lock:
            self._faults.clear()

    def fault_for(self, method: str, path: str) -> Fault | None:
        """Return the fault that applies to this call, or None. Every matching fault counts it."""
        with self._lock:
            faults = [fault for fault in self._faults if fault.count_match(method, path)]
        return faults[0] if faults else None
