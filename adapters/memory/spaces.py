"""MemorySpaces: the spaces of the house in memory."""

from collections import Counter
from collections.abc import Sequence
from heapq import nsmallest

from adapters.memory.give_way import give_way
from adapters.memory.notes import Notes
from adapters.memory.state import State
from application.ports.spaces import SpaceFilter
from domain.ids import SpaceId
from domain.space_history import SpaceVersion
from domain.spaces import Space, SpaceType


class MemorySpaces:
    """The port Spaces."""

    def __init__(self, state: State, notes: Notes) -> None:
        self._state = state
        self._notes = notes

    async def get(self, space_id: SpaceId) -> Space | None:
        await give_way()
        return self._state.spaces.get(space_id)

    async def list(
        self, wanted: SpaceFilter, *, after: SpaceId | None, limit: int
    ) -> Sequence[Space]:
        await give_way()
        return list_spaces(self._state, wanted, after, limit)

    async def count_active_by_type(self) -> dict[SpaceType, int]:
        await give_way()
        return dict(Counter(s.space_type for s in self._state.spaces.all() if s.is_active))

    def add(self, space: Space) -> None:
        self._notes.insert(self._state.spaces, space)
        self._notes.insert(self._state.space_history, SpaceVersion.of(space))

    def save(self, space: Space) -> None:
        self._notes.next_version(self._state.spaces, space)
        self._notes.insert(self._state.space_history, SpaceVersion.of(space))
        self._notes.affected_spaces.add(space.id)


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
