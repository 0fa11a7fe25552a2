"""MemoryStore: a house's data in memory, and the units of work that read and change it."""

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

    For any number of tasks of one event loop, but not for several threads. `longest_wait` is how
    long a unit of work waits for what another one has locked. `reports` and `log_ins` are
    the ports of those names on it.

        store = MemoryStore()
        async with store.unit_of_work() as uow:
            uow.spaces.add(space)
            await uow.commit()
    """

    def __init__(self, *, longest_wait: timedelta = timedelta(seconds=3)) -> None:
        self._state = State()
        self._locks = Locks(longest_wait)
        self.reports = MemoryReports(self._state)
        self.session_lookup = MemorySessionLookup(self._state)

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[MemoryUnitOfWork]:
        """Open a unit of work; what it has not committed when the block is left is forgotten."""
        async with AsyncExitStack() as until_left:
            yield MemoryUnitOfWork(self._state, self._locks, until_left)
