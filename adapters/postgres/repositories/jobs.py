"""job_row: the columns of `jobs`."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from adapters.postgres.engine.session import PostgresSession
from adapters.postgres.engine.statement import AFFECTED_ROW, Statement, delete_some, update_row
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


def _take() -> Statement:
    """One statement; rows that another is just taking are passed over."""
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
    taken = {
        "due_at": sa.bindparam("until", type_=jobs.c.due_at.type),
        "attempts": jobs.c.attempts + AFFECTED_ROW,
        "version": jobs.c.version + AFFECTED_ROW,
    }
    return Statement(sa.update(jobs).values(taken).where(jobs.c.id == due).returning(jobs))


def _unfinished(which: sa.ColumnElement[bool]) -> Statement:
    return Statement(
        sa.select(jobs)
        .where(which)
        .order_by(jobs.c.noted_at, jobs.c.id)
        .limit(sa.bindparam("limit"))
    )


def _counts() -> Statement:
    given_up = sa.func.count(jobs.c.gave_up_at)
    return Statement(
        sa.select(jobs.c.kind, sa.func.count() - given_up, given_up)
        .where(jobs.c.finished_at.is_(None))
        .group_by(jobs.c.kind)
        .order_by(jobs.c.kind)
    )


_GET = Statement(sa.select(jobs).where(jobs.c.id == sa.bindparam("id")))


_ADD = _add()


_SAVE = update_row(jobs)


_TAKE = _take()


_FORGET = delete_some(jobs, jobs.c.finished_at < sa.bindparam("finished_before"))


_UNFINISHED = _unfinished(jobs.c.finished_at.is_(None))


_FAILED = _unfinished(jobs.c.gave_up_at.is_not(None))


_COUNTS = _counts()


class PostgresJobs:
    """Implements application.ports.jobs.Jobs."""

    def __init__(self, connection: PostgresSession) -> None:
        self._connection = connection

    async def claim(self, kinds: Collection[str], *, at: datetime, lease: timedelta) -> Job | None:
        row = await self._connection.row(_TAKE, kinds=list(kinds), at=at, until=at + lease)
        return _job_from(row) if row else None

    async def get(self, job_id: JobId) -> Job | None:
        row = await self._connection.row(_GET, id=job_id)
        return _job_from(row) if row else None

    async def unfinished(self, *, only_failed: bool, limit: int) -> Sequence[Job]:
        statement = _FAILED if only_failed else _UNFINISHED
        return [_job_from(row) for row in await self._connection.rows(statement, limit=limit)]

    async def counts(self) -> Sequence[JobCounts]:
        return [JobCounts(*row) for row in await self._connection.rows(_COUNTS)]

    async def purge(self, *, finished_before: datetime, limit: int) -> int:
        rows = await self._connection.rows(_FORGET, finished_before=finished_before, limit=limit)
        return len(rows)

    def add(self, job: Job) -> None:
        self._connection.write(_ADD, job_row(job), rows=None)

    def save(self, job: Job) -> None:
        self._connection.write(_SAVE, job_row(job))


_ATTRIBUTES = {"noted_at": "enqueued_at", "gave_up_at": "failed_at"}
"""The attributes of a job that have another name than their column."""


def _job_from(row: asyncpg.Record) -> Job:
    values = {_ATTRIBUTES.get(column, column): value for column, value in row.items()}
    return Job(**values | {"payload": json.loads(row["payload"])})


def job_row(job: Job) -> dict[str, object]:
    """Return the column values of `jobs`."""
    names = (column.name for column in jobs.c)
    row = {name: getattr(job, _ATTRIBUTES.get(name, name)) for name in names}
    return row | {"payload": json.dumps(dict(job.payload))}
