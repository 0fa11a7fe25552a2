"""UnitOfWork: reads and writes of a use case, committed all or nothing."""

from collections.abc import Collection
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from application.ports.audit_log import AuditLog
from application.ports.bookings import Bookings
from application.ports.calendar_feeds import CalendarFeeds
from application.ports.checkouts import Checkouts
from application.ports.handled_events import HandledEvents
from application.ports.idempotency_keys import IdempotencyKeys
from application.ports.invoices import Invoices
from application.ports.jobs import Jobs
from application.ports.ledger import Ledger
from application.ports.members import Members
from application.ports.occupancy_logs import OccupancyLogs
from application.ports.password_resets import PasswordResets
from application.ports.refresh_sessions import RefreshSessions
from application.ports.refunds import Refunds
from application.ports.schedules import Schedules
from application.ports.spaces import Spaces
from application.ports.subscriptions import Subscriptions
from application.ports.task_leases import TaskLeases
from application.ports.users import Users
from domain.ids import SpaceId


class Stale(Exception):
    """Data that this unit of work relies on was changed concurrently.

    Nothing was stored. The use case has to read again; `retry_on_conflict` repeats it.
    """


class Unavailable(Exception):
    """The store cannot be reached, or did not respond in time.

    When the connection breaks during a commit, it is unknown whether the commit took effect; in any
    other case nothing was stored.
    """


class UnitOfWork(Protocol):
    """Optimistic: it reads without locks, and commits only if the data read is unchanged.

    Reads return committed data. Writes are collected, in any order, until `commit` applies all of
    them or none. Leaving the block without a commit discards them. Any method may raise
    Unavailable.
    """

    @property
    def users(self) -> Users: ...
    @property
    def members(self) -> Members: ...
    @property
    def refresh_sessions(self) -> RefreshSessions: ...
    @property
    def password_resets(self) -> PasswordResets: ...
    @property
    def audit_log(self) -> AuditLog: ...
    @property
    def spaces(self) -> Spaces: ...
    @property
    def schedules(self) -> Schedules: ...
    @property
    def bookings(self) -> Bookings: ...
    @property
    def subscriptions(self) -> Subscriptions: ...
    @property
    def invoices(self) -> Invoices: ...
    @property
    def refunds(self) -> Refunds: ...
    @property
    def occupancy_logs(self) -> OccupancyLogs: ...
    @property
    def calendar_feeds(self) -> CalendarFeeds: ...
    @property
    def checkouts(self) -> Checkouts: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def handled_events(self) -> HandledEvents: ...
    @property
    def idempotency_keys(self) -> IdempotencyKeys: ...
    @property
    def jobs(self) -> Jobs: ...
    @property
    def task_leases(self) -> TaskLeases: ...

    async def lock_space(self, space_id: SpaceId) -> None:
        """Block additions of bookings and changes to the space until the block is left.

        For changes of a space that depend on all of its bookings, which no version can guard. Waits
        for the lock; raises Unavailable after a few seconds.
        """
        ...

    async def lock_spaces(self, space_ids: Collection[SpaceId]) -> None:
        """Lock several spaces as `lock_space` does, always in the same order.

        The order prevents a deadlock between units of work that lock the same spaces.
        """
        ...

    async def lock_super_admins(self) -> None:
        """Hold the lock on the set of super admins until the block is left.

        For changes that may leave one active super admin fewer. No version can guard them, because
        each of two concurrent changes may concern another user. Waits as `lock_space` does.
        """
        ...

    async def lock_invoice_numbers(self) -> None:
        """Hold the lock on invoice numbers until the block is left.

        Numbers are assigned one after the other, without blocking anything else.
        """
        ...

    async def commit(self) -> None:
        """Apply all writes or none. Raises Stale when one of them no longer applies."""
        ...


class UnitOfWorkFactory(Protocol):
    """Opens a unit of work for the duration of a block."""

    def __call__(self) -> AbstractAsyncContextManager[UnitOfWork]: ...
