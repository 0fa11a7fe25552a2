"""Ids: the generator of ids."""

from typing import Protocol
from uuid import UUID


class Ids(Protocol):
    """Generates globally unique ids that sort by creation time (UUIDv7)."""

    def new(self) -> UUID:
        """Return a new id."""
        ...
