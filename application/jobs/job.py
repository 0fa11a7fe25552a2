"""Job: work that follows from a commit."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NewType, Protocol, Self

JobId = NewType("JobId", str)


def job_id(kind: str, subject: str) -> JobId:
    """Return the id of a job: there is one job of a kind for each subject."""
    return JobId(f"{kind}/{subject}")


class PermanentFailure(Exception):
    """A retry would not help. Raised by handlers; the job fails permanently at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work to be done once, identified by its kind and its subject.

    `payload` has ids, so that the handler reads the current state when it runs; it has no secrets.
    `due_at` is the time of the next attempt. While a worker runs the job, it is the end of the
    lease, after which another worker may claim the job. A claim raises `version`; only the worker
    with the current version can store an outcome, which fences off a worker that was presumed dead.
    """

    id: JobId
    kind: str
    payload: Mapping[str, str]
    enqueued_at: datetime
    due_at: datetime
    attempts: int = 0
    finished_at: datetime | None = None
    failed_at: datetime | None = None
    last_error: str | None = None
    version: int = 1

    @classmethod
    def new(
        cls,
        kind: str,
        subject: str,
        payload: Mapping[str, str],
        *,
        at: datetime,
        not_before: datetime | None = None,
    ) -> Self:
        """A job enqueued at that time, due at once or at `not_before`."""
        return cls(
            id=job_id(kind, subject),
            kind=kind,
            payload=payload,
            enqueued_at=at,
            due_at=at if not_before is None else not_before,
        )

    def claimed(self, *, until: datetime) -> Self:
        """The job leased to one worker until that time."""
        return replace(self, due_at=until, attempts=self.attempts + 1, version=self.version + 1)

    def finished(self, *, at: datetime) -> Self:
        """The job after it succeeded."""
        return replace(self, finished_at=at, last_error=None, version=self.version + 1)

    def rescheduled(self, error: str, *, until: datetime) -> Self:
        """The job after a failed attempt, due again at `until`."""
        return replace(self, due_at=until, last_error=error, version=self.version + 1)

    def failed(self, error: str, *, at: datetime) -> Self:
        """The job after it failed permanently; it stays until it is requeued."""
        return replace(self, failed_at=at, last_error=error, version=self.version + 1)

    def requeued(self, *, at: datetime) -> Self:
        """The failed job, due again with all attempts left."""
        return replace(self, due_at=at, attempts=0, failed_at=None, version=self.version + 1)


@dataclass(frozen=True, slots=True)
class JobCounts:
    """Numbers of waiting and permanently failed jobs of one kind."""

    kind: str
    waiting: int
    failed: int


class JobHandler(Protocol):
    """Runs the jobs of one kind.

    It must be idempotent: a job runs again when its outcome is unknown. An exception reschedules
    the job; PermanentFailure ends its retries. A job with nothing left to do succeeds.
    """

    async def __call__(self, job: Job) -> None: ...
