"""`cowork worker`, and the same work beside `cowork serve`."""

import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from anyio.from_thread import start_blocking_portal

from adapters.postgres import PostgresDatabase
from entrypoints.cli.database import DEFAULT_DATA_DIR, DataDir, database_at_head
from entrypoints.cli.stopping import stopped_by_signals
from entrypoints.container import Container
from entrypoints.settings import Settings, load_settings
from entrypoints.worker import Chore, booking_chores, payment_chores, run_worker

POOL_SIZE = 4
"""Chores are done side by side, each on a connection of its own."""


def worker(data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Do the background work, and nothing else. Any number may run, on any number of hosts."""
    settings = load_settings()
    with (
        stopped_by_signals(),
        database_at_head(settings, data_dir) as dsn,
        background_work(settings, dsn),
    ):
        sys.stdout.write("The background worker runs.\n")
        sys.stdout.flush()
        threading.Event().wait()


@contextmanager
def background_work(settings: Settings, dsn: str) -> Iterator[None]:
    """Do it in a thread with an event loop of its own, for as long as the block lasts."""
    with start_blocking_portal() as portal:
        work = portal.start_task_soon(_work, settings, dsn)
        try:
            yield
        finally:
            # Wherever that breaks a chore off: what is not committed is done the next time.
            work.cancel()


async def _work(settings: Settings, dsn: str) -> None:
    database = await PostgresDatabase.connect(dsn, pool_size=POOL_SIZE)
    container = Container(settings=settings, database=database)
    use_cases = container.use_cases
    chores = booking_chores(
        use_cases.expire_holds(), use_cases.mark_no_shows(), use_cases.sweep_idempotency_keys()
    ) + payment_chores(
        use_cases.send_refunds(),
        use_cases.reconcile_checkouts(),
        use_cases.reconcile_subscriptions(),
        use_cases.number_invoices(),
    )
    try:
        await run_worker(_counted(chores))
    finally:
        await container.payments().close()
        await database.close()


def _counted(chores: Iterable[Chore]) -> list[Chore]:
    # Not before `serve` has settled whether processes share their numbers.
    from entrypoints.metrics.counted import counted_chore  # noqa: PLC0415

    return [replace(chore, run=counted_chore(chore.name, chore.run)) for chore in chores]
