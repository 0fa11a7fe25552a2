"""PostgresJobs: implements application.ports.jobs.Jobs."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from adapters.postgres.engine.session import PostgresSession
from adapters.postgres.engine.statement import AFFECTED_ROW, Statement, delete_some, update_row
from adapters.postgres.mappers.job import job_from, job_row
from adapters.postgres.schema.jobs import jobs
from application.jobs.job import Job, JobCounts, JobId

_IS_WAITING = sa.and_(jobs.c.finished_at.is_(None), jobs.c.gave_up_at.is_(None))
_AT = sa.bindparam("at", type_=sa.DateTime(timezone=True))


def _add() -> Statement:
    row = {column.name: sa.bindparam(column.name, type_=column.type) for column in jobs.c}
    insert = pg.insert(jobs).values(row)
    return Statement(
        insert.on_conflict_do_nothing(constraint=jobs.primary_key).returning(AFFECTED_ROW)
    )


def _claim() -> Statement:
    """Claim the due job that is due first, in one statement. Skips jobs being claimed by others."""
    due = (
        sa.select(jobs.c.id)
        .where(
            jobs.c.kind == sa.any_(sa.bindparam("kinds", type_=pg.ARRAY(sa.Text))),
            jobs.c.due_at <= _AT,
            _IS_WAITING,
        )
        .order_by(jobs.c.due_at)
        .limit(AFFECTED_ROW)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    claimed = {
        "due_at": sa.bindparam("until", type_=jobs.c.due_at.type),
        "attempts": jobs.c.attempts + AFFECTED_ROW,
        "version": jobs.c.version + AFFECTED_ROW,
    }
    return Statement(sa.update(jobs).values(claimed).where(jobs.c.id == due).returning(jobs))


def _select(criterion: sa.ColumnElement[bool]) -> Statement:
    return Statement(
        sa.select(jobs)
        .where(criterion)
        .order_by(jobs.c.noted_at, jobs.c.id)
        .limit(sa.bindparam("limit"))
    )


def _counts() -> Statement:
    failed = sa.func.count(jobs.c.gave_up_at)
    return Statement(
        sa.select(
            jobs.c.kind,
            (sa.func.count() - failed).label("waiting"),
            failed.label("failed"),
        )
        .where(jobs.c.finished_at.is_(None))
        .group_by(jobs.c.kind)
        .order_by(jobs.c.kind)
    )


_GET = Statement(sa.select(jobs).where(jobs.c.id == sa.bindparam("id")))
_ADD = _add()
_SAVE = update_row(jobs)
_CLAIM = _claim()
_PURGE = delete_some(jobs, jobs.c.finished_at < sa.bindparam("finished_before"))
_UNFINISHED = _select(jobs.c.finished_at.is_(None))
_FAILED = _select(jobs.c.gave_up_at.is_not(None))
_COUNTS = _counts()


class PostgresJobs:
    """Implements application.ports.jobs.Jobs."""

    def __init__(self, session: PostgresSession) -> None:
        self._session = session

    async def claim(self, kinds: Collection[str], *, at: datetime, lease: timedelta) -> Job | None:
        row = await self._session.row(_CLAIM, kinds=list(kinds), at=at, until=at + lease)
        return job_from(row) if row else None

    async def get(self, job_id: JobId) -> Job | None:
        row = await self._session.row(_GET, id=job_id)
        return job_from(row) if row else None

    async def unfinished(self, *, only_failed: bool, limit: int) -> Sequence[Job]:
        statement = _FAILED if only_failed else _UNFINISHED
        return [job_from(row) for row in await self._session.rows(statement, limit=limit)]

    async def counts(self) -> Sequence[JobCounts]:
        return [
            JobCounts(row["kind"], row["waiting"], row["failed"])
            for row in await self._session.rows(_COUNTS)
        ]

    async def purge(self, *, finished_before: datetime, limit: int) -> int:
        rows = await self._session.rows(_PURGE, finished_before=finished_before, limit=limit)
        return len(rows)

    def add(self, job: Job) -> None:
        self._session.write(_ADD, job_row(job), rows=None)

    def save(self, job: Job) -> None:
        self._session.write(_SAVE, job_row(job))
