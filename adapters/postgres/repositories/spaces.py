"""PostgresSpaces."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from adapters.postgres.engine.session import PostgresSession
from adapters.postgres.engine.statement import Statement, insert_row, update_row
from adapters.postgres.mappers.space import space_from, space_row, space_version_row
from adapters.postgres.schema.spaces import space_history, spaces
from application.ports.spaces import SpaceFilter
from domain.ids import SpaceId
from domain.space_history import SpaceVersion
from domain.spaces import Space, SpaceType

_GET = Statement(sa.select(spaces).where(spaces.c.id == sa.bindparam("id")))
_COUNT_ACTIVE = Statement(
    sa.select(spaces.c.space_type, sa.func.count())
    .where(spaces.c.is_active)
    .group_by(spaces.c.space_type)
)
_ADD = insert_row(spaces)
_SAVE = update_row(spaces)
_KEEP = insert_row(space_history)

_CRITERIA: dict[str, sa.ColumnElement[bool]] = {
    "space_type": spaces.c.space_type == sa.bindparam("space_type"),
    "is_active": spaces.c.is_active == sa.bindparam("is_active"),
    "min_capacity": spaces.c.capacity >= sa.bindparam("min_capacity"),
    "after": spaces.c.id > sa.bindparam("after"),
}


class PostgresSpaces:
    """Implements application.ports.spaces.Spaces."""

    def __init__(self, connection: PostgresSession) -> None:
        self._connection = connection

    async def get(self, space_id: SpaceId) -> Space | None:
        row = await self._connection.row_batched(_GET, id=space_id)
        return space_from(row) if row else None

    async def list(
        self, criteria: SpaceFilter, *, after: SpaceId | None, limit: int
    ) -> Sequence[Space]:
        values = filter_values(criteria, after)
        rows = await self._connection.rows(_list(frozenset(values)), **values, limit=limit)
        return [space_from(row) for row in rows]

    async def count_active_by_type(self) -> dict[SpaceType, int]:
        rows = await self._connection.rows(_COUNT_ACTIVE)
        return {SpaceType(space_type): count for space_type, count in rows}

    def add(self, space: Space) -> None:
        self._connection.write(_ADD, space_row(space))
        self._keep(space)

    def save(self, space: Space) -> None:
        self._connection.write(_SAVE, space_row(space))
        self._keep(space)

    def _keep(self, space: Space) -> None:
        """Note what the space offers from now on, in the same commit."""
        self._connection.write(_KEEP, space_version_row(SpaceVersion.of(space)))


def filter_values(criteria: SpaceFilter, after: SpaceId | None) -> dict[str, Any]:
    """The criteria that are set, by the name of their parameter."""
    values = {
        "space_type": criteria.space_type,
        "is_active": criteria.is_active,
        "min_capacity": criteria.min_capacity,
        "after": after,
    }
    return {name: value for name, value in values.items() if value is not None}


def listed(names: frozenset[str]) -> sa.Select[Any]:
    """Spaces that meet those criteria, in the order they were made; takes a `limit`."""
    return (
        sa.select(spaces)
        .where(*(_CRITERIA[name] for name in sorted(names)))
        .order_by(spaces.c.id)
        .limit(sa.bindparam("limit"))
    )


@cache
def _list(names: frozenset[str]) -> Statement:
    return Statement(listed(names))
