"""Spaces: what the house has to book."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.ids import SpaceId
from domain.spaces import Space, SpaceType


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceFilter:
    """Criteria for spaces. None matches everything."""

    space_type: SpaceType | None = None
    is_active: bool | None = None
    min_capacity: int | None = None


class Spaces(Protocol):
    """Reads see what is committed; writes are done by the unit of work's commit.

    With each version of a space, what it offered is kept too, for the reports (SpaceVersion).
    """

    async def get(self, space_id: SpaceId) -> Space | None:
        """The space with that id, active or not."""
        ...

    async def list(
        self, criteria: SpaceFilter, *, after: SpaceId | None, limit: int
    ) -> Sequence[Space]:
        """Return up to `limit` matching spaces after `after`, in the order they were made."""
        ...

    async def count_active_by_type(self) -> dict[SpaceType, int]:
        """How many spaces of each type are active; a type without any may be left out."""
        ...

    def add(self, space: Space) -> None:
        """Store a new space."""
        ...

    def save(self, space: Space) -> None:
        """Store the space's next version. The commit is Stale when another was stored meanwhile."""
        ...
