"""PostgreSQL is killed, cut off, slow, or busy, and the journal of those who book holds."""

import asyncio
import time

import asyncpg
import pytest

from tests.faults.conftest import Postgres
from tests.faults.journal import LONGEST_ANSWER_SECONDS, SLACK_SECONDS, Journal
from tests.faults.wire import Line

A_FEW_OR_MANY = [2, pytest.param(25, marks=pytest.mark.soak)]
BACK_WITHIN_SECONDS = 2
_CUT_ALL = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'cowork-api'
"""


@pytest.mark.parametrize("times", A_FEW_OR_MANY)
async def test_killed_under_load_it_loses_nothing_and_is_back_in_two_seconds(
    journal: Journal, postgres: Postgres, times: int
) -> None:
    back = []
    async with journal.kept():
        for _ in range(times):
            await journal.has_got_on()
            await asyncio.to_thread(postgres.kill)
            before = journal.statuses[503]
            await asyncio.sleep(0.2)
            assert journal.statuses[503] > before
            await asyncio.to_thread(postgres.start)
            back.append(await journal.has_got_on(by=1))
    await journal.compare(postgres.dsn)
    print(f"back after {max(back):.2f} s")  # noqa: T201 - for who measures
    assert max(back) <= BACK_WITHIN_SECONDS + SLACK_SECONDS


@pytest.mark.parametrize("times", [10, pytest.param(500, marks=pytest.mark.soak)])
async def test_cut_connections_lose_nothing(
    journal: Journal, postgres: Postgres, times: int
) -> None:
    async with journal.kept():
        for _ in range(times):
            await journal.has_got_on(by=3)
            await postgres.ask(_CUT_ALL)
        await journal.has_got_on()
    await journal.compare(postgres.dsn)


async def test_with_every_connection_taken_others_are_refused_in_time(
    journal: Journal, postgres: Postgres
) -> None:
    blocker = await asyncpg.connect(postgres.dsn)
    try:
        async with journal.kept(), Line(journal.url, {}) as line:
            await journal.has_got_on()
            async with blocker.transaction():
                await blocker.execute("LOCK TABLE spaces")
                began = time.monotonic()
                # More than the pool has connections.
                waiting = [Line(journal.url, journal.bearer) for _ in range(30)]
                answers = await asyncio.gather(*(one.ask("GET", "/api/spaces") for one in waiting))
                assert {answer.status for answer in answers} == {503}
                # Some wait for a connection to say who they are, and then for the lock.
                longest = 2 * LONGEST_ANSWER_SECONDS + SLACK_SECONDS
                assert time.monotonic() - began < longest
                assert (await line.ask("GET", "/health/live")).seconds < SLACK_SECONDS
            for one in waiting:
                one.cut()
            await journal.has_got_on()
        # Those who booked meanwhile have waited for the lock as well.
        journal.seconds = [min(*journal.seconds, LONGEST_ANSWER_SECONDS)]
        await journal.compare(postgres.dsn)
    finally:
        await blocker.close()
