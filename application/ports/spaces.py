"""Spaces: the bookable spaces of the house."""

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
    """Reads see committed data; writes take effect with the unit of work's commit.

    Each write also stores a SpaceVersion, for the reports.
    """

    async def get(self, space_id: SpaceId) -> Space | None:
        """Return the space with that id, active or not."""
        ...

    async def list(
        self, criteria: SpaceFilter, *, after: SpaceId | None, limit: int
    ) -> Sequence[Space]:
        """Return up to `limit` matching spaces after `after`, oldest first."""
        ...

    async def count_active_by_type(self) -> dict[SpaceType, int]:
        """Return the number of active spaces of each type. Types without any may be missing."""
        ...

    def add(self, space: Space) -> None:
        """Store a new space."""
        ...

    def save(self, space: Space) -> None:
        """Store the next version. The commit raises `Stale` when another was stored meanwhile."""
        ...
