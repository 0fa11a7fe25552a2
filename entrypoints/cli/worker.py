"""`cowork worker`, and the same work beside `cowork serve`."""

import asyncio
import sys
from collections.abc import Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from datetime import timedelta

from anyio.from_thread import start_blocking_portal

from adapters.postgres import PostgresDatabase
from entrypoints.cli.database import DEFAULT_DATA_DIR, DataDir, database_at_head
from entrypoints.cli.secret_key import with_secret_key
from entrypoints.cli.signals import stop_on_signals
from entrypoints.container import Container
from entrypoints.observability.tracing_setup import start_tracing_if_configured
from entrypoints.settings import Settings, load_settings
from entrypoints.worker.runner import run_worker
from entrypoints.worker.tasks import (
    PeriodicTask,
    booking_tasks,
    lanes,
    leased_tasks,
    maintenance_tasks,
    payment_tasks,
)

POOL_SIZE = 6
"""Jobs and chores are done side by side, each on a connection of its own while it needs one."""
DRAIN = timedelta(seconds=20)
"""What runs when the worker is told to end may take so long to come to its end."""


def worker(data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Do the background work, and nothing else. Any number may run, on any number of hosts."""
    settings = with_secret_key(load_settings(), data_dir)
    start_tracing_if_configured(settings)
    with (
        stop_on_signals(),
        database_at_head(settings, data_dir) as dsn,
        background_work(settings, dsn) as work,
    ):
        sys.stdout.write("The background worker runs.\n")
        sys.stdout.flush()
        work.result()


@contextmanager
def background_work(
    settings: Settings, dsn: str, *, breath: timedelta = timedelta(0), drain: timedelta = DRAIN
) -> Iterator["Future[None]"]:
    """Do it in a thread with an event loop of its own, for as long as the block lasts.

    The future is done before that only when the work has broken off.

    `breath` is the pause after each job, for a thread whose process has something better to do.
    """
    stop = asyncio.Event()
    with start_blocking_portal() as portal:
        work = portal.start_task_soon(_work, settings, dsn, stop, breath)
        try:
            yield work
        finally:
            portal.call(stop.set)
            wait([work], drain.total_seconds())
            # Wherever that breaks it off: what is not committed is done by the next who comes.
            work.cancel()


async def _work(settings: Settings, dsn: str, stop: asyncio.Event, breath: timedelta) -> None:
    database = await PostgresDatabase.connect(dsn, pool_size=POOL_SIZE)
    container = Container(settings=settings, database=database)
    # Not before `serve` has settled whether processes share their numbers.
    from entrypoints.observability.metrics.decorators import meter_jobs_and_mails, meter_tasks  # noqa: PLC0415

    meter_jobs_and_mails(container)
    try:
        await run_worker(meter_tasks(_chores(container, breath)), stop=stop)
    finally:
        await container.payments().close()
        await database.close()


def _chores(container: Container, breath: timedelta) -> list[PeriodicTask]:
    use_cases = container.use_cases()
    chores = [
        *booking_tasks(
            use_cases.expire_holds, use_cases.mark_no_shows, use_cases.enqueue_reminders
        ),
        *payment_tasks(
            use_cases.send_refunds,
            use_cases.reconcile_checkouts,
            use_cases.reconcile_subscriptions,
            use_cases.number_invoices,
        ),
        *maintenance_tasks(use_cases.purge_expired_data),
    ]
    database = container.database()
    shared = leased_tasks(chores, database.unit_of_work, container.clock())
    return [*shared, *lanes(use_cases.run_jobs, breath)]
