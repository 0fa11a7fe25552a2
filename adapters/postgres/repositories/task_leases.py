"""PostgresTaskLeases: implements application.ports.task_leases.TaskLeases."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from adapters.postgres.engine.session import PostgresSession
from adapters.postgres.engine.statement import AFFECTED_ROW, Statement
from adapters.postgres.schema.jobs import ticks
from application.ports.task_leases import MAX_CLOCK_SKEW

_AT = sa.bindparam("at", type_=sa.DateTime(timezone=True))


def _acquire() -> Statement:
    """Insert or move the lease if it is due. Returns a row for the one caller that acquires it.

    Concurrent callers wait for the first, and then see that it is no longer due. A lease that is
    too far in the future was set by a wrong clock, and counts as due.
    """
    next_at = sa.bindparam("next_at", type_=ticks.c.next_at.type)
    insert = pg.insert(ticks).values(name=sa.bindparam("name"), next_at=next_at)
    return Statement(
        insert.on_conflict_do_update(
            constraint=ticks.primary_key,
            set_={"next_at": insert.excluded.next_at},
            where=sa.or_(
                ticks.c.next_at <= _AT, ticks.c.next_at > sa.bindparam("too_far", type_=_AT.type)
            ),
        ).returning(AFFECTED_ROW)
    )


_ACQUIRE = _acquire()


class PostgresTaskLeases:
    """Implements application.ports.task_leases.TaskLeases."""

    def __init__(self, session: PostgresSession) -> None:
        self._session = session

    async def acquire(self, name: str, *, every: timedelta, at: datetime) -> bool:
        row = await self._session.row(
            _ACQUIRE, name=name, next_at=at + every, at=at, too_far=at + every + MAX_CLOCK_SKEW
        )
        return row is not None
