"""MemoryUnitOfWork: reads what is committed in memory, and commits all that it noted or nothing."""

from contextlib import AsyncExitStack

from adapters.memory.accounts import MemoryMembers, MemoryRefreshSessions, MemoryUsers
from adapters.memory.billing import MemoryInvoices, MemorySubscriptions
from adapters.memory.bookings import MemoryBookings, MemoryOccupancyLogs
from adapters.memory.give_way import give_way
from adapters.memory.notes import Notes
from adapters.memory.schedules import MemorySchedules
from adapters.memory.space_locks import SpaceLocks
from adapters.memory.spaces import MemorySpaces
from adapters.memory.state import State
from domain.ids import SpaceId


class MemoryUnitOfWork:
    """The port UnitOfWork. `MemoryStore.unit_of_work` opens one.

    A row that names another which does not exist makes the commit raise MissingReference.
    """

    def __init__(self, state: State, locks: SpaceLocks, until_left: AsyncExitStack) -> None:
        self._notes = notes = Notes()
        self._locks = locks
        self._until_left = until_left
        self._locked: set[SpaceId] = set()
        self.users = MemoryUsers(state, notes)
        self.members = MemoryMembers(state, notes)
        self.refresh_sessions = MemoryRefreshSessions(state, notes)
        self.spaces = MemorySpaces(state, notes)
        self.schedules = MemorySchedules(state)
        self.bookings = MemoryBookings(state, notes)
        self.subscriptions = MemorySubscriptions(state, notes)
        self.invoices = MemoryInvoices(state, notes)
        self.occupancy_logs = MemoryOccupancyLogs(state, notes)

    async def lock_space(self, space_id: SpaceId) -> None:
        """Keep others from adding bookings to the space, or changing it, until the block is left.

        Raises Unavailable when others hold it for too long.
        """
        await give_way()
        if space_id not in self._locked:
            await self._locks.hold([space_id], self._until_left)
            self._locked.add(space_id)

    async def commit(self) -> None:
        """Do all noted writes or none; the notes are used up either way.

        Raises Stale when one of them no longer applies, and Unavailable when another keeps a space
        locked, that they concern, for too long.
        """
        await give_way()
        try:
            async with AsyncExitStack() as until_applied:
                others = self._notes.concerned_spaces - self._locked
                await self._locks.hold(others, until_applied)
                self._notes.apply()
        finally:
            self._notes.clear()
