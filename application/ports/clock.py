"""Clock: the current time."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The only source of the current time for use cases, so that tests can set it."""

    def now(self) -> datetime:
        """Return the current time, aware and in UTC."""
        ...
