"""MemorySpaces: the spaces of the house in memory."""

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
    """The port Spaces."""

    def __init__(self, state: State, notes: WriteSet) -> None:
        self._state = state
        self._write_set = notes

    async def get(self, space_id: SpaceId) -> Space | None:
        await checkpoint()
        return self._state.spaces.get(space_id)

    async def list(
        self, wanted: SpaceFilter, *, after: SpaceId | None, limit: int
    ) -> Sequence[Space]:
        await checkpoint()
        return list_spaces(self._state, wanted, after, limit)

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
    state: State, wanted: SpaceFilter, after: SpaceId | None, limit: int
) -> Sequence[Space]:
    """At most `limit` of the wanted spaces after that one; ids are in the order of making."""
    found = (
        space
        for space in state.spaces.all()
        if (after is None or space.id > after) and _is_wanted(space, wanted)
    )
    return nsmallest(limit, found, key=lambda space: space.id)


def _is_wanted(space: Space, wanted: SpaceFilter) -> bool:
    return (
        wanted.space_type in {None, space.space_type}
        and wanted.is_active in {None, space.is_active}
        and (wanted.min_capacity is None or space.capacity >= wanted.min_capacity)
    )
