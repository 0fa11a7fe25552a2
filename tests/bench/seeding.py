"""Databases with a dataset: one template per size, copied for each run.

    python -m tests.bench.seeding --dsn postgresql://… --bookings 100000 --database bench_100000

creates one on any server, for use with other load drivers.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import asyncpg

from migrations.revisions import head_revision
from migrations.runner import upgrade
from tests.bench.dataset import BUSY_YEAR, STEADY, Connection, Pace, fill
from tests.bench.dates import Dates
from tests.databases import named

_UNFINISHED = "house_unfinished"


async def ensure_template(dsn: str, bookings: int, dates: Dates) -> str:
    """Create the template with that many bookings unless it exists. Returns its name."""
    template = f"house_paid_{bookings}_{head_revision()}_{dates.history_end:%Y_%m}"
    async with _connected(dsn) as connection:
        exists = await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", template)
    if not exists:
        await create(dsn, _UNFINISHED, bookings, dates)
        async with _connected(dsn) as connection:
            await connection.execute(f"ALTER DATABASE {_UNFINISHED} RENAME TO {template}")
    return template


async def create(dsn: str, database: str, bookings: int, dates: Dates, pace: Pace = STEADY) -> None:
    """Recreate the database and fill it."""
    new_dsn = await copy(dsn, "template1", database)
    await upgrade(new_dsn)
    await fill(new_dsn, bookings, dates, pace)


async def copy(dsn: str, template: str, database: str) -> str:
    """Recreate the database as a copy of the template. Returns its URL."""
    async with _connected(dsn) as connection:
        await connection.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        await connection.execute(f"CREATE DATABASE {database} TEMPLATE {template}")
        await connection.execute("CHECKPOINT")
    return named(dsn, database)


@asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dsn", required=True, help="any database of the server")
    parser.add_argument("--bookings", type=int, default=100_000)
    parser.add_argument(
        "--database", required=True, help="name of the database; dropped first if it exists"
    )
    parser.add_argument(
        "--busy", action="store_true", help="all bookings within one year, for --bookings 1000000"
    )
    arguments = parser.parse_args()
    pace = BUSY_YEAR if arguments.busy else STEADY
    started = time.monotonic()
    dates = Dates.around(datetime.now(UTC).date())
    asyncio.run(create(arguments.dsn, arguments.database, arguments.bookings, dates, pace))
    sys.stdout.write(f"{arguments.database} was created in {time.monotonic() - started:.0f} s.\n")


if __name__ == "__main__":
    main()
