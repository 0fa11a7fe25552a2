"""The background worker survives failures and stops when it is cancelled."""

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
    """Raised by the fake sleep to end the worker."""


def sleeper(pauses: list[float], *, max_pauses: int) -> Callable[[float], Awaitable[None]]:
    """Return a fake sleep that records the pauses and ends the worker after some of them."""

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == max_pauses:
            raise Ended
        await asyncio.sleep(0)

    return sleep


async def run(*tasks: PeriodicTask, rounds: int) -> list[float]:
    """Run the worker until it has paused that often. Returns the pauses in seconds."""
    pauses: list[float] = []
    with pytest.raises(ExceptionGroup) as ended:
        await run_worker(tasks, sleep=sleeper(pauses, max_pauses=rounds))
    assert ended.group_contains(Ended)
    return pauses


def failing(*failures: Exception | None) -> tuple[list[int], Callable[[], Awaitable[int]]]:
    """Return a task that raises these errors in turn and then succeeds."""
    runs: list[int] = []

    async def task() -> int:
        runs.append(len(runs))
        failure = failures[runs[-1]] if runs[-1] < len(failures) else None
        if failure is not None:
            raise failure
        return 1

    return runs, task


async def test_a_task_is_run_repeatedly() -> None:
    runs, task = failing()
    assert await run(PeriodicTask("sweep", task, EVERY), rounds=4) == [10, 10, 10, 10]
    assert len(runs) == 4


@pytest.mark.parametrize("failure", [Unavailable("Away."), RuntimeError("A mistake.")])
async def test_failures_increase_the_delay_but_never_stop_the_worker(failure: Exception) -> None:
    runs, task = failing(*[failure] * 6)
    pauses = await run(PeriodicTask("sweep", task, EVERY), rounds=8)
    assert pauses == [10, 20, 40, 60, 60, 60, 10, 10]
    assert max(pauses) == MAX_PAUSE.total_seconds()
    assert len(runs) == 8


async def test_a_rare_task_is_not_run_more_often_after_a_failure() -> None:
    _, task = failing(*[Unavailable("Away.")] * 2)
    pauses = await run(PeriodicTask("sweep", task, timedelta(minutes=10)), rounds=3)
    assert pauses == [600, 600, 600]


async def test_a_failing_task_does_not_delay_another() -> None:
    _, broken = failing(*[RuntimeError("A mistake.")] * 100)
    runs, healthy = failing()
    await run(
        PeriodicTask("broken", broken, EVERY), PeriodicTask("healthy", healthy, EVERY), rounds=10
    )
    assert len(runs) >= 4


async def test_after_work_a_task_pauses_for_the_time_that_it_sets() -> None:
    counts = iter([1, 1, 0, 1])

    async def task() -> int:
        return next(counts, 0)

    pauses = await run(PeriodicTask("jobs", task, EVERY, timedelta(seconds=0.5)), rounds=4)
    assert pauses == [0.5, 0.5, 10, 0.5]


async def test_it_ends_when_it_is_cancelled() -> None:
    is_running = asyncio.Event()

    async def task() -> int:
        is_running.set()
        await asyncio.Event().wait()
        return 0

    worker = asyncio.create_task(run_worker([PeriodicTask("sweep", task, EVERY)]))
    await is_running.wait()
    worker.cancel()
    with pytest.raises(asyncio.CancelledError):
        await worker


async def test_it_expires_holds() -> None:
    world = World(confirmation=Confirmation.PAYMENT)
    member = await world.a_caller()
    held = await world.book(member, await world.a_space(), 9, 10)
    world.clock.advance(world.house.booking_hold)
    await run(PeriodicTask("expire_holds", world.expire_holds, EVERY), rounds=1)
    assert (await world.booking(held.id)).status == "CANCELLED"
