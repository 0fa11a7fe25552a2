"""The background worker goes on whatever happens, and ends when it is told to."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from application.ports.unit_of_work import Unavailable
from domain.house import Confirmation
from entrypoints.worker.runner import MAX_PAUSE, run_worker
from entrypoints.worker.tasks import PeriodicTask
from tests.unit.application.world import World

EVERY = timedelta(seconds=10)


class Ended(Exception):
    """What a test's sleep raises when it has seen enough."""


def sleeper(pauses: list[float], *, most: int) -> Callable[[float], Awaitable[None]]:
    """A sleep that takes no time, notes how long it would have been, and ends the worker."""

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == most:
            raise Ended
        await asyncio.sleep(0)

    return sleep


async def run(*chores: PeriodicTask, rounds: int) -> list[float]:
    """Let the worker do its chores until it has paused so often; how long each pause was."""
    pauses: list[float] = []
    with pytest.raises(ExceptionGroup) as ended:
        await run_worker(chores, sleep=sleeper(pauses, most=rounds))
    assert ended.group_contains(Ended)
    return pauses


def failing(*failures: Exception | None) -> tuple[list[int], Callable[[], Awaitable[int]]]:
    """A chore that fails like this, time after time, and then works."""
    runs: list[int] = []

    async def chore() -> int:
        runs.append(len(runs))
        failure = failures[runs[-1]] if runs[-1] < len(failures) else None
        if failure is not None:
            raise failure
        return 1

    return runs, chore


async def test_a_chore_is_done_over_and_over() -> None:
    runs, chore = failing()
    assert await run(PeriodicTask("sweep", chore, EVERY), rounds=4) == [10, 10, 10, 10]
    assert len(runs) == 4


@pytest.mark.parametrize("failure", [Unavailable("Away."), RuntimeError("A mistake.")])
async def test_a_failure_makes_it_wait_longer_and_longer_but_never_end(failure: Exception) -> None:
    runs, chore = failing(*[failure] * 6)
    pauses = await run(PeriodicTask("sweep", chore, EVERY), rounds=8)
    assert pauses == [10, 20, 40, 60, 60, 60, 10, 10]
    assert max(pauses) == MAX_PAUSE.total_seconds()
    assert len(runs) == 8


async def test_a_chore_that_comes_round_seldom_does_not_come_more_often_for_a_failure() -> None:
    _, chore = failing(*[Unavailable("Away.")] * 2)
    pauses = await run(PeriodicTask("sweep", chore, timedelta(minutes=10)), rounds=3)
    assert pauses == [600, 600, 600]


async def test_one_chore_that_fails_does_not_hold_up_another() -> None:
    _, broken = failing(*[RuntimeError("A mistake.")] * 100)
    runs, sound = failing()
    await run(PeriodicTask("broken", broken, EVERY), PeriodicTask("sound", sound, EVERY), rounds=10)
    assert len(runs) >= 4


async def test_it_ends_when_it_is_cancelled() -> None:
    is_running = asyncio.Event()

    async def chore() -> int:
        is_running.set()
        await asyncio.Event().wait()
        return 0

    worker = asyncio.create_task(run_worker([PeriodicTask("sweep", chore, EVERY)]))
    await is_running.wait()
    worker.cancel()
    with pytest.raises(asyncio.CancelledError):
        await worker


async def test_it_sweeps_holds() -> None:
    world = World(confirmation=Confirmation.PAYMENT)
    member = await world.a_caller()
    held = await world.book(member, await world.a_space(), 9, 10)
    world.clock.advance(world.house.booking_hold)
    await run(PeriodicTask("expire_holds", world.expire_holds, EVERY), rounds=1)
    assert (await world.booking(held.id)).status == "CANCELLED"
