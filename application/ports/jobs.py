"""The port Jobs: enqueued work."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from application.jobs.job import Job, JobCounts, JobId


class Jobs(Protocol):
    """Reads see what is committed; writes are done by the unit of work's commit."""

    async def claim(self, kinds: Collection[str], *, at: datetime, lease: timedelta) -> Job | None:
        """Immediately claim the job of these kinds that has been due for longest.

        Leased until `at + lease`. Concurrent callers get different jobs and never wait for one
        another. Returns None when no job is due.
        """
        ...

    async def get(self, job_id: JobId) -> Job | None:
        """Return the job, finished or not."""
        ...

    async def unfinished(self, *, only_failed: bool, limit: int) -> Sequence[Job]:
        """Return up to `limit` jobs that have not succeeded, the first enqueued first.

        With `only_failed`, only those that failed permanently.
        """
        ...

    async def counts(self) -> Sequence[JobCounts]:
        """Return the numbers of waiting and failed jobs of each kind that has any."""
        ...

    async def purge(self, *, finished_before: datetime, limit: int) -> int:
        """Immediately delete up to `limit` jobs that finished before that time.

        Returns the number deleted.
        """
        ...

    def add(self, job: Job) -> None:
        """Store a new job. A job with the same id stays as it is."""
        ...

    def save(self, job: Job) -> None:
        """Store the next version. The commit is Stale when another version was stored."""
        ...
