"""MemoryStore: the data of a house in memory, and its units of work."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from adapters.memory.locks import Locks
from adapters.memory.reports import MemoryReports
from adapters.memory.session_lookup import MemorySessionLookup
from adapters.memory.state import State
from adapters.memory.unit_of_work import MemoryUnitOfWork


class MemoryStore:
    """Empty at first; its `unit_of_work` is a UnitOfWorkFactory.

    For any number of tasks of one event loop, but not for several threads. `max_wait` limits the
    time that a unit of work waits for a lock. `reports` and `session_lookup` are the ports
    Reports and SessionLookup on this store.

        store = MemoryStore()
        async with store.unit_of_work() as uow:
            uow.spaces.add(space)
            await uow.commit()
    """

    def __init__(self, *, max_wait: timedelta = timedelta(seconds=3)) -> None:
        self._state = State()
        self._locks = Locks(max_wait)
        self.reports = MemoryReports(self._state)
        self.session_lookup = MemorySessionLookup(self._state)

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[MemoryUnitOfWork]:
        """Open a unit of work; leaving the block discards uncommitted writes."""
        async with AsyncExitStack() as exit_stack:
            yield MemoryUnitOfWork(self._state, self._locks, exit_stack)
