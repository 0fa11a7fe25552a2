"""Job: something to be done once, named by what it does: `id` is its kind and its subject."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NewType, Protocol, Self

JobId = NewType("JobId", str)


def job_id(kind: str, subject: str) -> JobId:
    """Return the id of a job: there is one job of a kind for each subject."""
    return JobId(f"{kind}/{subject}")


class PermanentFailure(Exception):
    """A handler's word that trying again would not help; the job is given up at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something to be done once, named by what it does: `id` is its kind and its subject.

    `payload` says what it is about by ids, so that the handler reads what is true when it runs; it
    holds no secret. `due_at` is when it may be tried next, and while a worker is at it, when others
    may take it over. Whoever took it has its `version`, without which nothing can be said about it
    any more: a worker that was taken for dead cannot speak for the one that took over.
    """

    id: JobId
    kind: str
    payload: Mapping[str, str]
    noted_at: datetime
    due_at: datetime
    attempts: int = 0
    finished_at: datetime | None = None
    gave_up_at: datetime | None = None
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
        """A job noted at that time, to be done as soon as may be."""
        return cls(
            id=job_id(kind, subject),
            kind=kind,
            payload=payload,
            noted_at=at,
            due_at=at if not_before is None else not_before,
        )

    def taken(self, *, until: datetime) -> Self:
        """In the hands of one worker, which has that long."""
        return replace(self, due_at=until, attempts=self.attempts + 1, version=self.version + 1)

    def finished(self, *, at: datetime) -> Self:
        """Done."""
        return replace(self, finished_at=at, last_error=None, version=self.version + 1)

    def put_off(self, error: str, *, until: datetime) -> Self:
        """Failed, and to be tried again."""
        return replace(self, due_at=until, last_error=error, version=self.version + 1)

    def given_up(self, error: str, *, at: datetime) -> Self:
        """Failed for good, unless somebody has it tried again."""
        return replace(self, gave_up_at=at, last_error=error, version=self.version + 1)

    def revived(self, *, at: datetime) -> Self:
        """To be tried again from the first attempt on, though it was given up."""
        return replace(self, due_at=at, attempts=0, gave_up_at=None, version=self.version + 1)


@dataclass(frozen=True, slots=True)
class JobCounts:
    """How many jobs of one kind wait, and how many were given up."""

    kind: str
    waiting: int
    given_up: int


class JobHandler(Protocol):
    """Does the jobs of one kind.

    It may be run again for the same job, when nobody could tell whether it was done, and has to
    make that harmless or recognisable. Whatever it raises puts the job off; PermanentFailure gives it
    up. A job that has nothing to do any more is done.
    """

    async def __call__(self, job: Job) -> None: ...
