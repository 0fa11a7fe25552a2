"""RetryJobs: have jobs that were given up tried again, from the first attempt on."""

from collections.abc import Sequence

from application.common.retry import retry_on_conflict
from application.jobs.job import JobId
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory

MAX_BATCH = 1_000


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
                batch = await uow.jobs.unfinished(only_given_up=True, limit=MAX_BATCH)
            revived += await self([job.id for job in batch])
            if len(batch) < MAX_BATCH:
                return revived

    @retry_on_conflict
    async def _revive(self, job_id: JobId) -> bool:
        async with self._unit_of_work() as uow:
            job = await uow.jobs.get(job_id)
            if job is None or job.gave_up_at is None:
                return False
            uow.jobs.save(job.revived(at=self._clock.now()))
            await uow.commit()
        return True
