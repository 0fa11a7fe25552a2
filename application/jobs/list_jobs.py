"""ListJobs: the jobs that failed permanently, or all unfinished ones."""

from collections.abc import Sequence

from application.jobs.job import Job
from application.jobs.retry_jobs import MAX_BATCH
from application.ports.unit_of_work import UnitOfWorkFactory


class ListJobs:
    """List the jobs that failed permanently; with `waiting`, also those still to run."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(self, *, waiting: bool = False, limit: int = MAX_BATCH) -> Sequence[Job]:
        """Return up to `limit` jobs, the first enqueued first."""
        async with self._unit_of_work() as uow:
            return await uow.jobs.unfinished(only_failed=not waiting, limit=limit)
