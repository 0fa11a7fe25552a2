"""Clock: what time it is."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The only source of the present for use cases, so that tests can set it."""

    def now(self) -> datetime:
        """The present, aware and in UTC."""
        ...
