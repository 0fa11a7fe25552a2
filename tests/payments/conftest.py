"""Houses that take payments, in memory and on PostgreSQL."""

from collections.abc import AsyncIterator

import pytest

from adapters.postgres import PostgresDatabase
from tests.payments.till import Till


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def postgres_till(empty_database_18: str) -> AsyncIterator[Till]:
    """A house on PostgreSQL."""
    database = await PostgresDatabase.connect(empty_database_18, pool_size=8)
    try:
        yield Till(unit_of_work=database.unit_of_work)
    finally:
        await database.close()
