"""The way to PostgreSQL is slow, stands still, and is cut, while people book."""

import asyncio
from pathlib import Path

import pytest

from tests.faults.conftest import service_on
from tests.faults.journal import (
    LONGEST_ANSWER_SECONDS,
    SLACK_SECONDS,
    Journal,
    a_journal,
    is_sound_refusal,
)
from tests.faults.proxy import Proxy, proxied
from tests.faults.wire import Line

SLOW_SECONDS = 0.02
STANDSTILL_SECONDS = 0.5
SOME_DAYS = "start_date=2026-03-01&end_date=2026-03-31"


@pytest.mark.parametrize("times", [2, pytest.param(50, marks=pytest.mark.soak)])
async def test_a_slow_still_and_cut_network_loses_nothing(
    scratch_database_18: str, tmp_path: Path, times: int
) -> None:
    with proxied(scratch_database_18) as (proxy, dsn), service_on(dsn, tmp_path) as served:
        journal = await a_journal(served.url, scratch_database_18)
        async with journal.kept():
            for _ in range(times):
                await trouble(journal, proxy)
            assert journal.statuses[503] == 0
            for _ in range(times):
                await journal.has_got_on()
                proxy.cut()
                await journal.has_got_on()
        await journal.compare(scratch_database_18)


async def test_a_network_that_swallows_everything_is_told_of_in_time(
    scratch_database_18: str, tmp_path: Path
) -> None:
    with proxied(scratch_database_18) as (proxy, dsn), service_on(dsn, tmp_path) as served:
        journal = await a_journal(served.url, scratch_database_18)
        asked = "/api/spaces", f"/api/analytics/revenue?{SOME_DAYS}", "/api/users"
        async with journal.kept():
            await journal.has_got_on()
            proxy.is_silent = True
            lines = [Line(served.url, journal.bearer) for _ in asked]
            answers = await asyncio.gather(
                *(line.ask("GET", path) for line, path in zip(lines, asked, strict=True))
            )
            await journal.is_refused(by=1)
            proxy.is_silent = False
            await journal.has_got_on()
        for line in lines:
            line.cut()
        assert all(map(is_sound_refusal, answers))
        slowest = max(answer.seconds for answer in answers)
        assert slowest < LONGEST_ANSWER_SECONDS + SLACK_SECONDS
        await journal.compare(scratch_database_18)


async def trouble(journal: Journal, proxy: Proxy) -> None:
    """Nothing that takes long is a failure."""
    proxy.delay = SLOW_SECONDS
    await journal.has_got_on()
    proxy.delay = 0
    proxy.is_silent = True
    await asyncio.sleep(STANDSTILL_SECONDS)
    proxy.is_silent = False
    await journal.has_got_on()
