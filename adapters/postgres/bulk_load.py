"""Bulk load of whole entities into an empty database: all or nothing, with COPY."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, TypeAlias

import asyncpg
import sqlalchemy as sa

from adapters.postgres.engine.errors import translate_errors
from adapters.postgres.engine.statement import AFFECTED_ROW, Statement
from adapters.postgres.mappers.booking import booking_row
from adapters.postgres.mappers.invoice import invoice_row
from adapters.postgres.mappers.ledger import ledger_entry_row
from adapters.postgres.mappers.occupancy_log import occupancy_log_row
from adapters.postgres.mappers.space import space_row, space_version_row
from adapters.postgres.mappers.subscription import subscription_row
from adapters.postgres.mappers.user import member_row, user_row
from adapters.postgres.schema.billing import invoices, ledger_entries, subscriptions
from adapters.postgres.schema.bookings import bookings, occupancy_logs
from adapters.postgres.schema.constraints import CONCURRENCY_CONSTRAINTS
from adapters.postgres.schema.identity import members, users
from adapters.postgres.schema.spaces import space_history, spaces
from adapters.postgres.schema.types import metadata
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
_TABLES = metadata.sorted_tables
_TABLE_NAMES = ", ".join(table.name for table in _TABLES)
_HAS_DATA = Statement(
    sa.select(sa.or_(*(sa.exists(sa.select(AFFECTED_ROW).select_from(table)) for table in _TABLES)))
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
    with translate_errors():
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
    with translate_errors(CONCURRENCY_CONSTRAINTS):
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
        (users, data.users, user_row),
        (members, data.members, member_row),
        (spaces, data.spaces, space_row),
        (space_history, space_versions, space_version_row),
        (subscriptions, data.subscriptions, subscription_row),
        (bookings, data.bookings, booking_row),
        (occupancy_logs, data.occupancy_logs, occupancy_log_row),
        (invoices, data.invoices, invoice_row),
        (ledger_entries, data.ledger_entries, ledger_entry_row),
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
