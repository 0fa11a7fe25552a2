"""Databases to measure on: one is filled for each size, and copied for each run.

    python -m tests.bench.seeding --dsn postgresql://… --bookings 100000 --database house_100000

makes one by hand on any server, for other drivers than ours.
"""

import argparse
import asyncio
import time
from datetime import UTC, date, datetime

import asyncpg

from migrations.runner import head_revision, upgrade
from tests.bench.dates import Dates
from tests.bench.house import fill
from tests.databases import named


async def seeded(dsn: str, bookings: int, today: date) -> str:
    """The name of a template with so many bookings, which is made unless it is there already."""
    template = f"house_{bookings}_{head_revision()}_{today:%Y_%m}"
    connection = await asyncpg.connect(dsn)
    try:
        if await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", template):
            return template
    finally:
        await connection.close()
    await make(dsn, "house_in_the_making", bookings, today)
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(f"ALTER DATABASE house_in_the_making RENAME TO {template}")
    finally:
        await connection.close()
    return template


async def make(dsn: str, database: str, bookings: int, today: date) -> None:
    """Make that database anew and fill it."""
    await copy(dsn, "template0", database)
    await upgrade(named(dsn, database))
    await fill(named(dsn, database), bookings, Dates.around(today))


async def copy(dsn: str, template: str, database: str) -> str:
    """Make that database anew as a copy; its address."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        await connection.execute(f"CREATE DATABASE {database} TEMPLATE {template}")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()
    return named(dsn, database)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dsn", required=True, help="any database of the server")
    parser.add_argument("--bookings", type=int, default=100_000)
    parser.add_argument("--database", required=True, help="which is dropped if it is there")
    arguments = parser.parse_args()
    began = time.monotonic()
    today = datetime.now(UTC).date()
    asyncio.run(make(arguments.dsn, arguments.database, arguments.bookings, today))
    print(f"{arguments.database} was made in {time.monotonic() - began:.0f} s.")  # noqa: T201 - a command


if __name__ == "__main__":
    main()
