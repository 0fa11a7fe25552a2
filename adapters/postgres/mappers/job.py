"""Jobs from and to rows of `jobs`."""

import json
from typing import Any

from adapters.postgres.mappers.values import Row
from application.jobs.job import Job


def job_from(row: Row) -> Job:
    """Return the job of a row of `jobs`."""
    return Job(
        id=row["id"],
        kind=row["kind"],
        payload=json.loads(row["payload"]),
        enqueued_at=row["noted_at"],
        due_at=row["due_at"],
        attempts=row["attempts"],
        finished_at=row["finished_at"],
        failed_at=row["gave_up_at"],
        last_error=row["last_error"],
        version=row["version"],
    )


def job_row(job: Job) -> dict[str, Any]:
    """Return the columns of `jobs`."""
    return {
        "id": job.id,
        "kind": job.kind,
        "payload": json.dumps(dict(job.payload)),
        "noted_at": job.enqueued_at,
        "due_at": job.due_at,
        "attempts": job.attempts,
        "finished_at": job.finished_at,
        "gave_up_at": job.failed_at,
        "last_error": job.last_error,
        "version": job.version,
    }
