"""MemoryUnitOfWork: reads committed data in memory, and commits all its writes or none."""

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
"""The id of their lock; no object has it."""
_INVOICE_NUMBERS = UUID(int=1)


class MemoryUnitOfWork:
    """The port UnitOfWork. `MemoryStore.unit_of_work` opens one.

    The commit raises MissingReference when a row references one that does not exist.
    """

    def __init__(self, state: State, locks: Locks, exit_stack: AsyncExitStack) -> None:
        self._write_set = write_set = WriteSet()
        self._locks = locks
        self._exit_stack = exit_stack
        self._locked: set[UUID] = set()
        self.users = MemoryUsers(state, write_set)
        self.members = MemoryMembers(state, write_set)
        self.refresh_sessions = MemoryRefreshSessions(state, write_set)
        self.password_resets = MemoryPasswordResets(state, write_set)
        self.audit_log = MemoryAuditLog(state, write_set)
        self.spaces = MemorySpaces(state, write_set)
        self.schedules = MemorySchedules(state)
        self.bookings = MemoryBookings(state, write_set)
        self.subscriptions = MemorySubscriptions(state, write_set)
        self.invoices = MemoryInvoices(state, write_set)
        self.refunds = MemoryRefunds(state, write_set)
        self.occupancy_logs = MemoryOccupancyLogs(state, write_set)
        self.calendar_feeds = MemoryCalendarFeeds(state, write_set)
        self.checkouts = MemoryCheckouts(state, write_set)
        self.ledger = MemoryLedger(state, write_set)
        self.handled_events = MemoryHandledEvents(state, write_set)
        self.idempotency_keys = MemoryIdempotencyKeys(state, write_set)
        self.jobs = MemoryJobs(state, write_set)
        self.task_leases = MemoryTaskLeases(state)

    async def lock_space(self, space_id: SpaceId) -> None:
        """Block additions of bookings and changes to the space until the block is left.

        Raises Unavailable when another unit of work holds the lock for too long.
        """
        await self._lock(space_id)

    async def lock_spaces(self, space_ids: Collection[SpaceId]) -> None:
        """Lock several spaces as `lock_space` does, always in the same order."""
        for space_id in sorted(space_ids):
            await self._lock(space_id)

    async def lock_super_admins(self) -> None:
        """Hold the lock on the set of super admins until the block is left.

        Raises Unavailable when another unit of work holds the lock for too long.
        """
        await self._lock(_SUPER_ADMINS)

    async def lock_invoice_numbers(self) -> None:
        """Hold the lock on invoice numbers until the block is left."""
        await self._lock(_INVOICE_NUMBERS)

    async def commit(self) -> None:
        """Apply all writes or none; they are cleared either way.

        Raises Stale when one of them no longer applies, and Unavailable when another unit of work
        locks an affected space for too long.
        """
        await checkpoint()
        try:
            async with AsyncExitStack() as exit_stack:
                unlocked = self._write_set.affected_spaces - self._locked
                await self._locks.hold(unlocked, exit_stack)
                self._write_set.apply()
        finally:
            self._write_set.clear()

    async def _lock(self, lock_id: UUID) -> None:
        await checkpoint()
        if lock_id not in self._locked:
            await self._locks.hold([lock_id], self._exit_stack)
            self._locked.add(lock_id)
