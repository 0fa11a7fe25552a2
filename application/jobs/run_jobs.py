"""RunJobs: doing what was noted to be done, one job at a time."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from application.jobs.job import Job, JobHandler, PermanentFailure
from application.ports.clock import Clock
from application.ports.unit_of_work import Stale, Unavailable, UnitOfWorkFactory
from domain.backoff import backoff

TIME_LIMIT = timedelta(seconds=30)
"""A handler that is not done by then is broken off."""
LEASE = timedelta(seconds=60)
"""After so long without a word from its worker, a job is anybody's again.

That it is longer than TIME_LIMIT leaves a worker whose database is away the time to tell.
"""
MAX_ATTEMPTS = 25
"""About half a day, after which somebody has to look at it."""
FIRST_PAUSE = timedelta(seconds=2)
MAX_PAUSE = timedelta(hours=1)
MAX_ERROR_LENGTH = 500
_ASK_AGAIN = timedelta(seconds=0.5)

Sleep = Callable[[float], Awaitable[None]]
_log = logging.getLogger(__name__)


class RunJobs:
    """Take the job that has been due for longest, do it, and say what became of it.

    Only kinds that it has a handler for, so that those of a newer release wait for a newer worker.
    Its word counts only as long as the job is its own: one whose lease ran out belongs to whoever
    took it next.
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
        """How many it took: one, or none when none was due."""
        if not self._handlers:
            return 0
        async with self._unit_of_work() as uow:
            job = await uow.jobs.claim(self._handlers.keys(), at=self._clock.now(), lease=LEASE)
        if job is None:
            return 0
        await self._tell(await self._outcome(job), job)
        return 1

    async def _outcome(self, job: Job) -> Job:
        """The job as it stands after this attempt."""
        if job.attempts > MAX_ATTEMPTS:
            # Its workers died of it, or it of them, before any could say why.
            return job.given_up("No worker came to an end with it.", at=self._clock.now())
        try:
            async with asyncio.timeout(TIME_LIMIT.total_seconds()):
                await self._handlers[job.kind](job)
        except PermanentFailure as error:
            return self._given_up(job, error)
        except Exception as error:
            # Whatever it was, the job is kept, and so is the reason.
            if job.attempts >= MAX_ATTEMPTS:
                return self._given_up(job, error)
            pause = pause_after(job.attempts, self._chance())
            _log.warning("Job %s is put off: %s", job.id, _told(error))
            return job.put_off(_told(error), until=self._clock.now() + pause)
        return job.finished(at=self._clock.now())

    def _given_up(self, job: Job, error: Exception) -> Job:
        _log.error("Job %s is given up: %s", job.id, _told(error))
        return job.given_up(_told(error), at=self._clock.now())

    async def _tell(self, outcome: Job, taken: Job) -> None:
        """Store the outcome; as long as the job is ours, a database that is away is waited for."""
        while True:
            try:
                async with self._unit_of_work() as uow:
                    uow.jobs.save(outcome)
                    await uow.commit()
            except Stale:
                await self._look_why(outcome)
                return
            except Unavailable:
                if self._clock.now() + _ASK_AGAIN >= taken.due_at:
                    raise
                await self._sleep(_ASK_AGAIN.total_seconds())
            else:
                return

    async def _look_why(self, outcome: Job) -> None:
        """Somebody else has it; unless it was we, when the word came through but not the answer."""
        async with self._unit_of_work() as uow:
            present = await uow.jobs.get(outcome.id)
        if present != outcome:
            _log.warning("Job %s was taken over before it was told how it ended.", outcome.id)


def pause_after(attempts: int, chance: float) -> timedelta:
    """Return the backoff after that many attempts with jitter, from half to all of it.

    Jitter keeps jobs that failed together from being retried together. `chance` is from 0 to 1.
    """
    return backoff(attempts, first_delay=FIRST_PAUSE, max_delay=MAX_PAUSE) * (0.5 + chance / 2)


def _told(error: Exception) -> str:
    """What went wrong, as far as it can be stored and shown."""
    told = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return told[:MAX_ERROR_LENGTH].encode(errors="replace").decode().replace("\0", "?")
