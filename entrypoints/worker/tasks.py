"""The tasks of the background worker, and how often each runs."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from application.jobs.leased_task import LeasedTask
from application.use_cases import UseCases

JOB_CONCURRENCY = 4
"""How many jobs a worker runs concurrently."""
JOB_POLL_INTERVAL = timedelta(seconds=1)
"""How often a worker looks for jobs when none was due. While jobs are due it does not wait."""


@dataclass(frozen=True, slots=True)
class PeriodicTask:
    """Work that is run again and again. `run` returns the number of items processed.

    It must be idempotent, safe to run in several workers at once, and safe to cancel at any point.
    After a run that processed something it pauses for `pause_after_work` instead of `every`, if
    that is set.
    """

    name: str
    run: Callable[[], Awaitable[int]]
    every: timedelta
    pause_after_work: timedelta | None = None


def job_tasks(
    use_cases: UseCases, pause_after_work: timedelta = timedelta(0)
) -> list[PeriodicTask]:
    """Return JOB_CONCURRENCY tasks that run jobs."""
    return [
        PeriodicTask(f"jobs_{number}", use_cases.run_jobs, JOB_POLL_INTERVAL, pause_after_work)
        for number in range(JOB_CONCURRENCY)
    ]


def booking_tasks(use_cases: UseCases) -> list[PeriodicTask]:
    """Return the tasks of bookings. The contract requires a run at least every 30 seconds."""
    return [
        PeriodicTask("expire_holds", use_cases.expire_holds, timedelta(seconds=10)),
        PeriodicTask("mark_no_shows", use_cases.mark_no_shows, timedelta(seconds=10)),
        PeriodicTask("note_reminders", use_cases.enqueue_reminders, timedelta(minutes=1)),
    ]


def maintenance_tasks(use_cases: UseCases) -> list[PeriodicTask]:
    """Return the tasks that delete data that is no longer needed."""
    return [PeriodicTask("sweep_leftovers", use_cases.purge_expired_data, timedelta(minutes=10))]


def payment_tasks(use_cases: UseCases) -> list[PeriodicTask]:
    """Return the tasks of payments. The contract requires a sync at least every 60 seconds."""
    return [
        PeriodicTask("send_refunds", use_cases.send_refunds, timedelta(seconds=2)),
        PeriodicTask("reconcile_checkouts", use_cases.reconcile_checkouts, timedelta(seconds=30)),
        PeriodicTask(
            "reconcile_subscriptions", use_cases.reconcile_subscriptions, timedelta(seconds=30)
        ),
        PeriodicTask("number_invoices", use_cases.number_invoices, timedelta(seconds=1)),
    ]


def leased_tasks(tasks: Iterable[PeriodicTask], use_cases: UseCases) -> list[PeriodicTask]:
    """Return the tasks such that each run happens in one of all workers."""
    return [
        replace(
            task,
            run=LeasedTask(
                task.name, task.run, use_cases.unit_of_work, use_cases.clock, every=task.every
            ),
        )
        for task in tasks
    ]
