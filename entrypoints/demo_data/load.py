"""Load the demo data into PostgreSQL."""

from adapters.postgres.bulk_load import BulkData, bulk_load
from entrypoints.demo_data.dataset import DemoData
from entrypoints.demo_data.ledger import ledger_entries
from entrypoints.demo_data.progress import ProgressCallback, no_progress


async def load(
    dsn: str, demo: DemoData, on_progress: ProgressCallback = no_progress, *, force: bool = False
) -> None:
    """Load the demo data into an empty database whose schema is at head, in one transaction.

    With `force`, all data of the service is deleted first, accounts and sessions included, because
    the demo accounts always have the same e-mail addresses. Without it, raises `DatabaseNotEmpty`
    when there is data. After any failure the database is unchanged. Raises `Unavailable` when the
    database cannot be reached.
    """
    data = BulkData(
        users=demo.users,
        members=demo.members,
        spaces=demo.spaces,
        subscriptions=demo.subscriptions,
        bookings=demo.bookings,
        occupancy_logs=demo.occupancy_logs,
        invoices=demo.invoices,
        ledger_entries=ledger_entries(demo),
    )

    def report(table: str, done: int, total: int) -> None:
        on_progress(f"Loading {table.replace('_', ' ')}", done, total)

    await bulk_load(dsn, data, report, replace=force)
