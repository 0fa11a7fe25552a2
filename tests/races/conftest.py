"""Houses on PostgreSQL, for use cases that race each other in one process."""

from collections.abc import AsyncIterator

import pytest

from adapters.postgres import PostgresDatabase
from domain.house import Confirmation
from tests.contract.conftest import POSTGRES_VERSIONS, postgres_dsn
from tests.unit.application.world import World

POOL_SIZE = 10


@pytest.fixture
def anyio_backend() -> str:
    """asyncpg knows no other event loop than asyncio's."""
    return "asyncio"


@pytest.fixture(params=POSTGRES_VERSIONS)
async def database(request: pytest.FixtureRequest) -> AsyncIterator[PostgresDatabase]:
    """An empty database."""
    dsn = postgres_dsn(request, f"postgres-{request.param}")
    database = await PostgresDatabase.connect(dsn, pool_size=POOL_SIZE)
    yield database
    await database.close()


@pytest.fixture
def world(database: PostgresDatabase) -> World:
    """A house that confirms bookings immediately."""
    return World(unit_of_work=database.unit_of_work)


@pytest.fixture
def paying_world(database: PostgresDatabase) -> World:
    """A house that confirms bookings when they are paid."""
    return World(unit_of_work=database.unit_of_work, confirmation=Confirmation.PAYMENT)
