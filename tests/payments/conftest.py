"""Applications that take payments, in memory and on PostgreSQL."""

from collections.abc import AsyncIterator, Iterator

import pytest

from adapters.stripe.sandbox import Sandbox, sandbox_in_thread
from tests.databases import TestServer
from tests.kept import KeptDatabases
from tests.payments.till import SECRET, Till


@pytest.fixture(scope="package")
def sandbox() -> Iterator[Sandbox]:
    """The Stripe sandbox, which delivers nothing by itself; `sandbox_till` resets it."""
    with sandbox_in_thread(webhook_secret=SECRET) as sandbox:
        yield sandbox


@pytest.fixture
async def postgres_till(
    server_18: TestServer, kept_databases: KeptDatabases
) -> AsyncIterator[Till]:
    """An application on PostgreSQL."""
    async with kept_databases.empty(server_18) as database:
        yield Till(unit_of_work=database.unit_of_work)
