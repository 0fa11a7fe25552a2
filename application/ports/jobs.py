"""Jobs: reads see what is committed; writes are done by the unit of work's commit."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from application.jobs.job import Job, JobCounts, JobId


class Jobs(Protocol):
    """Reads see what is committed; writes are done by the unit of work's commit."""

    async def claim(self, kinds: Collection[str], *, at: datetime, lease: timedelta) -> Job | None:
        """Take, at once, the job of these kinds that has been due for longest, until `at + lease`.

        Of any number who take at the same time no two get the same, and none waits for another.
        """
        ...

    async def get(self, job_id: JobId) -> Job | None:
        """That job, however it stands."""
        ...

    async def unfinished(self, *, only_given_up: bool, limit: int) -> Sequence[Job]:
        """At most `limit` of those that are not done, the first noted first."""
        ...

    async def counts(self) -> Sequence[JobCounts]:
        """How many are waiting or given up, by kind; kinds of which there are none are left out."""
        ...

    async def purge(self, *, finished_before: datetime, limit: int) -> int:
        """Delete, at once, at most `limit` that were finished before that; how many it were."""
        ...

    def add(self, job: Job) -> None:
        """Store a new one, unless there is one with its id, which then stays as it is."""
        ...

    def save(self, job: Job) -> None:
        """Store the next version. The commit is Stale when another was stored meanwhile."""
        ...
