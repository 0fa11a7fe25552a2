"""Background work is done beside `cowork serve`, or alone, or not at all."""

import asyncio
import os
import signal
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from adapters.postgres import PostgresDatabase
from domain.bookings import Booking, BookingStatus
from domain.period import Period
from tests.entities import a_booking, a_space, a_user, given
from tests.processes import COWORK, SECRET, clean_environment, serving


async def held_until_just_now(dsn: str) -> Booking:
    """A booking in the database whose hold ran out, and which nobody has cleared yet."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    user, space = a_user(), a_space()
    tomorrow = Period(now + timedelta(days=1), now + timedelta(days=1, hours=1))
    held = a_booking(
        user,
        space,
        tomorrow,
        status=BookingStatus.PENDING,
        hold_expires_at=now - timedelta(minutes=1),
    )
    database = await PostgresDatabase.connect(dsn, pool_size=1)
    try:
        await given(database.unit_of_work, user, space, held)
    finally:
        await database.close()
    return held


def status_of(dsn: str, booking: Booking) -> str:
    async def read() -> str:
        connection = await asyncpg.connect(dsn)
        try:
            return str(
                await connection.fetchval("SELECT status FROM bookings WHERE id = $1", booking.id)
            )
        finally:
            await connection.close()

    return asyncio.run(read())


def is_cancelled_within(dsn: str, booking: Booking, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if status_of(dsn, booking) == "CANCELLED":
            return True
        time.sleep(0.2)
    return False


@pytest.fixture
def variables(empty_database_18: str) -> dict[str, str]:
    return {"DATABASE_URL": empty_database_18, "SECRET_KEY": SECRET}


def test_serve_does_it_beside_the_api(tmp_path: Path, variables: dict[str, str]) -> None:
    dsn = variables["DATABASE_URL"]
    with serving(cwd=tmp_path, variables=variables) as served:
        held = asyncio.run(held_until_just_now(dsn))
        assert is_cancelled_within(dsn, held, 30)
        assert served.end() == 0


def test_without_a_worker_serve_leaves_it_alone(tmp_path: Path, variables: dict[str, str]) -> None:
    dsn = variables["DATABASE_URL"]
    held = asyncio.run(held_until_just_now(dsn))
    with serving("--no-worker", cwd=tmp_path, variables=variables):
        assert not is_cancelled_within(dsn, held, 1)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_alone_does_it_and_ends_when_told(
    tmp_path: Path, variables: dict[str, str], how: signal.Signals
) -> None:
    dsn = variables["DATABASE_URL"]
    held = asyncio.run(held_until_just_now(dsn))
    with subprocess.Popen(
        [COWORK, "worker"], cwd=tmp_path, env=clean_environment(**variables), start_new_session=True
    ) as process:
        try:
            assert is_cancelled_within(dsn, held, 30)
            process.send_signal(how)
            assert process.wait(30) == 0
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
