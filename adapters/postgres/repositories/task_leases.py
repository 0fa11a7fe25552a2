"""PostgresTaskLeases: implements application.ports.jobs.Ticks."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from adapters.postgres.engine.session import PostgresSession
from adapters.postgres.engine.statement import AFFECTED_ROW, Statement
from adapters.postgres.repositories.jobs import _AT
from adapters.postgres.schema.jobs import ticks
from application.ports.task_leases import MAX_CLOCK_SKEW


def _take_tick() -> Statement:
    """Of several at once the others wait for the first, and then find that it is no longer due.

    One that is too far away was set by a clock that went wrong.
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


_TAKE_TICK = _take_tick()


class PostgresTaskLeases:
    """Implements application.ports.jobs.Ticks."""

    def __init__(self, connection: PostgresSession) -> None:
        self._connection = connection

    async def acquire(self, name: str, *, every: timedelta, at: datetime) -> bool:
        row = await self._connection.row(
            _TAKE_TICK, name=name, next_at=at + every, at=at, too_far=at + every + MAX_CLOCK_SKEW
        )
        return row is not None
