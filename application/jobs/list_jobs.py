"""ListJobs: those that were given up, or with `waiting` also those still to be done."""

from collections.abc import Sequence

from application.jobs.job import Job
from application.jobs.retry_jobs import MAX_BATCH
from application.ports.unit_of_work import UnitOfWorkFactory


class ListJobs:
    """Those that were given up, or with `waiting` also those still to be done."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(self, *, waiting: bool = False, limit: int = MAX_BATCH) -> Sequence[Job]:
        """At most `limit`, the first noted first."""
        async with self._unit_of_work() as uow:
            return await uow.jobs.unfinished(only_given_up=not waiting, limit=limit)
