"""The service is killed or terminated during bookings; no acknowledged booking is lost."""

import asyncio
import signal
from pathlib import Path

import pytest

from tests.faults.booking_history import BookingHistory, new_history
from tests.faults.conftest import run_service


@pytest.mark.parametrize("workers", [pytest.param(1, marks=pytest.mark.soak), 2])
async def test_killing_the_service_loses_no_acknowledged_booking(
    scratch_database_18: str, tmp_path: Path, workers: int
) -> None:
    with run_service(scratch_database_18, tmp_path, workers=workers) as served:
        history = await new_history(served.url, scratch_database_18)
        async with history.booking():
            await history.wait_for_bookings(20)
            served.process.kill()
            await asyncio.to_thread(served.ended)
    await history.verify(scratch_database_18)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("times", [1, pytest.param(25, marks=pytest.mark.soak)])
async def test_on_sigterm_every_started_request_gets_its_response_and_the_exit_code_is_0(
    scratch_database_18: str, tmp_path: Path, workers: int, times: int
) -> None:
    history: BookingHistory | None = None
    for _ in range(times):
        with run_service(scratch_database_18, tmp_path, workers=workers) as served:
            history = history or await new_history(served.url, scratch_database_18, rooms=16)
            history.url = served.url
            async with history.booking():
                await history.wait_for_bookings(20)
                served.process.send_signal(signal.SIGTERM)
                assert await asyncio.to_thread(served.ended) == 0
            await history.verify(scratch_database_18)
            # No booking was stored without its response being delivered.
            assert await history.count_stored(scratch_database_18) == len(history.acknowledged)
