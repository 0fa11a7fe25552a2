"""PostgresLogIns: who is signed in, looked up for all who ask in the same moment together."""

import asyncio
from datetime import datetime
from typing import NamedTuple

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from adapters.postgres.connection import UnitConnection
from adapters.postgres.connections import Connections
from adapters.postgres.log_ins import is_live
from adapters.postgres.statement import Statement
from adapters.postgres.tables import refresh_sessions, users
from adapters.postgres.tally import count_statement
from application.ports.log_ins import SignedIn
from domain.ids import SessionId, UserId
from domain.users import Role


def _signed_in() -> Statement:
    asked = (
        sa.func.unnest(
            sa.bindparam("user_ids", type_=pg.ARRAY(sa.Uuid)),
            sa.bindparam("session_ids", type_=pg.ARRAY(sa.Uuid)),
            sa.bindparam("times", type_=pg.ARRAY(refresh_sessions.c.expires_at.type)),
        )
        .table_valued(
            sa.column("user_id", sa.Uuid),
            sa.column("session_id", sa.Uuid),
            sa.column("at", refresh_sessions.c.expires_at.type),
            with_ordinality="place",
            name="asked",
        )
        .render_derived()
    )
    its_live_session = sa.and_(
        refresh_sessions.c.id == asked.c.session_id,
        refresh_sessions.c.user_id == users.c.id,
        is_live(asked.c.at),
    )
    return Statement(
        sa.select(
            asked.c.place,
            users.c.role,
            users.c.is_active,
            users.c.credentials_version,
            refresh_sessions.c.id.is_not(None),
        )
        .select_from(asked)
        .join(users, users.c.id == asked.c.user_id)
        .outerjoin(refresh_sessions, its_live_session)
    )


_SIGNED_IN = _signed_in()


class _Asked(NamedTuple):
    user_id: UserId
    session_id: SessionId
    at: datetime
    answer: "asyncio.Future[SignedIn | None]"


class PostgresLogIns:
    """Implements application.ports.log_ins.LogIns.

    Every request asks this, and a statement costs the same few system calls for one as for ten. So
    all who ask in one turn of the event loop get their answer from one statement; who asks alone
    waits for nobody.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._asked: list[_Asked] = []
        self._under_way: set[asyncio.Task[None]] = set()

    async def signed_in(
        self, user_id: UserId, session_id: SessionId, *, at: datetime
    ) -> SignedIn | None:
        loop = asyncio.get_running_loop()
        if self._asked:
            count_statement()
        else:
            # In the context of whoever asks first, who is thus the one that it is counted for.
            loop.call_soon(self._begin)
        asked = _Asked(user_id, session_id, at, loop.create_future())
        self._asked.append(asked)
        return await asked.answer

    def _begin(self) -> None:
        asked, self._asked = self._asked, []
        task = asyncio.get_running_loop().create_task(self._answer(asked))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _answer(self, asked: list[_Asked]) -> None:
        try:
            found = await self._look_up(asked)
        except BaseException as error:
            for one in asked:
                # Who has gone meanwhile has cancelled theirs.
                if not one.answer.done():
                    one.answer.set_exception(error)
            if not isinstance(error, Exception):
                raise
            return
        for place, one in enumerate(asked, start=1):
            if not one.answer.done():
                one.answer.set_result(found.get(place))

    async def _look_up(self, asked: list[_Asked]) -> dict[int, SignedIn]:
        async with UnitConnection(self._connections) as connection:
            rows = await connection.rows(
                _SIGNED_IN,
                user_ids=[one.user_id for one in asked],
                session_ids=[one.session_id for one in asked],
                times=[one.at for one in asked],
            )
        return {row[0]: _from(row) for row in rows}


def _from(row: asyncpg.Record) -> SignedIn:
    _, role, is_active, credentials_version, session_is_live = row
    return SignedIn(
        role=Role(role),
        is_active=is_active,
        credentials_version=credentials_version,
        session_is_live=session_is_live,
    )
