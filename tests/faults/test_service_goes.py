"""The service is killed or told to end while people book; what it began, it also answered."""

import asyncio
import signal
from pathlib import Path

import pytest

from tests.faults.conftest import service_on
from tests.faults.journal import Journal, a_journal


@pytest.mark.parametrize("workers", [pytest.param(1, marks=pytest.mark.soak), 2])
async def test_killed_at_once_it_has_lost_nothing_that_it_acknowledged(
    scratch_database_18: str, tmp_path: Path, workers: int
) -> None:
    with service_on(scratch_database_18, tmp_path, workers=workers) as served:
        journal = await a_journal(served.url, scratch_database_18)
        async with journal.kept():
            await journal.has_got_on(by=20)
            served.process.kill()
            await asyncio.to_thread(served.ended)
    await journal.compare(scratch_database_18)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("times", [1, pytest.param(25, marks=pytest.mark.soak)])
async def test_told_to_end_it_answers_all_that_it_began_and_exits_with_0(
    scratch_database_18: str, tmp_path: Path, workers: int, times: int
) -> None:
    journal: Journal | None = None
    for _ in range(times):
        with service_on(scratch_database_18, tmp_path, workers=workers) as served:
            journal = journal or await a_journal(served.url, scratch_database_18, people=16)
            journal.url = served.url
            async with journal.kept():
                await journal.has_got_on(by=20)
                served.process.send_signal(signal.SIGTERM)
                assert await asyncio.to_thread(served.ended) == 0
            await journal.compare(scratch_database_18)
            # Nothing was done whose answer did not arrive.
            assert await journal.rows(scratch_database_18) == len(journal.made)
