"""MemoryJobs."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from heapq import nsmallest
from itertools import islice

from adapters.memory.checkpoint import checkpoint
from adapters.memory.state import State
from adapters.memory.write_set import WriteSet
from application.jobs.job import Job, JobCounts, JobId


class MemoryJobs:
    """The port Jobs."""

    def __init__(self, state: State, notes: WriteSet) -> None:
        self._jobs = state.jobs
        self._write_set = notes

    async def claim(self, kinds: Collection[str], *, at: datetime, lease: timedelta) -> Job | None:
        await checkpoint()
        due = (job for job in self._jobs.all() if job.kind in kinds and _is_due(job, at))
        job = min(due, key=lambda job: job.due_at, default=None)
        if job is None:
            return None
        claimed = job.claimed(until=at + lease)
        self._jobs.replace(claimed)
        return claimed

    async def get(self, job_id: JobId) -> Job | None:
        await checkpoint()
        return self._jobs.get(job_id)

    async def unfinished(self, *, only_failed: bool, limit: int) -> Sequence[Job]:
        await checkpoint()
        unfinished = (
            job
            for job in self._jobs.all()
            if job.finished_at is None and (job.failed_at is not None or not only_failed)
        )
        return nsmallest(limit, unfinished, key=lambda job: (job.enqueued_at, job.id))

    async def counts(self) -> Sequence[JobCounts]:
        await checkpoint()
        open_jobs = [job for job in self._jobs.all() if job.finished_at is None]
        counts = []
        for kind in sorted({job.kind for job in open_jobs}):
            failed = [job.failed_at is not None for job in open_jobs if job.kind == kind]
            counts.append(JobCounts(kind, len(failed) - sum(failed), sum(failed)))
        return counts

    async def purge(self, *, finished_before: datetime, limit: int) -> int:
        await checkpoint()
        old = (job for job in self._jobs.all() if _is_old(job, finished_before))
        purged = list(islice(old, limit))
        for job in purged:
            self._jobs.remove(job.id)
        return len(purged)

    def add(self, job: Job) -> None:
        self._write_set.insert_unless_there(self._jobs, job)

    def save(self, job: Job) -> None:
        self._write_set.next_version(self._jobs, job)


def _is_due(job: Job, at: datetime) -> bool:
    return job.finished_at is None and job.failed_at is None and job.due_at <= at


def _is_old(job: Job, finished_before: datetime) -> bool:
    return job.finished_at is not None and job.finished_at < finished_before
