"""MemoryUnitOfWork: reads what is committed in memory, and commits all that it noted or nothing."""

from collections.abc import Collection
from contextlib import AsyncExitStack
from uuid import UUID

from adapters.memory.audit_log import MemoryAuditLog
from adapters.memory.bookings import MemoryBookings
from adapters.memory.calendar_feeds import MemoryCalendarFeeds
from adapters.memory.checkouts import MemoryCheckouts
from adapters.memory.checkpoint import checkpoint
from adapters.memory.handled_events import MemoryHandledEvents
from adapters.memory.idempotency_keys import MemoryIdempotencyKeys
from adapters.memory.invoices import MemoryInvoices
from adapters.memory.jobs import MemoryJobs
from adapters.memory.ledger import MemoryLedger
from adapters.memory.locks import Locks
from adapters.memory.members import MemoryMembers
from adapters.memory.occupancy_logs import MemoryOccupancyLogs
from adapters.memory.password_resets import MemoryPasswordResets
from adapters.memory.refresh_sessions import MemoryRefreshSessions
from adapters.memory.refunds import MemoryRefunds
from adapters.memory.schedules import MemorySchedules
from adapters.memory.spaces import MemorySpaces
from adapters.memory.state import State
from adapters.memory.subscriptions import MemorySubscriptions
from adapters.memory.task_leases import MemoryTaskLeases
from adapters.memory.users import MemoryUsers
from adapters.memory.write_set import WriteSet
from domain.ids import SpaceId

_SUPER_ADMINS = UUID(int=0)
"""What stands for all of them among the locks; nothing else has this id."""
_INVOICE_NUMBERS = UUID(int=1)


class MemoryUnitOfWork:
    """The port UnitOfWork. `MemoryStore.unit_of_work` opens one.

    A row that names another which does not exist makes the commit raise MissingReference.
    """

    def __init__(self, state: State, locks: Locks, until_left: AsyncExitStack) -> None:
        self._write_set = notes = WriteSet()
        self._locks = locks
        self._until_left = until_left
        self._locked: set[UUID] = set()
        self.users = MemoryUsers(state, notes)
        self.members = MemoryMembers(state, notes)
        self.refresh_sessions = MemoryRefreshSessions(state, notes)
        self.password_resets = MemoryPasswordResets(state, notes)
        self.audit_log = MemoryAuditLog(state, notes)
        self.spaces = MemorySpaces(state, notes)
        self.schedules = MemorySchedules(state)
        self.bookings = MemoryBookings(state, notes)
        self.subscriptions = MemorySubscriptions(state, notes)
        self.invoices = MemoryInvoices(state, notes)
        self.refunds = MemoryRefunds(state, notes)
        self.occupancy_logs = MemoryOccupancyLogs(state, notes)
        self.calendar_feeds = MemoryCalendarFeeds(state, notes)
        self.checkouts = MemoryCheckouts(state, notes)
        self.ledger = MemoryLedger(state, notes)
        self.handled_events = MemoryHandledEvents(state, notes)
        self.idempotency_keys = MemoryIdempotencyKeys(state, notes)
        self.jobs = MemoryJobs(state, notes)
        self.task_leases = MemoryTaskLeases(state)

    async def lock_space(self, space_id: SpaceId) -> None:
        """Keep others from adding bookings to the space, or changing it, until the block is left.

        Raises Unavailable when others hold it for too long.
        """
        await self._lock(space_id)

    async def lock_spaces(self, space_ids: Collection[SpaceId]) -> None:
        """As `lock_space`, for several, always in the same order."""
        for space_id in sorted(space_ids):
            await self._lock(space_id)

    async def lock_super_admins(self) -> None:
        """Keep others who ask for this lock waiting until the block is left.

        Raises Unavailable when others hold it for too long.
        """
        await self._lock(_SUPER_ADMINS)

    async def lock_invoice_numbers(self) -> None:
        """Keep others who ask for this lock waiting until the block is left."""
        await self._lock(_INVOICE_NUMBERS)

    async def commit(self) -> None:
        """Do all noted writes or none; the notes are used up either way.

        Raises Stale when one of them no longer applies, and Unavailable when another keeps a space
        locked, that they concern, for too long.
        """
        await checkpoint()
        try:
            async with AsyncExitStack() as until_applied:
                others = self._write_set.concerned_spaces - self._locked
                await self._locks.hold(others, until_applied)
                self._write_set.apply()
        finally:
            self._write_set.clear()

    async def _lock(self, what: UUID) -> None:
        await checkpoint()
        if what not in self._locked:
            await self._locks.hold([what], self._until_left)
            self._locked.add(what)
