"""Fixtures: the Stripe sandbox, and an application that takes payments on PostgreSQL."""

from collections.abc import AsyncIterator, Iterator

import pytest

from adapters.stripe.sandbox import Sandbox, sandbox_in_thread
from tests.database_pool import DatabasePool
from tests.databases import TestServer
from tests.payments.payment_fixture import SECRET, PaymentFixture


@pytest.fixture(scope="package")
def sandbox() -> Iterator[Sandbox]:
    """The Stripe sandbox, which delivers no events by itself; `reset_fixture` resets it."""
    with sandbox_in_thread(webhook_secret=SECRET) as sandbox:
        yield sandbox


@pytest.fixture
async def postgres_fixture(
    server_18: TestServer, database_pool: DatabasePool
) -> AsyncIterator[PaymentFixture]:
    """An application on PostgreSQL."""
    async with database_pool.empty(server_18) as database:
        yield PaymentFixture(unit_of_work=database.unit_of_work)
