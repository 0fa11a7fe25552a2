"""PostgreSQL is killed, disconnected or locked during bookings, and no booking is lost."""

import asyncio
import time

import asyncpg
import pytest

from tests.faults.booking_history import MAX_RESPONSE_SECONDS, TOLERANCE_SECONDS, BookingHistory
from tests.faults.conftest import Postgres
from tests.faults.http_connection import HttpConnection

REPETITIONS = [2, pytest.param(25, marks=pytest.mark.soak)]
MAX_RECOVERY_SECONDS = 2
_TERMINATE_CONNECTIONS = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'cowork-api'
"""


@pytest.mark.parametrize("times", REPETITIONS)
async def test_a_crash_under_load_loses_nothing_and_bookings_resume_within_two_seconds(
    history: BookingHistory, postgres: Postgres, times: int
) -> None:
    recovery_seconds = []
    async with history.booking():
        for _ in range(times):
            await history.wait_for_bookings()
            await asyncio.to_thread(postgres.kill)
            before = history.statuses[503]
            await asyncio.sleep(0.2)
            assert history.statuses[503] > before
            await asyncio.to_thread(postgres.start)
            recovery_seconds.append(await history.wait_for_bookings(1))
    await history.verify(postgres.dsn)
    print(f"recovered after {max(recovery_seconds):.2f} s")  # noqa: T201 - a measured figure
    assert max(recovery_seconds) <= MAX_RECOVERY_SECONDS + TOLERANCE_SECONDS


@pytest.mark.parametrize("times", [10, pytest.param(500, marks=pytest.mark.soak)])
async def test_terminated_connections_lose_nothing(
    history: BookingHistory, postgres: Postgres, times: int
) -> None:
    async with history.booking():
        for _ in range(times):
            await history.wait_for_bookings(3)
            await postgres.fetch_number(_TERMINATE_CONNECTIONS)
        await history.wait_for_bookings()
    await history.verify(postgres.dsn)


async def test_with_all_connections_in_use_other_requests_are_rejected_in_time(
    history: BookingHistory, postgres: Postgres
) -> None:
    blocker = await asyncpg.connect(postgres.dsn)
    try:
        async with history.booking(), HttpConnection(history.url, {}) as connection:
            await history.wait_for_bookings()
            async with blocker.transaction():
                await blocker.execute("LOCK TABLE spaces")
                started = time.monotonic()
                # More requests than the pool has connections.
                waiting = [HttpConnection(history.url, history.bearer) for _ in range(30)]
                responses = await asyncio.gather(
                    *(client.request("GET", "/api/spaces") for client in waiting)
                )
                assert {response.status for response in responses} == {503}
                # Some wait for a connection to authenticate, and then for the lock.
                max_seconds = 2 * MAX_RESPONSE_SECONDS + TOLERANCE_SECONDS
                assert time.monotonic() - started < max_seconds
                assert (await connection.request("GET", "/health/live")).seconds < TOLERANCE_SECONDS
            for client in waiting:
                client.abort()
            await history.wait_for_bookings()
        # The booking clients have waited for the lock as well.
        history.seconds = [min(*history.seconds, MAX_RESPONSE_SECONDS)]
        await history.verify(postgres.dsn)
    finally:
        await blocker.close()
