"""Runs a use case for a command, as the operator of the service."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from adapters.postgres import PostgresDatabase
from application.common.caller import Caller
from application.use_cases import UseCases
from domain.ids import UserId
from domain.users import Role
from entrypoints.cli.database import database_at_head
from entrypoints.container import Container
from entrypoints.settings import Settings

OPERATOR = Caller(UserId(UUID(int=0)), Role.SUPER_ADMIN)
"""Has all permissions: an account that can run commands can read the whole database anyway."""

Result = TypeVar("Result")


def run_use_case(
    settings: Settings,
    data_dir: Path,
    call: Callable[[UseCases], Awaitable[Result]],
    *,
    on_replica: bool = False,
) -> Result:
    """Connect to the database, and return the result of the call.

    With `on_replica`, uses DATABASE_READ_URL if it is set. Raises CommandError if the database
    cannot be reached or its schema is not at head.
    """
    with database_at_head(settings, data_dir) as dsn:
        replica = settings.database_read_url if on_replica else None
        return asyncio.run(_run(settings, replica or dsn, call))


async def _run(
    settings: Settings, dsn: str, call: Callable[[UseCases], Awaitable[Result]]
) -> Result:
    database = await PostgresDatabase.connect(dsn, pool_size=1)
    container = Container(settings=settings, database=database, read_database=database)
    try:
        return await call(container.use_cases())
    finally:
        await database.close()
