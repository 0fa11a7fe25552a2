"""Ids: where new ids come from."""

from typing import Protocol
from uuid import UUID


class Ids(Protocol):
    """Makes ids that are unique everywhere and sort by the time they were made (UUIDv7)."""

    def new(self) -> UUID:
        """One more id."""
        ...
