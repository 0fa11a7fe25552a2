"""Load the demo data into PostgreSQL."""

from adapters.postgres.bulk_load import BulkData, bulk_load
from entrypoints.demo.demo_house import DemoHouse
from entrypoints.demo.ledger import entries_of
from entrypoints.demo.progress import Progress, untold


async def load(
    dsn: str, house: DemoHouse, progress: Progress = untold, *, force: bool = False
) -> None:
    """Load the demo data into an empty database whose schema is at head, in one transaction.

    With `force`, all data of the service is deleted first, accounts and sessions included, because
    the demo accounts always have the same e-mail addresses. Without it, raises `DatabaseNotEmpty`
    when there is data. After any failure the database is unchanged. Raises `Unavailable` when the
    database cannot be reached.
    """
    data = BulkData(
        users=house.users,
        members=house.members,
        spaces=house.spaces,
        subscriptions=house.subscriptions,
        bookings=house.bookings,
        occupancy_logs=house.occupancy_logs,
        invoices=house.invoices,
        ledger_entries=entries_of(house),
    )

    def report(table: str, done: int, total: int) -> None:
        progress(f"Loading {table.replace('_', ' ')}", done, total)

    await bulk_load(dsn, data, report, replace=force)
