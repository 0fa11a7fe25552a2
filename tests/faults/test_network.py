"""The way to PostgreSQL is slow, stands still, and is cut, while people book."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.databases import TestServer
from tests.faults.conftest import a_new_journal, service_on
from tests.faults.journal import (
    LONGEST_ANSWER_SECONDS,
    SLACK_SECONDS,
    Journal,
    is_sound_refusal,
)
from tests.faults.proxy import Proxy, proxied
from tests.faults.wire import Line

SLOW_SECONDS = 0.02
STANDSTILL_SECONDS = 0.5
SOME_DAYS = "start_date=2026-03-01&end_date=2026-03-31"


@dataclass(frozen=True, slots=True)
class House:
    """A service that reaches its database by the proxy; who asks that itself takes `dsn`."""

    proxy: Proxy
    url: str
    dsn: str


@pytest.fixture(scope="module")
def house(server_18: TestServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with (
        server_18.scratch_database() as direct,
        proxied(direct) as (proxy, dsn),
        service_on(dsn, tmp_path_factory.mktemp("proxied")) as served,
    ):
        yield House(proxy, served.url, direct)


@pytest.fixture
async def journal(house: House) -> Journal:
    return await a_new_journal(house.url, house.dsn)


@pytest.mark.parametrize("times", [2, pytest.param(50, marks=pytest.mark.soak)])
async def test_a_slow_still_and_cut_network_loses_nothing(
    house: House, journal: Journal, times: int
) -> None:
    async with journal.kept():
        for _ in range(times):
            await trouble(journal, house.proxy)
        assert journal.statuses[503] == 0
        for _ in range(times):
            await journal.has_got_on()
            house.proxy.cut()
            await journal.has_got_on()
    await journal.compare(house.dsn)


async def test_a_network_that_swallows_everything_is_told_of_in_time(
    house: House, journal: Journal
) -> None:
    asked = "/api/spaces", f"/api/analytics/revenue?{SOME_DAYS}", "/api/users"
    async with journal.kept():
        await journal.has_got_on()
        house.proxy.is_silent = True
        lines = [Line(house.url, journal.bearer) for _ in asked]
        answers = await asyncio.gather(
            *(line.ask("GET", path) for line, path in zip(lines, asked, strict=True))
        )
        await journal.is_refused(by=1)
        house.proxy.is_silent = False
        await journal.has_got_on()
    for line in lines:
        line.cut()
    assert all(map(is_sound_refusal, answers))
    slowest = max(answer.seconds for answer in answers)
    assert slowest < LONGEST_ANSWER_SECONDS + SLACK_SECONDS
    await journal.compare(house.dsn)


async def trouble(journal: Journal, proxy: Proxy) -> None:
    """Nothing that takes long is a failure."""
    proxy.delay = SLOW_SECONDS
    await journal.has_got_on()
    proxy.delay = 0
    proxy.is_silent = True
    await asyncio.sleep(STANDSTILL_SECONDS)
    proxy.is_silent = False
    await journal.has_got_on()
