"""The loop of the background worker."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import timedelta

import structlog

from application.ports.unit_of_work import Unavailable
from domain.backoff import backoff
from entrypoints.worker.tasks import PeriodicTask

MAX_PAUSE = timedelta(minutes=1)
"""The longest pause after consecutive failures of a task that runs more often."""

Sleep = Callable[[float], Awaitable[None]]

_log = structlog.get_logger(__name__)


async def run_worker(
    tasks: Iterable[PeriodicTask], *, stop: asyncio.Event | None = None, sleep: Sleep | None = None
) -> None:
    """Run all tasks concurrently until `stop` is set. Runs in progress then finish.

    A failure is logged and the task retried with backoff; it neither ends the worker nor delays
    another task.
    """
    stop = stop or asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for task in tasks:
            group.create_task(_repeat(task, stop, sleep or _until(stop)), name=task.name)


def _until(stop: asyncio.Event) -> Sleep:
    """Return a sleep that ends early when `stop` is set."""

    async def sleep(seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await stop.wait()

    return sleep


async def _repeat(task: PeriodicTask, stop: asyncio.Event, sleep: Sleep) -> None:
    failures = 0
    while not stop.is_set():
        count = await _run(task)
        failures = 0 if count is not None else failures + 1
        if count and task.pause_after_work is not None:
            pause = task.pause_after_work
        else:
            pause = _pause(task, failures)
        if pause:
            await sleep(pause.total_seconds())


async def _run(task: PeriodicTask) -> int | None:
    """Return the number of items processed, None after a failure."""
    try:
        count = await task.run()
    except Unavailable as error:
        _log.warning("task_deferred", task=task.name, reason=str(error))
        return None
    except Exception:
        # A defect in one task, or in one row, must not stop the others.
        _log.exception("task_failed", task=task.name)
        return None
    if count and task.pause_after_work is None:
        _log.info("task_done", task=task.name, count=count)
    return count


def _pause(task: PeriodicTask, failures: int) -> timedelta:
    if not failures:
        return task.every
    return max(task.every, backoff(failures, first_delay=task.every, max_delay=MAX_PAUSE))
