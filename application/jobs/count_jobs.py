"""CountJobs: how many wait and how many were given up, by kind."""

from collections.abc import Sequence

from application.jobs.job import JobCounts
from application.ports.unit_of_work import UnitOfWorkFactory


class CountJobs:
    """How many wait and how many were given up, by kind."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(self) -> Sequence[JobCounts]:
        """Kinds of which there are none are left out."""
        async with self._unit_of_work() as uow:
            return await uow.jobs.counts()
