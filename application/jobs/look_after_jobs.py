"""ListJobs, RetryJobs, CountJobs: the jobs as whoever runs the house sees them."""

from collections.abc import Sequence

from application.ports.clock import Clock
from application.ports.jobs import Job, JobCounts, JobId
from application.ports.unit_of_work import UnitOfWorkFactory
from application.retry import retried_when_stale

MOST_AT_ONCE = 1_000


class ListJobs:
    """Those that were given up, or with `waiting` also those still to be done."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(self, *, waiting: bool = False, limit: int = MOST_AT_ONCE) -> Sequence[Job]:
        """At most `limit`, the first noted first."""
        async with self._unit_of_work() as uow:
            return await uow.jobs.unfinished(only_given_up=not waiting, limit=limit)


class CountJobs:
    """How many wait and how many were given up, by kind."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(self) -> Sequence[JobCounts]:
        """Kinds of which there are none are left out."""
        async with self._unit_of_work() as uow:
            return await uow.jobs.counts()


class RetryJobs:
    """Have jobs that were given up tried again, from the first attempt on."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock

    async def __call__(self, job_ids: Sequence[JobId]) -> Sequence[JobId]:
        """Those that there are; others, and those not given up, are left as they are."""
        return [job_id for job_id in job_ids if await self._revive(job_id)]

    async def all(self) -> Sequence[JobId]:
        """Those that there were."""
        revived: list[JobId] = []
        while True:
            async with self._unit_of_work() as uow:
                batch = await uow.jobs.unfinished(only_given_up=True, limit=MOST_AT_ONCE)
            revived += await self([job.id for job in batch])
            if len(batch) < MOST_AT_ONCE:
                return revived

    @retried_when_stale
    async def _revive(self, job_id: JobId) -> bool:
        async with self._unit_of_work() as uow:
            job = await uow.jobs.get(job_id)
            if job is None or job.gave_up_at is None:
                return False
            uow.jobs.save(job.revived(at=self._clock.now()))
            await uow.commit()
        return True
