"""MemorySpaces: spaces and their history in memory."""

from collections import Counter
from collections.abc import Sequence
from heapq import nsmallest

from adapters.memory.checkpoint import checkpoint
from adapters.memory.state import State
from adapters.memory.write_set import WriteSet
from application.ports.spaces import SpaceFilter
from domain.ids import SpaceId
from domain.space_history import SpaceVersion
from domain.spaces import Space, SpaceType


class MemorySpaces:
    """Implements application.ports.spaces.Spaces."""

    def __init__(self, state: State, write_set: WriteSet) -> None:
        self._state = state
        self._write_set = write_set

    async def get(self, space_id: SpaceId) -> Space | None:
        await checkpoint()
        return self._state.spaces.get(space_id)

    async def list(
        self, criteria: SpaceFilter, *, after: SpaceId | None, limit: int
    ) -> Sequence[Space]:
        await checkpoint()
        return list_spaces(self._state, criteria, after, limit)

    async def count_active_by_type(self) -> dict[SpaceType, int]:
        await checkpoint()
        return dict(Counter(s.space_type for s in self._state.spaces.all() if s.is_active))

    def add(self, space: Space) -> None:
        self._write_set.insert(self._state.spaces, space)
        self._write_set.insert(self._state.space_history, SpaceVersion.of(space))

    def save(self, space: Space) -> None:
        self._write_set.next_version(self._state.spaces, space)
        self._write_set.insert(self._state.space_history, SpaceVersion.of(space))
        self._write_set.affected_spaces.add(space.id)


def list_spaces(
    state: State, criteria: SpaceFilter, after: SpaceId | None, limit: int
) -> Sequence[Space]:
    """Return up to `limit` matching spaces after `after`, oldest first: ids are ascending."""
    matches = (
        space
        for space in state.spaces.all()
        if (after is None or space.id > after) and _matches(space, criteria)
    )
    return nsmallest(limit, matches, key=lambda space: space.id)


def _matches(space: Space, criteria: SpaceFilter) -> bool:
    return (
        criteria.space_type in {None, space.space_type}
        and criteria.is_active in {None, space.is_active}
        and (criteria.min_capacity is None or space.capacity >= criteria.min_capacity)
    )
