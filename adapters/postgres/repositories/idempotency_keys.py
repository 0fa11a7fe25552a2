"""PostgresIdempotencyKeys: implements application.ports.idempotency_keys.IdempotencyKeys."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from adapters.postgres.engine.session import PostgresSession
from adapters.postgres.engine.statement import AFFECTED_ROW, Statement, delete_some
from adapters.postgres.mappers.idempotency_key import processed_request_from, processed_request_row
from adapters.postgres.schema.identity import idempotency_keys
from application.ports.idempotency_keys import ProcessedRequest
from domain.ids import UserId


def _add() -> Statement:
    """Insert, or replace an old response. Of two concurrent inserts, the second writes no row."""
    row = {
        column.name: sa.bindparam(column.name, type_=column.type) for column in idempotency_keys.c
    }
    insert = pg.insert(idempotency_keys).values(row)
    return Statement(
        insert.on_conflict_do_update(
            constraint=idempotency_keys.primary_key,
            set_={name: insert.excluded[name] for name in row},
            where=idempotency_keys.c.answered_at <= sa.bindparam("replacing_before"),
        ).returning(AFFECTED_ROW)
    )


_GET = Statement(
    sa.select(idempotency_keys).where(
        idempotency_keys.c.user_id == sa.bindparam("user_id"),
        idempotency_keys.c.key == sa.bindparam("key"),
    )
)
_ADD = _add()
_PURGE = delete_some(
    idempotency_keys, idempotency_keys.c.answered_at < sa.bindparam("answered_before")
)


class PostgresIdempotencyKeys:
    """Implements application.ports.idempotency_keys.IdempotencyKeys."""

    def __init__(self, session: PostgresSession) -> None:
        self._session = session

    async def get(self, user_id: UserId, key: str) -> ProcessedRequest | None:
        row = await self._session.row_batched(_GET, user_id=user_id, key=key)
        return processed_request_from(row) if row else None

    async def purge(self, *, answered_before: datetime, limit: int) -> int:
        rows = await self._session.rows(_PURGE, answered_before=answered_before, limit=limit)
        return len(rows)

    def add(self, request: ProcessedRequest, *, replacing_before: datetime) -> None:
        values = processed_request_row(request) | {"replacing_before": replacing_before}
        self._session.write(_ADD, values)
