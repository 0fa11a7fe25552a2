"""PostgresUsers: implements application.ports.users.Users."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from adapters.postgres.engine.session import PostgresSession
from adapters.postgres.engine.statement import AFFECTED_ROW, Statement, insert_row, update_row
from adapters.postgres.mappers.user import (
    ACCOUNT_COLUMNS,
    account_from,
    user_from,
    user_row,
)
from adapters.postgres.schema.identity import members, users
from application.ports.users import UserFilter
from domain.ids import UserId
from domain.users import Account, EmailAddress, Role, User, search_key

_GET = Statement(sa.select(users).where(users.c.id == sa.bindparam("id")))
_BY_EMAIL = Statement(sa.select(users).where(users.c.email == sa.bindparam("email")))
_ANY = Statement(sa.select(AFFECTED_ROW).select_from(users).limit(sa.literal_column("1")))
_ADD = insert_row(users)
_SAVE = update_row(users)
_ACCOUNT = Statement(
    sa.select(*ACCOUNT_COLUMNS)
    .join(members, members.c.user_id == users.c.id)
    .where(users.c.id == sa.bindparam("id"))
)
_COUNT_ACTIVE = Statement(
    sa.select(sa.func.count().label("count"))
    .select_from(users)
    .where(users.c.role == sa.bindparam("role"), users.c.is_active)
)
_CRITERIA: dict[str, sa.ColumnElement[bool]] = {
    "role": users.c.role == sa.bindparam("role"),
    "is_active": users.c.is_active == sa.bindparam("is_active"),
    "text": users.c.search_text.like(sa.bindparam("text")),
    "after": users.c.id > sa.bindparam("after"),
}


class PostgresUsers:
    """Implements application.ports.users.Users."""

    def __init__(self, session: PostgresSession) -> None:
        self._session = session

    async def get(self, user_id: UserId) -> User | None:
        row = await self._session.row(_GET, id=user_id)
        return user_from(row) if row else None

    async def by_email(self, email: EmailAddress) -> User | None:
        row = await self._session.row(_BY_EMAIL, email=email.value)
        return user_from(row) if row else None

    async def account(self, user_id: UserId) -> Account | None:
        row = await self._session.row(_ACCOUNT, id=user_id)
        return account_from(row) if row else None

    async def list(
        self, criteria: UserFilter, *, after: UserId | None, limit: int
    ) -> Sequence[Account]:
        values: dict[str, Any] = {
            "role": criteria.role,
            "is_active": criteria.is_active,
            "text": None if criteria.text is None else _pattern(criteria.text),
            "after": after,
        }
        values = {name: value for name, value in values.items() if value is not None}
        rows = await self._session.rows(_list(frozenset(values)), **values, limit=limit)
        return [account_from(row) for row in rows]

    async def count_active(self, role: Role) -> int:
        row = await self._session.row(_COUNT_ACTIVE, role=role)
        return row["count"] if row else 0

    async def any(self) -> bool:
        return await self._session.row(_ANY) is not None

    def add(self, user: User) -> None:
        self._session.write(_ADD, user_row(user))

    def save(self, user: User) -> None:
        self._session.write(_SAVE, user_row(user))


@cache
def _list(names: frozenset[str]) -> Statement:
    return Statement(
        sa.select(*ACCOUNT_COLUMNS)
        .join(members, members.c.user_id == users.c.id)
        .where(*(_CRITERIA[name] for name in sorted(names)))
        .order_by(users.c.id)
        .limit(sa.bindparam("limit"))
    )


def _pattern(text: str) -> str:
    """Return a LIKE pattern that matches the literal text anywhere."""
    escaped = re.sub(r"([\\%_])", r"\\\1", search_key(text))
    return f"%{escaped}%"
