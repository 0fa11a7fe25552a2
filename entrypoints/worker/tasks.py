"""leased_tasks: the same chores, each done once per tick however many workers there are."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from application.jobs.leased_task import LeasedTask
from application.jobs.run_jobs import RunJobs
from application.mails.enqueue_reminders import EnqueueReminders
from application.maintenance.expire_holds import ExpireHolds
from application.maintenance.mark_no_shows import MarkNoShows
from application.maintenance.purge_expired_data import PurgeExpiredData
from application.payments.number_invoices import NumberInvoices
from application.payments.reconcile_checkouts import ReconcileCheckouts
from application.payments.reconcile_subscriptions import ReconcileSubscriptions
from application.payments.send_refunds import SendRefunds
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory

LANES = 4
"""How many jobs a worker does side by side."""


JOBS_EVERY = timedelta(seconds=1)
"""How often a lane looks whether there is a job; while there is, it takes one after the other."""


@dataclass(frozen=True, slots=True)
class PeriodicTask:
    """Something to be done every so often; `run` tells how many things it did.

    It has to be harmless to run it again, to run it in several workers at once, and to break it off
    anywhere. As long as it finds something to do it pauses only for `breath`, if that is set.
    """

    name: str
    run: Callable[[], Awaitable[int]]
    every: timedelta
    breath: timedelta | None = None


def lanes(run_jobs: RunJobs, breath: timedelta = timedelta(0)) -> list[PeriodicTask]:
    """Jobs, as many side by side as a worker does; each lane pauses so long after each."""
    return [PeriodicTask(f"jobs_{lane}", run_jobs, JOBS_EVERY, breath) for lane in range(LANES)]


def booking_tasks(
    expire_holds: ExpireHolds, mark_no_shows: MarkNoShows, enqueue_reminders: EnqueueReminders
) -> list[PeriodicTask]:
    """What bookings need; the contract has the worker come round every 30 seconds at least."""
    return [
        PeriodicTask("expire_holds", expire_holds, timedelta(seconds=10)),
        PeriodicTask("mark_no_shows", mark_no_shows, timedelta(seconds=10)),
        PeriodicTask("note_reminders", enqueue_reminders, timedelta(minutes=1)),
    ]


def maintenance_tasks(purge_expired_data: PurgeExpiredData) -> list[PeriodicTask]:
    """What nobody waits for."""
    return [PeriodicTask("sweep_leftovers", purge_expired_data, timedelta(minutes=10))]


def payment_tasks(
    send_refunds: SendRefunds,
    reconcile_checkouts: ReconcileCheckouts,
    reconcile_subscriptions: ReconcileSubscriptions,
    number_invoices: NumberInvoices,
) -> list[PeriodicTask]:
    """What payments need; the contract has the worker ask Stripe every 60 seconds at least."""
    return [
        PeriodicTask("send_refunds", send_refunds, timedelta(seconds=2)),
        PeriodicTask("reconcile_checkouts", reconcile_checkouts, timedelta(seconds=30)),
        PeriodicTask("reconcile_subscriptions", reconcile_subscriptions, timedelta(seconds=30)),
        PeriodicTask("number_invoices", number_invoices, timedelta(seconds=1)),
    ]


def leased_tasks(
    chores: Iterable[PeriodicTask], unit_of_work: UnitOfWorkFactory, clock: Clock
) -> list[PeriodicTask]:
    """The same chores, each done once per tick however many workers there are."""
    return [
        replace(
            chore,
            run=LeasedTask(chore.name, chore.run, unit_of_work, clock, every=chore.every),
        )
        for chore in chores
    ]
