"""A hold that ran out, by which it shows whether background work is done."""

import asyncio
import time
from datetime import timedelta

import asyncpg

from adapters.postgres import PostgresDatabase
from domain.bookings import Booking, BookingStatus
from domain.period import Period
from tests.entities import a_booking, a_space, a_user, given
from tests.wall_clock import hour_in


async def held_until_just_now(dsn: str) -> Booking:
    """A booking in the database whose hold ran out, and which nobody has cleared yet."""
    now = hour_in(days=0)
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


def _status_of(dsn: str, booking: Booking) -> str:
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
    """Whether somebody clears it in that time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if _status_of(dsn, booking) == "CANCELLED":
            return True
        time.sleep(0.2)
    return False
