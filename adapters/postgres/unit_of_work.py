"""PostgresUnitOfWork: the repositories on one connection, committed together."""

from collections.abc import Collection
from functools import cached_property
from types import TracebackType
from typing import Self

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from adapters.postgres.engine.session import PostgresSession
from adapters.postgres.engine.statement import AFFECTED_ROW, Statement
from adapters.postgres.repositories.audit_log import PostgresAuditLog
from adapters.postgres.repositories.bookings import PostgresBookings
from adapters.postgres.repositories.calendar_feeds import PostgresCalendarFeeds
from adapters.postgres.repositories.checkouts import PostgresCheckouts
from adapters.postgres.repositories.handled_events import PostgresHandledEvents
from adapters.postgres.repositories.idempotency_keys import PostgresIdempotencyKeys
from adapters.postgres.repositories.invoices import PostgresInvoices
from adapters.postgres.repositories.jobs import PostgresJobs
from adapters.postgres.repositories.ledger import PostgresLedger
from adapters.postgres.repositories.members import PostgresMembers
from adapters.postgres.repositories.occupancy_logs import PostgresOccupancyLogs
from adapters.postgres.repositories.password_resets import PostgresPasswordResets
from adapters.postgres.repositories.refresh_sessions import PostgresRefreshSessions
from adapters.postgres.repositories.refunds import PostgresRefunds
from adapters.postgres.repositories.schedules import PostgresSchedules
from adapters.postgres.repositories.spaces import PostgresSpaces
from adapters.postgres.repositories.subscriptions import PostgresSubscriptions
from adapters.postgres.repositories.task_leases import PostgresTaskLeases
from adapters.postgres.repositories.users import PostgresUsers
from adapters.postgres.schema.spaces import spaces
from domain.ids import SpaceId

_LOCK_SPACE = Statement(
    sa.select(AFFECTED_ROW).where(spaces.c.id == sa.bindparam("id")).with_for_update()
)
_LOCK_SPACES = Statement(
    sa.select(AFFECTED_ROW)
    .where(spaces.c.id == sa.any_(sa.bindparam("ids", type_=pg.ARRAY(sa.Uuid))))
    # Rows are locked in the order of the sort.
    .order_by(spaces.c.id)
    .with_for_update()
)
_SUPER_ADMINS = 0x73757065727573  # "superus"; the key of an advisory lock
_LOCK_SUPER_ADMINS = Statement(
    sa.select(sa.func.pg_advisory_xact_lock(sa.literal_column(str(_SUPER_ADMINS))))
)

_INVOICE_NUMBERS = 0x696E766F696365  # "invoice"
_LOCK_INVOICE_NUMBERS = Statement(
    sa.select(sa.func.pg_advisory_xact_lock(sa.literal_column(str(_INVOICE_NUMBERS))))
)


class PostgresUnitOfWork:
    """Implements application.ports.unit_of_work.UnitOfWork on a `PostgresSession`.

    A repository is created when it is first used: a request needs four of nineteen.
    """

    def __init__(self, session: PostgresSession) -> None:
        self._session = session

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._session.release()

    async def lock_space(self, space_id: SpaceId) -> None:
        """Lock the space's row; adding a booking takes a weaker lock on it, and so waits."""
        await self._session.lock(_LOCK_SPACE, id=space_id)

    async def lock_spaces(self, space_ids: Collection[SpaceId]) -> None:
        """Lock several spaces as `lock_space` does, always in the same order."""
        await self._session.lock(_LOCK_SPACES, ids=list(space_ids))

    async def lock_super_admins(self) -> None:
        """Take an advisory lock: no row stands for the set of super admins."""
        await self._session.lock(_LOCK_SUPER_ADMINS)

    async def lock_invoice_numbers(self) -> None:
        """Take an advisory lock: no row stands for the next number."""
        await self._session.lock(_LOCK_INVOICE_NUMBERS)

    async def commit(self) -> None:
        """Apply all writes or none. Raises Stale, Unavailable."""
        await self._session.commit()

    @cached_property
    def users(self) -> PostgresUsers:
        return PostgresUsers(self._session)

    @cached_property
    def members(self) -> PostgresMembers:
        return PostgresMembers(self._session)

    @cached_property
    def refresh_sessions(self) -> PostgresRefreshSessions:
        return PostgresRefreshSessions(self._session)

    @cached_property
    def password_resets(self) -> PostgresPasswordResets:
        return PostgresPasswordResets(self._session)

    @cached_property
    def audit_log(self) -> PostgresAuditLog:
        return PostgresAuditLog(self._session)

    @cached_property
    def spaces(self) -> PostgresSpaces:
        return PostgresSpaces(self._session)

    @cached_property
    def schedules(self) -> PostgresSchedules:
        return PostgresSchedules(self._session)

    @cached_property
    def bookings(self) -> PostgresBookings:
        return PostgresBookings(self._session)

    @cached_property
    def subscriptions(self) -> PostgresSubscriptions:
        return PostgresSubscriptions(self._session)

    @cached_property
    def invoices(self) -> PostgresInvoices:
        return PostgresInvoices(self._session)

    @cached_property
    def refunds(self) -> PostgresRefunds:
        return PostgresRefunds(self._session)

    @cached_property
    def occupancy_logs(self) -> PostgresOccupancyLogs:
        return PostgresOccupancyLogs(self._session)

    @cached_property
    def calendar_feeds(self) -> PostgresCalendarFeeds:
        return PostgresCalendarFeeds(self._session)

    @cached_property
    def checkouts(self) -> PostgresCheckouts:
        return PostgresCheckouts(self._session)

    @cached_property
    def ledger(self) -> PostgresLedger:
        return PostgresLedger(self._session)

    @cached_property
    def handled_events(self) -> PostgresHandledEvents:
        return PostgresHandledEvents(self._session)

    @cached_property
    def idempotency_keys(self) -> PostgresIdempotencyKeys:
        return PostgresIdempotencyKeys(self._session)

    @cached_property
    def jobs(self) -> PostgresJobs:
        return PostgresJobs(self._session)

    @cached_property
    def task_leases(self) -> PostgresTaskLeases:
        return PostgresTaskLeases(self._session)
