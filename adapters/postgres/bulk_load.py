"""Bulk load of whole entities into an empty database: all or nothing, with COPY."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, TypeAlias

import asyncpg
import sqlalchemy as sa

from adapters.postgres import rows, tables
from adapters.postgres.failures import failures_translated
from adapters.postgres.payment_rows import ledger_entry_row
from adapters.postgres.statement import ONE, Statement
from domain.bookings import Booking
from domain.invoices import Invoice
from domain.ledger import LedgerEntry
from domain.occupancy import OccupancyLog
from domain.space_history import SpaceVersion
from domain.spaces import Space
from domain.subscriptions import Subscription
from domain.users import Member, User

ProgressCallback: TypeAlias = Callable[[str, int, int], None]
"""Called with a table's name, the number of rows loaded so far, and the number of all its rows."""

_CONNECT_TIMEOUT_SECONDS = 3
_ROWS_PER_PROGRESS = 1_000
_TABLES = tables.metadata.sorted_tables
_TABLE_NAMES = ", ".join(table.name for table in _TABLES)
_HAS_DATA = Statement(
    sa.select(sa.or_(*(sa.exists(sa.select(ONE).select_from(table)) for table in _TABLES)))
)


class DatabaseNotEmpty(Exception):
    """The database already has data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkData:
    """The entities to load. The history of the spaces begins with their present version."""

    users: Sequence[User]
    members: Sequence[Member]
    spaces: Sequence[Space]
    subscriptions: Sequence[Subscription]
    bookings: Sequence[Booking]
    occupancy_logs: Sequence[OccupancyLog]
    invoices: Sequence[Invoice]
    ledger_entries: Sequence[LedgerEntry]


async def has_data(dsn: str) -> bool:
    """Return whether any table of the service has a row. Raises `Unavailable`."""
    with failures_translated():
        connection = await asyncpg.connect(dsn, timeout=_CONNECT_TIMEOUT_SECONDS)
        try:
            return await _has_data(connection)
        finally:
            await connection.close()


async def bulk_load(
    dsn: str, data: BulkData, on_progress: ProgressCallback, *, replace: bool
) -> None:
    """Load the entities into a database whose schema is at head, in one transaction.

    With `replace`, all data of the service is deleted first, accounts and sessions included.
    Without it, raises `DatabaseNotEmpty` when there is data. The tables are locked against other
    writers until the end. After any failure the database is unchanged. Raises `Unavailable` when
    the database cannot be reached.
    """
    with failures_translated():
        connection = await asyncpg.connect(dsn, timeout=_CONNECT_TIMEOUT_SECONDS)
        try:
            async with connection.transaction():
                await connection.execute(f"LOCK TABLE {_TABLE_NAMES} IN SHARE ROW EXCLUSIVE MODE")
                if replace:
                    await connection.execute(f"TRUNCATE {_TABLE_NAMES}")
                elif await _has_data(connection):
                    raise DatabaseNotEmpty("The database already has data.")
                for table, entities, row_of in _contents(data):
                    await _copy(connection, table, entities, row_of, on_progress)
            await connection.execute(f"ANALYZE {_TABLE_NAMES}")
        finally:
            await connection.close()


_RowOf: TypeAlias = Callable[[Any], dict[str, Any]]


def _contents(data: BulkData) -> list[tuple[sa.Table, Sequence[object], _RowOf]]:
    """Return each table with its entities and their mapper, in the order of the foreign keys."""
    space_versions = [SpaceVersion.of(space) for space in data.spaces]
    return [
        (tables.users, data.users, rows.user_row),
        (tables.members, data.members, rows.member_row),
        (tables.spaces, data.spaces, rows.space_row),
        (tables.space_history, space_versions, rows.space_version_row),
        (tables.subscriptions, data.subscriptions, rows.subscription_row),
        (tables.bookings, data.bookings, rows.booking_row),
        (tables.occupancy_logs, data.occupancy_logs, rows.occupancy_log_row),
        (tables.invoices, data.invoices, rows.invoice_row),
        (tables.ledger_entries, data.ledger_entries, ledger_entry_row),
    ]


async def _copy(
    connection: "asyncpg.Connection[asyncpg.Record]",
    table: sa.Table,
    entities: Sequence[object],
    row_of: _RowOf,
    on_progress: ProgressCallback,
) -> None:
    columns = table.columns.keys()
    in_column_order = itemgetter(*columns)

    def records() -> Iterator[tuple[Any, ...]]:
        for number, entity in enumerate(entities):
            if number % _ROWS_PER_PROGRESS == 0:
                on_progress(table.name, number, len(entities))
            yield in_column_order(row_of(entity))

    await connection.copy_records_to_table(table.name, records=records(), columns=columns)
    on_progress(table.name, len(entities), len(entities))


async def _has_data(connection: "asyncpg.Connection[asyncpg.Record]") -> bool:
    return bool(await connection.fetchval(_HAS_DATA.sql))
