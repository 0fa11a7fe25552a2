"""Databases to measure on: one is filled for each size, and copied for each run.

    python -m tests.bench.seeding --dsn postgresql://… --bookings 100000 --database house_100000

makes one by hand on any server, for other drivers than ours.
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
from tests.bench.dates import Dates
from tests.bench.house import BUSY_YEAR, STEADY, Connection, Pace, fill
from tests.databases import named

_IN_THE_MAKING = "house_in_the_making"


async def seeded(dsn: str, bookings: int, dates: Dates) -> str:
    """The name of a template with so many bookings, which is made unless it is there already."""
    template = f"house_paid_{bookings}_{head_revision()}_{dates.history_end:%Y_%m}"
    async with _connected(dsn) as connection:
        there = await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", template)
    if not there:
        await make(dsn, _IN_THE_MAKING, bookings, dates)
        async with _connected(dsn) as connection:
            await connection.execute(f"ALTER DATABASE {_IN_THE_MAKING} RENAME TO {template}")
    return template


async def make(dsn: str, database: str, bookings: int, dates: Dates, pace: Pace = STEADY) -> None:
    """Make that database anew and fill it."""
    made = await copy(dsn, "template1", database)
    await upgrade(made)
    await fill(made, bookings, dates, pace)


async def copy(dsn: str, template: str, database: str) -> str:
    """Make that database anew as a copy; its address."""
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
    parser.add_argument("--database", required=True, help="is dropped first if it is there")
    parser.add_argument(
        "--busy", action="store_true", help="1,000,000 bookings are those of a year"
    )
    arguments = parser.parse_args()
    pace = BUSY_YEAR if arguments.busy else STEADY
    began = time.monotonic()
    dates = Dates.around(datetime.now(UTC).date())
    asyncio.run(make(arguments.dsn, arguments.database, arguments.bookings, dates, pace))
    sys.stdout.write(f"{arguments.database} was made in {time.monotonic() - began:.0f} s.\n")


if __name__ == "__main__":
    main()
