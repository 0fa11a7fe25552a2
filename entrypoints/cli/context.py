"""The operator, as whom commands ask use cases, and the database they ask."""

from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from adapters.postgres import PostgresDatabase
from application.common.caller import Caller
from domain.ids import UserId
from domain.users import Role
from entrypoints.container import Container

OPERATOR = Caller(UserId(UUID(int=0)), Role.SUPER_ADMIN)
"""Whoever can run commands on the machine may see all that is in its database."""

Answer = TypeVar("Answer")


async def with_database(
    ask: Callable[[Container], Awaitable[Answer]], container: Container, dsn: str
) -> Answer:
    """What the container's use cases answer on that database."""
    database = await PostgresDatabase.connect(dsn, pool_size=1)
    container.database.override(database)
    container.read_database.override(database)
    try:
        return await ask(container)
    finally:
        await database.close()
