"""PurgeExpiredData: delete data that is no longer needed."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from application.idempotency.idempotent_request import RETENTION
from application.ports.clock import Clock
from application.ports.rate_limit_store import RateLimitStore
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory

BATCH = 1_000
JOB_RETENTION = timedelta(days=7)
"""How long a finished job is kept, and so not run again when it is enqueued again."""
SESSION_RETENTION = timedelta(days=7)
"""How long the token of an ended session is distinguished from an unknown one."""

Purge = Callable[[UnitOfWork], Awaitable[int]]


class PurgeExpiredData:
    """Delete data that is no longer needed.

    Stored responses, finished jobs, ended sessions with their used tokens, expired password reset
    links, and rate limit counts whose window has ended.
    """

    def __init__(
        self, unit_of_work: UnitOfWorkFactory, clock: Clock, rate_limit_store: RateLimitStore
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._rate_limit_store = rate_limit_store

    async def __call__(self) -> int:
        """Return the number of rows deleted."""
        now = self._clock.now()
        purges: tuple[Purge, ...] = (
            lambda uow: uow.idempotency_keys.purge(answered_before=now - RETENTION, limit=BATCH),
            lambda uow: uow.jobs.purge(finished_before=now - JOB_RETENTION, limit=BATCH),
            lambda uow: uow.refresh_sessions.purge(
                over_before=now - SESSION_RETENTION, limit=BATCH
            ),
            lambda uow: uow.password_resets.purge(expired_before=now, limit=BATCH),
            lambda _: self._rate_limit_store.purge(over_before=now, limit=BATCH),
        )
        return sum([await self._all_of(purge) for purge in purges])

    async def _all_of(self, purge: Purge) -> int:
        deleted = 0
        while True:
            async with self._unit_of_work() as uow:
                batch = await purge(uow)
            deleted += batch
            if batch < BATCH:
                return deleted
