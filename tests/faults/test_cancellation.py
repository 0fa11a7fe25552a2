"""Clients disconnect during a request: no connection leaks, and no write is incomplete."""

import asyncio
from random import Random

import pytest

from tests.faults.booking_history import BookingHistory, hourly_bookings
from tests.faults.conftest import Postgres
from tests.faults.http_connection import HttpConnection

MAX_DELAY_SECONDS = 0.03
"""Some clients disconnect before the request is processed, some after."""
POOL_SIZE = 10
TIMEOUT_SECONDS = 10
_BUSY_CONNECTIONS = """
SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cowork-api' AND state <> 'idle'
"""
_ALL_CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cowork-api'"


@pytest.mark.parametrize("times", [200, pytest.param(2_000, marks=pytest.mark.soak)])
async def test_clients_that_disconnect_leave_nothing_behind(
    history: BookingHistory, postgres: Postgres, times: int
) -> None:
    random = Random(1)
    bodies = [hourly_bookings(room) for room in history.rooms]

    async def disconnect_repeatedly(client: int) -> None:
        for body in (next(bodies[client]) for _ in range(times // len(bodies))):
            connection = HttpConnection(history.url, history.bearer)
            await connection.send("POST", "/api/bookings", body, {"Idempotency-Key": body["notes"]})
            await asyncio.sleep(random.random() * MAX_DELAY_SECONDS)
            connection.abort()

    await asyncio.gather(*map(disconnect_repeatedly, range(len(bodies))))
    history.cut_off = times
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while await postgres.fetch_number(_BUSY_CONNECTIONS):  # noqa: ASYNC110 - the server does not notify
            await asyncio.sleep(0.05)
    assert 0 < await history.count_stored(postgres.dsn) < times, (
        "No request was interrupted halfway."
    )
    assert await postgres.fetch_number(_ALL_CONNECTIONS) <= POOL_SIZE
    # Every pooled connection is usable for later requests.
    async with history.booking():
        await history.wait_for_bookings(2 * POOL_SIZE)
    await history.verify(postgres.dsn)
