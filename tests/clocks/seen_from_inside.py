"""A shifted clock as its processes see it. `test_any_day.py` runs this at `LEAP_DAY`."""

import subprocess
from datetime import UTC, datetime, timedelta

import asyncpg

from tests.databases import TestServer

LEAP_DAY = datetime(2028, 2, 29, 12, tzinfo=UTC)


async def test_python_its_children_and_postgresql_share_the_clock(server_18: TestServer) -> None:
    connection = await asyncpg.connect(server_18.dsn)
    database = await connection.fetchval("SELECT clock_timestamp()")
    await connection.close()
    for clock in (datetime.now(UTC), clock_of_a_child(), database):
        assert LEAP_DAY <= clock < LEAP_DAY + timedelta(minutes=2)


def clock_of_a_child() -> datetime:
    return datetime.fromtimestamp(int(subprocess.check_output(["date", "+%s"])), UTC)
