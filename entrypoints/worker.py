"""The background worker: does jobs and chores over and over, whatever happens to the database."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from application.jobs.once_per_tick import OncePerTick
from application.jobs.run_jobs import RunJobs
from application.mails.note_reminders import NoteReminders
from application.payments.number_invoices import NumberInvoices
from application.payments.reconcile import ReconcileCheckouts, ReconcileSubscriptions
from application.payments.send_refunds import SendRefunds
from application.ports.clock import Clock
from application.ports.unit_of_work import Unavailable, UnitOfWorkFactory
from application.sweeps.bookings import ExpireHolds, MarkNoShows
from application.sweeps.leftovers import SweepLeftovers
from domain.backoff import backoff

LONGEST_PAUSE = timedelta(minutes=1)
"""After failures in a row it comes round less and less often, but never less than this."""
LANES = 4
"""How many jobs a worker does side by side."""
JOBS_EVERY = timedelta(seconds=1)
"""How often a lane looks whether there is a job; while there is, it takes one after the other."""

Sleep = Callable[[float], Awaitable[None]]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to be done every so often; `run` tells how many things it did.

    It has to be harmless to run it again, to run it in several workers at once, and to break it off
    anywhere. As long as it finds something to do it pauses only for `breath`, if that is set.
    """

    name: str
    run: Callable[[], Awaitable[int]]
    every: timedelta
    breath: timedelta | None = None


def lanes(run_jobs: RunJobs, breath: timedelta = timedelta(0)) -> list[Chore]:
    """Jobs, as many side by side as a worker does; each lane pauses so long after each."""
    return [Chore(f"jobs_{lane}", run_jobs, JOBS_EVERY, breath) for lane in range(LANES)]


def booking_chores(
    expire_holds: ExpireHolds, mark_no_shows: MarkNoShows, note_reminders: NoteReminders
) -> list[Chore]:
    """What bookings need; the contract has the worker come round every 30 seconds at least."""
    return [
        Chore("expire_holds", expire_holds, timedelta(seconds=10)),
        Chore("mark_no_shows", mark_no_shows, timedelta(seconds=10)),
        Chore("note_reminders", note_reminders, timedelta(minutes=1)),
    ]


def sweeping_chores(sweep_leftovers: SweepLeftovers) -> list[Chore]:
    """What nobody waits for."""
    return [Chore("sweep_leftovers", sweep_leftovers, timedelta(minutes=10))]


def payment_chores(
    send_refunds: SendRefunds,
    reconcile_checkouts: ReconcileCheckouts,
    reconcile_subscriptions: ReconcileSubscriptions,
    number_invoices: NumberInvoices,
) -> list[Chore]:
    """What payments need; the contract has the worker ask Stripe every 60 seconds at least."""
    return [
        Chore("send_refunds", send_refunds, timedelta(seconds=2)),
        Chore("reconcile_checkouts", reconcile_checkouts, timedelta(seconds=30)),
        Chore("reconcile_subscriptions", reconcile_subscriptions, timedelta(seconds=30)),
        Chore("number_invoices", number_invoices, timedelta(seconds=1)),
    ]


def shared_by_workers(
    chores: Iterable[Chore], unit_of_work: UnitOfWorkFactory, clock: Clock
) -> list[Chore]:
    """The same chores, each done once per tick however many workers there are."""
    return [
        replace(
            chore,
            run=OncePerTick(chore.name, chore.run, unit_of_work, clock, every=chore.every),
        )
        for chore in chores
    ]


async def run_worker(
    chores: Iterable[Chore], *, stop: asyncio.Event | None = None, sleep: Sleep | None = None
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


async def _keep_doing(chore: Chore, stop: asyncio.Event, sleep: Sleep) -> None:
    failures = 0
    while not stop.is_set():
        count = await _count(chore)
        failures = 0 if count is not None else failures + 1
        pause = chore.breath if count and chore.breath is not None else _pause(chore, failures)
        if pause:
            await sleep(pause.total_seconds())


async def _count(chore: Chore) -> int | None:
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


def _pause(chore: Chore, failures: int) -> timedelta:
    if not failures:
        return chore.every
    return max(chore.every, backoff(failures, first=chore.every, longest=LONGEST_PAUSE))
