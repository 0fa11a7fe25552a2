"""RunJobs: run the due jobs, one at a time."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from application.jobs.job import Job, JobHandler, PermanentFailure
from application.ports.clock import Clock
from application.ports.unit_of_work import Stale, Unavailable, UnitOfWorkFactory
from domain.backoff import backoff

TIME_LIMIT = timedelta(seconds=30)
"""After this a handler is cancelled."""
LEASE = timedelta(seconds=60)
"""After this any worker may claim the job again.

Longer than TIME_LIMIT, so that a worker whose database is away has time to store the outcome.
"""
MAX_ATTEMPTS = 25
"""About half a day; then the job fails permanently."""
FIRST_DELAY = timedelta(seconds=2)
MAX_DELAY = timedelta(hours=1)
MAX_ERROR_LENGTH = 500
_STORE_RETRY_DELAY = timedelta(seconds=0.5)

Sleep = Callable[[float], Awaitable[None]]
_log = logging.getLogger(__name__)


class RunJobs:
    """Claim the job that has been due for longest, run it, and store its outcome.

    Claims only kinds that it has a handler for, so that jobs of a newer release wait for a newer
    worker. The outcome is stored only while the job is still leased to this worker.
    """

    def __init__(
        self,
        unit_of_work: UnitOfWorkFactory,
        clock: Clock,
        handlers: Mapping[str, JobHandler],
        *,
        sleep: Sleep = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._handlers = handlers
        self._sleep = sleep
        self._chance = chance

    async def __call__(self) -> int:
        """Return the number of jobs run: 1, or 0 when none was due."""
        if not self._handlers:
            return 0
        async with self._unit_of_work() as uow:
            job = await uow.jobs.claim(self._handlers.keys(), at=self._clock.now(), lease=LEASE)
        if job is None:
            return 0
        await self._store(await self._outcome(job), lease_ends_at=job.due_at)
        return 1

    async def _outcome(self, job: Job) -> Job:
        """Run the job. Returns its next version."""
        if job.attempts > MAX_ATTEMPTS:
            error = (
                "Exceeded the maximum number of attempts; the worker crashed or was killed each "
                "time."
            )
            return job.failed(error, at=self._clock.now())
        try:
            async with asyncio.timeout(TIME_LIMIT.total_seconds()):
                await self._handlers[job.kind](job)
        except PermanentFailure as error:
            return self._failed(job, error)
        except Exception as error:
            # The job and the reason are kept, whatever the exception.
            if job.attempts >= MAX_ATTEMPTS:
                return self._failed(job, error)
            delay = retry_delay(job.attempts, self._chance())
            _log.warning("Job %s failed and will be retried: %s", job.id, _text_of(error))
            return job.rescheduled(_text_of(error), until=self._clock.now() + delay)
        return job.finished(at=self._clock.now())

    def _failed(self, job: Job, error: Exception) -> Job:
        _log.error("Job %s failed permanently: %s", job.id, _text_of(error))
        return job.failed(_text_of(error), at=self._clock.now())

    async def _store(self, outcome: Job, *, lease_ends_at: datetime) -> None:
        """Store the outcome. Retries until the lease ends while the database is unavailable."""
        while True:
            try:
                async with self._unit_of_work() as uow:
                    uow.jobs.save(outcome)
                    await uow.commit()
            except Stale:
                await self._log_lost_lease(outcome)
                return
            except Unavailable:
                if self._clock.now() + _STORE_RETRY_DELAY >= lease_ends_at:
                    raise
                await self._sleep(_STORE_RETRY_DELAY.total_seconds())
            else:
                return

    async def _log_lost_lease(self, outcome: Job) -> None:
        """Log that another worker claimed the job, unless an earlier attempt stored the outcome."""
        async with self._unit_of_work() as uow:
            current = await uow.jobs.get(outcome.id)
        if current != outcome:
            _log.warning("Job %s was claimed again before its outcome was stored.", outcome.id)


def retry_delay(attempts: int, chance: float) -> timedelta:
    """Return the backoff after that many attempts with jitter, from half to all of it.

    Jitter keeps jobs that failed together from being retried together. `chance` is from 0 to 1.
    """
    return backoff(attempts, first_delay=FIRST_DELAY, max_delay=MAX_DELAY) * (0.5 + chance / 2)


def _text_of(error: Exception) -> str:
    """Return the error in a form that can be stored and shown."""
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return text[:MAX_ERROR_LENGTH].encode(errors="replace").decode().replace("\0", "?")
