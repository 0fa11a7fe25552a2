"""Expired holds, which show whether background work is running."""

import asyncio
import time
from datetime import timedelta

import asyncpg

from adapters.postgres import PostgresDatabase
from domain.bookings import Booking, BookingStatus
from domain.period import Period
from tests.entities import a_booking, a_space, a_user, save_all
from tests.wall_clock import hour_in


async def add_expired_hold(dsn: str) -> Booking:
    """Store and return a booking whose hold has expired and has not been released yet."""
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
        await save_all(database.unit_of_work, user, space, held)
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
    """Return whether the booking is cancelled within that many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if _status_of(dsn, booking) == "CANCELLED":
            return True
        time.sleep(0.2)
    return False
