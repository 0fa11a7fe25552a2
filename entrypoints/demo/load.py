"""Loading the demo house into PostgreSQL: everything or nothing, by COPY."""

from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from typing import Any

import asyncpg
import sqlalchemy as sa

from adapters.postgres import rows, tables
from adapters.postgres.failures import failures_translated
from adapters.postgres.payment_rows import ledger_entry_row
from adapters.postgres.statement import ONE, Statement
from domain.space_history import SpaceVersion
from entrypoints.demo.demo_house import DemoHouse
from entrypoints.demo.ledger import entries_of
from entrypoints.demo.progress import Progress, untold

_CONNECT_TIMEOUT_SECONDS = 3
_TOLD_EACH = 1_000
# In the order of their foreign keys; all are ours, so nothing else is ever touched.
_TABLES = tables.metadata.sorted_tables
_NAMES = ", ".join(table.name for table in _TABLES)
_HAS_DATA = Statement(
    sa.select(sa.or_(*(sa.exists(sa.select(ONE).select_from(table)) for table in _TABLES)))
)


class DatabaseNotEmpty(Exception):
    """There is data in the database, which the demo house must not be mixed with."""


async def has_data(dsn: str) -> bool:
    """Whether any of our tables has a row. Raises Unavailable."""
    with failures_translated():
        connection = await asyncpg.connect(dsn, timeout=_CONNECT_TIMEOUT_SECONDS)
        try:
            return await _has_data(connection)
        finally:
            await connection.close()


async def load(
    dsn: str, house: DemoHouse, progress: Progress = untold, *, force: bool = False
) -> None:
    """Put the house into an empty database whose schema is at head, in one transaction.

    Raises DatabaseNotEmpty when there is data. With `force`, all data of the service is deleted
    first, accounts and log-ins too: the demo house replaces it, since two houses would share their
    e-mail addresses. Whatever fails, the database is as it was before. Nobody can write to it
    meanwhile. Raises Unavailable when it cannot be reached.
    """
    with failures_translated():
        connection = await asyncpg.connect(dsn, timeout=_CONNECT_TIMEOUT_SECONDS)
        try:
            async with connection.transaction():
                await connection.execute(f"LOCK TABLE {_NAMES} IN SHARE ROW EXCLUSIVE MODE")
                if force:
                    await connection.execute(f"TRUNCATE {_NAMES}")
                elif await _has_data(connection):
                    raise DatabaseNotEmpty("There is data in the database already.")
                for table, entities, row_of in _contents(house):
                    await _copy(connection, table, entities, row_of, progress)
            await connection.execute(f"ANALYZE {_NAMES}")
        finally:
            await connection.close()


RowOf = Callable[[Any], dict[str, Any]]


def _contents(house: DemoHouse) -> list[tuple[sa.Table, Sequence[object], RowOf]]:
    """Each table with what goes into it, those first that others refer to."""
    return [
        (tables.users, house.users, rows.user_row),
        (tables.members, house.members, rows.member_row),
        (tables.spaces, house.spaces, rows.space_row),
        (
            tables.space_history,
            [SpaceVersion.of(space) for space in house.spaces],
            rows.space_version_row,
        ),
        (tables.subscriptions, house.subscriptions, rows.subscription_row),
        (tables.bookings, house.bookings, rows.booking_row),
        (tables.occupancy_logs, house.occupancy_logs, rows.occupancy_log_row),
        (tables.invoices, house.invoices, rows.invoice_row),
        (tables.ledger_entries, entries_of(house), ledger_entry_row),
    ]


async def _copy(
    connection: "asyncpg.Connection[asyncpg.Record]",
    table: sa.Table,
    entities: Sequence[object],
    row_of: RowOf,
    progress: Progress,
) -> None:
    columns = table.columns.keys()
    in_order = itemgetter(*columns)

    def records() -> Iterator[tuple[Any, ...]]:
        for number, entity in enumerate(entities):
            if number % _TOLD_EACH == 0:
                progress(what, number, len(entities))
            yield in_order(row_of(entity))

    what = f"Loading {table.name.replace('_', ' ')}"
    await connection.copy_records_to_table(table.name, records=records(), columns=columns)
    progress(what, len(entities), len(entities))


async def _has_data(connection: "asyncpg.Connection[asyncpg.Record]") -> bool:
    return bool(await connection.fetchval(_HAS_DATA.sql))
