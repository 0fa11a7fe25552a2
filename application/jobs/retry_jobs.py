"""RetryJobs: requeue jobs that failed permanently."""

from collections.abc import Sequence

from application.common.retry import retry_on_conflict
from application.jobs.job import JobId
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory

MAX_BATCH = 1_000


class RetryJobs:
    """Requeue jobs that failed permanently, with all attempts left."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock

    async def __call__(self, job_ids: Sequence[JobId]) -> Sequence[JobId]:
        """Return the ids of the requeued jobs. Unknown and other jobs are left as they are."""
        return [job_id for job_id in job_ids if await self._requeue(job_id)]

    async def all(self) -> Sequence[JobId]:
        """Requeue every failed job. Returns their ids."""
        requeued: list[JobId] = []
        while True:
            async with self._unit_of_work() as uow:
                batch = await uow.jobs.unfinished(only_failed=True, limit=MAX_BATCH)
            requeued += await self([job.id for job in batch])
            if len(batch) < MAX_BATCH:
                return requeued

    @retry_on_conflict
    async def _requeue(self, job_id: JobId) -> bool:
        async with self._unit_of_work() as uow:
            job = await uow.jobs.get(job_id)
            if job is None or job.failed_at is None:
                return False
            uow.jobs.save(job.requeued(at=self._clock.now()))
            await uow.commit()
        return True
