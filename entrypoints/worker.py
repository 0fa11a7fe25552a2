"""The background worker: does each chore over and over, whatever happens to the database."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from application.payments.number_invoices import NumberInvoices
from application.payments.reconcile import ReconcileCheckouts, ReconcileSubscriptions
from application.payments.send_refunds import SendRefunds
from application.ports.unit_of_work import Unavailable
from application.sweeps.bookings import ExpireHolds, MarkNoShows
from application.sweeps.idempotency_keys import SweepIdempotencyKeys

LONGEST_PAUSE = timedelta(minutes=1)
"""After failures in a row it comes round less and less often, but never less than this."""

Sleep = Callable[[float], Awaitable[None]]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to be done every so often; `run` tells how many things it did.

    It has to be harmless to run it again, to run it in several workers at once, and to break it off
    anywhere.
    """

    name: str
    run: Callable[[], Awaitable[int]]
    every: timedelta


def booking_chores(
    expire_holds: ExpireHolds, mark_no_shows: MarkNoShows, sweep_keys: SweepIdempotencyKeys
) -> list[Chore]:
    """What bookings need; the contract has the worker come round every 30 seconds at least."""
    return [
        Chore("expire_holds", expire_holds, timedelta(seconds=10)),
        Chore("mark_no_shows", mark_no_shows, timedelta(seconds=10)),
        Chore("sweep_idempotency_keys", sweep_keys, timedelta(minutes=10)),
    ]


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
        Chore("reconcile_subscriptions", reconcile_subscriptions, timedelta(seconds=45)),
        Chore("number_invoices", number_invoices, timedelta(seconds=1)),
    ]


async def run_worker(chores: Iterable[Chore], *, sleep: Sleep = asyncio.sleep) -> None:
    """Do all chores side by side until it is cancelled.

    No failure ends it, and none of one chore holds up another: it is logged, and the chore is tried
    again after a while.
    """
    async with asyncio.TaskGroup() as group:
        for chore in chores:
            group.create_task(_keep_doing(chore, sleep), name=chore.name)


async def _keep_doing(chore: Chore, sleep: Sleep) -> None:
    failures = 0
    while True:
        failures = 0 if await _is_done(chore) else failures + 1
        await sleep(_pause(chore, failures).total_seconds())


async def _is_done(chore: Chore) -> bool:
    try:
        count = await chore.run()
    except Unavailable as error:
        _log.warning("chore_put_off", chore=chore.name, reason=str(error))
        return False
    except Exception:
        # A mistake in one chore, or in one row, is no reason to leave all others undone.
        _log.exception("chore_failed", chore=chore.name)
        return False
    if count:
        _log.info("chore_done", chore=chore.name, count=count)
    return True


def _pause(chore: Chore, failures: int) -> timedelta:
    if not failures:
        return chore.every
    backed_off: timedelta = chore.every * 2 ** min(failures - 1, 10)
    return max(chore.every, min(backed_off, LONGEST_PAUSE))
