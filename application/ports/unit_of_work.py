"""UnitOfWork: optimistic: it reads without locks, and writes only if what it read still holds."""

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
    """Something that this unit of work relies on was changed by another one meanwhile.

    Nothing was stored. Reading again shows what is true now; `retry_on_conflict` does that.
    """


class Unavailable(Exception):
    """The store cannot be reached, or is too busy to answer in time.

    When the connection breaks while a commit is under way, nobody can tell whether it was done; in
    any other case nothing was stored.
    """


class UnitOfWork(Protocol):
    """Optimistic: it reads without locks, and writes only if what it read still holds.

    Reads answer at once with what is committed. Writes are only noted, in any order, until `commit`
    does all of them or none. Leaving the block without a commit leaves nothing behind. Any method
    may raise Unavailable.
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
        """Keep others from adding bookings to the space, or changing it, until the block is left.

        For changes of a space that depend on all of its bookings, which no version can guard. Waits
        for whoever holds the lock; raises Unavailable after a few seconds of that.
        """
        ...

    async def lock_spaces(self, space_ids: Collection[SpaceId]) -> None:
        """As `lock_space`, for several, always in the same order.

        So units of work that want the same spaces wait for one another in turn, and never in a
        circle.
        """
        ...

    async def lock_super_admins(self) -> None:
        """Keep others who ask for this lock waiting until the block is left.

        For changes after which there may be one active super admin less, which no version can
        guard, because each may leave another one. Waits as `lock_space` does.
        """
        ...

    async def lock_invoice_numbers(self) -> None:
        """Keep others who ask for this lock waiting until the block is left.

        So that numbers are given one after the other, without holding up anything else.
        """
        ...

    async def commit(self) -> None:
        """Do all noted writes or none. Raises Stale when one of them no longer applies."""
        ...


class UnitOfWorkFactory(Protocol):
    """Opens a unit of work for the time of a block."""

    def __call__(self) -> AbstractAsyncContextManager[UnitOfWork]: ...
