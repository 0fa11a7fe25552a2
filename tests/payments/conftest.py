"""Houses that take payments, in memory and on PostgreSQL."""

from collections.abc import AsyncIterator, Iterator

import pytest

from adapters.postgres import PostgresDatabase
from entrypoints.stripe_sandbox import Sandbox, sandbox_in_thread
from tests.payments.till import SECRET, Till


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="package")
def sandbox() -> Iterator[Sandbox]:
    """Stripe's stand-in, which delivers nothing by itself; `sandbox_till` starts it anew."""
    with sandbox_in_thread(webhook_secret=SECRET) as sandbox:
        yield sandbox


@pytest.fixture
async def postgres_till(empty_database_18: str) -> AsyncIterator[Till]:
    """A house on PostgreSQL."""
    database = await PostgresDatabase.connect(empty_database_18, pool_size=8)
    try:
        yield Till(unit_of_work=database.unit_of_work)
    finally:
        await database.close()
