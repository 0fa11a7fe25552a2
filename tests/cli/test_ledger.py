"""`cowork ledger check` tells whether every sum of money agrees."""

import asyncio
from pathlib import Path

import asyncpg

from tests.processes import SECRET, cowork


def test_a_demo_house_agrees_until_somebody_meddles(empty_database_18: str, tmp_path: Path) -> None:
    variables = {"DATABASE_URL": empty_database_18, "SECRET_KEY": SECRET}
    filled = cowork("demo", "--bookings", "300", "--days", "40", cwd=tmp_path, variables=variables)
    assert filled.returncode == 0, filled.stderr
    agreed = cowork("ledger", "check", cwd=tmp_path, variables=variables)
    assert agreed.returncode == 0, agreed.stdout + agreed.stderr
    booking = asyncio.run(meddle(empty_database_18))
    differs = cowork("ledger", "check", cwd=tmp_path, variables=variables)
    assert differs.returncode == 1
    assert booking in differs.stdout + differs.stderr


async def meddle(dsn: str) -> str:
    """Say of a booking that a cent more was paid for it; its id."""
    connection = await asyncpg.connect(dsn)
    try:
        return str(
            await connection.fetchval(
                "UPDATE bookings SET paid_cents = paid_cents + 1 WHERE id = "
                "(SELECT id FROM bookings WHERE paid_cents > 0 LIMIT 1) RETURNING id"
            )
        )
    finally:
        await connection.close()
