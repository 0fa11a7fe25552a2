"""Singleflight: concurrent calls share a run that started after they were made."""

import asyncio

import pytest

from application.common.singleflight import Singleflight


class Slow:
    """Returns the number of the run once the gate is open."""

    def __init__(self) -> None:
        self.runs = 0
        self.gate = asyncio.Event()

    async def __call__(self) -> int:
        self.runs += 1
        number = self.runs
        await self.gate.wait()
        return number


async def test_calls_during_a_run_share_the_next_one() -> None:
    slow = Slow()
    shared = Singleflight(slow)
    first = asyncio.ensure_future(shared())
    await asyncio.sleep(0.01)
    later = [asyncio.ensure_future(shared()) for _ in range(3)]
    await asyncio.sleep(0)
    slow.gate.set()
    assert await first == 1
    assert await asyncio.gather(*later) == [2, 2, 2]
    assert await shared() == 3


async def test_a_cancelled_call_does_not_cancel_the_run_of_others() -> None:
    slow = Slow()
    shared = Singleflight(slow)
    impatient, patient = asyncio.ensure_future(shared()), asyncio.ensure_future(shared())
    await asyncio.sleep(0.01)
    impatient.cancel()
    slow.gate.set()
    assert await patient == 1


async def test_a_failure_is_raised_to_all_callers_and_not_cached() -> None:
    async def fail() -> int:
        raise ValueError("It failed.")

    shared = Singleflight(fail)
    for _ in range(2):
        with pytest.raises(ValueError, match="It failed"):
            await shared()
