"""Clients hang up in the middle of a request: no connection leaks, nothing is half written."""

import asyncio
from random import Random

import pytest

from tests.faults.conftest import Postgres
from tests.faults.journal import Journal, bookings_of
from tests.faults.wire import Line

LONGEST_PAUSE_SECONDS = 0.03
"""Some hang up before anything is done, some after everything is."""
POOL_SIZE = 10
PATIENCE_SECONDS = 10
_BUSY = """
SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cowork-api' AND state <> 'idle'
"""
_ALL = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cowork-api'"


@pytest.mark.parametrize("times", [200, pytest.param(2_000, marks=pytest.mark.soak)])
async def test_clients_that_hang_up_leave_nothing_behind(
    journal: Journal, postgres: Postgres, times: int
) -> None:
    random = Random(1)
    bodies = [bookings_of(room) for room in journal.rooms]

    async def hang_up_again_and_again(client: int) -> None:
        for body in (next(bodies[client]) for _ in range(times // len(bodies))):
            line = Line(journal.url, journal.bearer)
            await line.send("POST", "/api/bookings", body, {"Idempotency-Key": body["notes"]})
            await asyncio.sleep(random.random() * LONGEST_PAUSE_SECONDS)
            line.cut()

    await asyncio.gather(*map(hang_up_again_and_again, range(len(bodies))))
    journal.unknown = times
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await postgres.ask(_BUSY):  # noqa: ASYNC110 - the server tells of nothing
            await asyncio.sleep(0.05)
    assert 0 < await journal.rows(postgres.dsn) < times, "None was cut off in the middle."
    assert await postgres.ask(_ALL) <= POOL_SIZE
    # None of the connections is lost to those who come now.
    async with journal.kept():
        await journal.has_got_on(by=2 * POOL_SIZE)
    await journal.compare(postgres.dsn)
