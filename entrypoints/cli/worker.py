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
from entrypoints.cli.stopping import stopped_by_signals
from entrypoints.container import Container
from entrypoints.settings import Settings, load_settings
from entrypoints.trace_setting import start_tracing_if_set
from entrypoints.worker import (
    Chore,
    booking_chores,
    lanes,
    payment_chores,
    run_worker,
    shared_by_workers,
    sweeping_chores,
)

POOL_SIZE = 6
"""Jobs and chores are done side by side, each on a connection of its own while it needs one."""
DRAIN = timedelta(seconds=20)
"""What runs when the worker is told to end may take so long to come to its end."""


def worker(data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Do the background work, and nothing else. Any number may run, on any number of hosts."""
    settings = with_secret_key(load_settings(), data_dir)
    start_tracing_if_set(settings)
    with (
        stopped_by_signals(),
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
    from entrypoints.metrics.counted import count_chores, count_jobs_and_mails  # noqa: PLC0415

    count_jobs_and_mails(container)
    try:
        await run_worker(count_chores(_chores(container, breath)), stop=stop)
    finally:
        await container.payments().close()
        await database.close()


def _chores(container: Container, breath: timedelta) -> list[Chore]:
    use_cases = container.use_cases
    chores = [
        *booking_chores(
            use_cases.expire_holds(), use_cases.mark_no_shows(), use_cases.note_reminders()
        ),
        *payment_chores(
            use_cases.send_refunds(),
            use_cases.reconcile_checkouts(),
            use_cases.reconcile_subscriptions(),
            use_cases.number_invoices(),
        ),
        *sweeping_chores(use_cases.sweep_leftovers()),
    ]
    database = container.database()
    shared = shared_by_workers(chores, database.unit_of_work, container.clock())
    return [*shared, *lanes(use_cases.run_jobs(), breath)]
