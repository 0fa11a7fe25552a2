"""The whole application over a real PostgreSQL, in this process, at a time that the test sets."""

from collections.abc import AsyncIterator

import pytest

from tests.http.paying import PayingHouse, paying_house
from tests.http.service import Service, running_service


@pytest.fixture
async def service(empty_database_18: str) -> AsyncIterator[Service]:
    """A house without anything, at eight o'clock on MONDAY, that confirms immediately."""
    async with running_service(empty_database_18) as service:
        yield service


@pytest.fixture
async def paying_service(empty_database_18: str) -> AsyncIterator[Service]:
    """The same, but it confirms bookings when they are paid."""
    async with running_service(empty_database_18, BOOKING_CONFIRMATION="payment") as service:
        yield service


@pytest.fixture
async def house(empty_database_18: str) -> AsyncIterator[PayingHouse]:
    """The same with keys of Stripe's stand-in."""
    async with paying_house(empty_database_18) as house:
        yield house
