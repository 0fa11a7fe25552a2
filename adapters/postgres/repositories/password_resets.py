"""PostgresPasswordResets: implements application.ports.password_resets.PasswordResets."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from adapters.postgres.engine.session import PostgresSession
from adapters.postgres.engine.statement import (
    AFFECTED_ROW,
    Statement,
    delete_some,
)
from adapters.postgres.mappers.password_reset import reset_from, reset_row
from adapters.postgres.schema.identity import password_resets
from domain.password_resets import PasswordReset

_TOKEN_HASH = sa.bindparam("token_hash", type_=sa.LargeBinary)


def _put() -> Statement:
    row = {
        column.name: sa.bindparam(column.name, type_=column.type) for column in password_resets.c
    }
    insert = pg.insert(password_resets).values(row)
    replaced = {name: insert.excluded[name] for name in row if name != "user_id"}
    return Statement(
        insert.on_conflict_do_update(
            index_elements=[password_resets.c.user_id], set_=replaced
        ).returning(AFFECTED_ROW)
    )


_BY_TOKEN = Statement(sa.select(password_resets).where(password_resets.c.token_hash == _TOKEN_HASH))
_PUT = _put()
_PURGE = delete_some(password_resets, password_resets.c.expires_at < sa.bindparam("expired_before"))


class PostgresPasswordResets:
    """Implements application.ports.password_resets.PasswordResets."""

    def __init__(self, session: PostgresSession) -> None:
        self._session = session

    async def by_token(self, token_hash: bytes) -> PasswordReset | None:
        row = await self._session.row(_BY_TOKEN, token_hash=token_hash)
        return reset_from(row) if row else None

    async def purge(self, *, expired_before: datetime, limit: int) -> int:
        rows = await self._session.rows(_PURGE, expired_before=expired_before, limit=limit)
        return len(rows)

    def put(self, reset: PasswordReset) -> None:
        self._session.write(_PUT, reset_row(reset))
