"""Singleflight: who asks at once shares a run, and gets none that began before they asked."""

import asyncio

import pytest

from application.common.singleflight import Singleflight


class Slow:
    """Gives the number of the run, when it is let."""

    def __init__(self) -> None:
        self.runs = 0
        self.gate = asyncio.Event()

    async def __call__(self) -> int:
        self.runs += 1
        number = self.runs
        await self.gate.wait()
        return number


async def test_who_asks_during_a_run_gets_the_next_one_together() -> None:
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


async def test_a_caller_who_gives_up_ends_nobody_elses_run() -> None:
    slow = Slow()
    shared = Singleflight(slow)
    impatient, patient = asyncio.ensure_future(shared()), asyncio.ensure_future(shared())
    await asyncio.sleep(0.01)
    impatient.cancel()
    slow.gate.set()
    assert await patient == 1


async def test_a_failure_is_told_to_all_and_is_not_kept() -> None:
    async def fail() -> int:
        raise ValueError("It failed.")

    shared = Singleflight(fail)
    for _ in range(2):
        with pytest.raises(ValueError, match="It failed"):
            await shared()
