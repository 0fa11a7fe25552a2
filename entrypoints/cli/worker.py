"""`cowork worker`: background work, which `cowork serve` can run in a thread."""

import asyncio
import sys
from collections.abc import Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from datetime import timedelta

from anyio.from_thread import start_blocking_portal

from adapters.postgres import PostgresDatabase
from application.use_cases import UseCases
from entrypoints.cli.database import DEFAULT_DATA_DIR, DataDir, database_at_head
from entrypoints.cli.secret_key import with_secret_key
from entrypoints.cli.signals import exit_on_signals
from entrypoints.container import Container
from entrypoints.observability.tracing_setup import start_tracing_if_configured
from entrypoints.settings import Settings, load_settings
from entrypoints.worker.runner import run_worker
from entrypoints.worker.tasks import (
    PeriodicTask,
    booking_tasks,
    job_tasks,
    leased_tasks,
    maintenance_tasks,
    payment_tasks,
)

POOL_SIZE = 6
"""Jobs and periodic tasks run concurrently, and each running one can use a connection."""
DRAIN = timedelta(seconds=20)
"""Time for running jobs and tasks to finish after the worker is stopped."""


def worker(data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Run background jobs without the API.

    Any number of workers can run, on any number of hosts.
    """
    settings = with_secret_key(load_settings(), data_dir)
    start_tracing_if_configured(settings)
    with (
        exit_on_signals(),
        database_at_head(settings, data_dir) as dsn,
        background_work(settings, dsn) as work,
    ):
        sys.stdout.write("The background worker is running.\n")
        sys.stdout.flush()
        work.result()


@contextmanager
def background_work(
    settings: Settings,
    dsn: str,
    *,
    pause_after_job: timedelta = timedelta(0),
    drain: timedelta = DRAIN,
) -> Iterator["Future[None]"]:
    """Run the worker in a thread with a separate event loop until the block ends.

    The future is done earlier only if the worker failed. `pause_after_job` leaves processor time to
    a process that also serves requests; `drain` is the time for running jobs to finish.
    """
    stop = asyncio.Event()
    with start_blocking_portal() as portal:
        work = portal.start_task_soon(_work, settings, dsn, stop, pause_after_job)
        try:
            yield work
        finally:
            portal.call(stop.set)
            wait([work], drain.total_seconds())
            # Whatever is not committed by then is done by the next run of any worker.
            work.cancel()


async def _work(
    settings: Settings, dsn: str, stop: asyncio.Event, pause_after_job: timedelta
) -> None:
    database = await PostgresDatabase.connect(dsn, pool_size=POOL_SIZE)
    container = Container(settings=settings, database=database)
    # Imported late: `serve` first decides whether processes share their metrics.
    from entrypoints.observability.metrics.decorators import meter_jobs_and_mails, meter_tasks  # noqa: PLC0415

    meter_jobs_and_mails(container)
    try:
        await run_worker(meter_tasks(_tasks(container.use_cases(), pause_after_job)), stop=stop)
    finally:
        await container.payments().close()
        await database.close()


def _tasks(use_cases: UseCases, pause_after_job: timedelta) -> list[PeriodicTask]:
    periodic = [
        *booking_tasks(use_cases),
        *payment_tasks(use_cases),
        *maintenance_tasks(use_cases),
    ]
    return [*leased_tasks(periodic, use_cases), *job_tasks(use_cases, pause_after_job)]
