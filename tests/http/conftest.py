"""The whole application on a real PostgreSQL, in this process, with a clock that the test sets."""

from collections.abc import AsyncIterator

import pytest

from adapters.postgres import PostgresDatabase
from tests.database_pool import DatabasePool
from tests.databases import TestServer
from tests.http.service import Service, running_service
from tests.http.stripe_service import StripeService, run_stripe_service


@pytest.fixture
async def database(
    server_18: TestServer, database_pool: DatabasePool
) -> AsyncIterator[PostgresDatabase]:
    """An empty database."""
    async with database_pool.empty(server_18) as database:
        yield database


@pytest.fixture
async def service(database: PostgresDatabase) -> AsyncIterator[Service]:
    """An empty application at 08:00 on MONDAY that confirms bookings immediately."""
    async with running_service(database) as service:
        yield service


@pytest.fixture
async def paying_service(database: PostgresDatabase) -> AsyncIterator[Service]:
    """The same, but it confirms bookings once they are paid."""
    async with running_service(database, BOOKING_CONFIRMATION="payment") as service:
        yield service


@pytest.fixture
async def stripe_service(database: PostgresDatabase) -> AsyncIterator[StripeService]:
    """The same with the keys of the Stripe sandbox."""
    async with run_stripe_service(database) as stripe_service:
        yield stripe_service
