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
"""After failures in a row it comes round less and less often, but never less than this."""


Sleep = Callable[[float], Awaitable[None]]


_log = structlog.get_logger(__name__)


async def run_worker(
    chores: Iterable[PeriodicTask], *, stop: asyncio.Event | None = None, sleep: Sleep | None = None
) -> None:
    """Do all chores side by side until it is told to stop; what runs then is brought to its end.

    No failure ends it, and none of one chore holds up another: it is logged, and the chore is tried
    again after a while.
    """
    stop = stop or asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for chore in chores:
            group.create_task(_keep_doing(chore, stop, sleep or _until(stop)), name=chore.name)


def _until(stop: asyncio.Event) -> Sleep:
    """A sleep that ends early when it is time to stop."""

    async def sleep(seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await stop.wait()

    return sleep


async def _keep_doing(chore: PeriodicTask, stop: asyncio.Event, sleep: Sleep) -> None:
    failures = 0
    while not stop.is_set():
        count = await _count(chore)
        failures = 0 if count is not None else failures + 1
        pause = chore.breath if count and chore.breath is not None else _pause(chore, failures)
        if pause:
            await sleep(pause.total_seconds())


async def _count(chore: PeriodicTask) -> int | None:
    """How many things it did, or None when it failed."""
    try:
        count = await chore.run()
    except Unavailable as error:
        _log.warning("chore_put_off", chore=chore.name, reason=str(error))
        return None
    except Exception:
        # A mistake in one chore, or in one row, is no reason to leave all others undone.
        _log.exception("chore_failed", chore=chore.name)
        return None
    if count and chore.breath is None:
        _log.info("chore_done", chore=chore.name, count=count)
    return count


def _pause(chore: PeriodicTask, failures: int) -> timedelta:
    if not failures:
        return chore.every
    return max(chore.every, backoff(failures, first_delay=chore.every, max_delay=MAX_PAUSE))
