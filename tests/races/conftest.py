"""Applications on PostgreSQL, for use cases that race each other in one process."""

from collections.abc import AsyncIterator

import pytest

from adapters.postgres import PostgresDatabase
from domain.house import Confirmation
from tests.contract.conftest import POSTGRES_VERSIONS, postgres
from tests.database_pool import DatabasePool
from tests.unit.application.world import World


@pytest.fixture(params=POSTGRES_VERSIONS)
async def database(
    request: pytest.FixtureRequest, database_pool: DatabasePool
) -> AsyncIterator[PostgresDatabase]:
    """An empty database."""
    async with database_pool.empty(postgres(request, request.param)) as database:
        yield database


@pytest.fixture
def world(database: PostgresDatabase) -> World:
    """An application that confirms bookings immediately."""
    return World(unit_of_work=database.unit_of_work)


@pytest.fixture
def paying_world(database: PostgresDatabase) -> World:
    """An application that confirms bookings once they are paid."""
    return World(unit_of_work=database.unit_of_work, confirmation=Confirmation.PAYMENT)
