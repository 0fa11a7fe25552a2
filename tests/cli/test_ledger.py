"""`cowork ledger check` reports whether all sums of money agree."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from tests.cli.conftest import RunHere
from tests.processes import cowork


def test_demo_data_agrees_until_it_is_tampered_with(
    cowork_here: RunHere,
    set_database: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cowork_here("demo", "--bookings", "300", "--days", "40") == 0
    variables = {"DATABASE_URL": set_database}
    agreed = cowork("ledger", "check", cwd=tmp_path, variables=variables)
    assert agreed.returncode == 0, agreed.stdout + agreed.stderr
    booking = asyncio.run(tamper(set_database))
    capsys.readouterr()
    assert cowork_here("ledger", "check") == 1
    differs = capsys.readouterr()
    assert booking in differs.out + differs.err


async def tamper(dsn: str) -> str:
    """Add a cent to the paid amount of a booking. Returns its id."""
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
