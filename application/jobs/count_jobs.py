"""CountJobs: numbers of waiting and failed jobs."""

from collections.abc import Sequence

from application.jobs.job import JobCounts
from application.ports.unit_of_work import UnitOfWorkFactory


class CountJobs:
    """Count the waiting and the permanently failed jobs of each kind."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(self) -> Sequence[JobCounts]:
        """Return the counts of each kind that has such jobs."""
        async with self._unit_of_work() as uow:
            return await uow.jobs.counts()
