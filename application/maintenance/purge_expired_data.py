"""PurgeExpiredData: forgetting what nothing asks for any more."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from application.idempotency.idempotent_request import RETENTION
from application.ports.clock import Clock
from application.ports.rate_limit_store import RateLimitStore
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory

BATCH = 1_000
JOBS_KEPT_FOR = timedelta(days=7)
"""So long a job that was done is remembered, and not begun anew when it is noted again."""
LOG_INS_KEPT_FOR = timedelta(days=7)
"""So long a token of a log-in that is over is still told from one that never was."""

Forget = Callable[[UnitOfWork], Awaitable[int]]


class PurgeExpiredData:
    """Delete what is past its use.

    Answers to keyed requests, jobs that are done, log-ins that are over with the tokens they used
    up, links to set a password that ran out, and counts of throttles whose window is over.
    """

    def __init__(
        self, unit_of_work: UnitOfWorkFactory, clock: Clock, rate_limit_store: RateLimitStore
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._rate_limit_store = rate_limit_store

    async def __call__(self) -> int:
        """How many were deleted."""
        now = self._clock.now()
        sweeps: tuple[Forget, ...] = (
            lambda uow: uow.idempotency_keys.purge(answered_before=now - RETENTION, limit=BATCH),
            lambda uow: uow.jobs.purge(finished_before=now - JOBS_KEPT_FOR, limit=BATCH),
            lambda uow: uow.refresh_sessions.purge(over_before=now - LOG_INS_KEPT_FOR, limit=BATCH),
            lambda uow: uow.password_resets.purge(expired_before=now, limit=BATCH),
            lambda _: self._rate_limit_store.purge(over_before=now, limit=BATCH),
        )
        return sum([await self._all_of(forget) for forget in sweeps])

    async def _all_of(self, forget: Forget) -> int:
        deleted = 0
        while True:
            async with self._unit_of_work() as uow:
                batch = await forget(uow)
            deleted += batch
            if batch < BATCH:
                return deleted
