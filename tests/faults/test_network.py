"""The way to PostgreSQL is slow, stands still, and is cut, while people book."""

import asyncio
from pathlib import Path

import pytest

from tests.faults.conftest import service_on
from tests.faults.journal import Journal, a_journal
from tests.faults.proxy import Proxy, proxied

SLOW_SECONDS = 0.05
STANDSTILL_SECONDS = 1


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


async def trouble(journal: Journal, proxy: Proxy) -> None:
    """Nothing that takes long is a failure."""
    proxy.delay = SLOW_SECONDS
    await journal.has_got_on()
    proxy.delay = 0
    proxy.is_silent = True
    await asyncio.sleep(STANDSTILL_SECONDS)
    proxy.is_silent = False
    await journal.has_got_on()
