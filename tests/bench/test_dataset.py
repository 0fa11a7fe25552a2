"""The service accepts the benchmark's dataset as its own data."""

from datetime import date

import asyncpg

from adapters.memory import FakePasswordHasher
from tests.bench.dataset import CALLERS, PASSWORD, SPACES, caller_email, fill
from tests.bench.dates import Dates
from tests.bench.dialect import dialect
from tests.http.service import running_service

DATES = Dates.around(date(2026, 3, 2))
BOOKINGS = 1_000


async def hash_quickly(dsn: str) -> None:
    """Store the password with the hash of the tests, which is fast to verify."""
    connection = await asyncpg.connect(dsn)
    try:
        password_hash = await FakePasswordHasher().hash(PASSWORD)
        await connection.execute("UPDATE users SET password_hash = $1", password_hash)
    finally:
        await connection.close()


async def test_the_service_serves_the_dataset_to_its_callers(
    scratch_database_18: str,
) -> None:
    await fill(scratch_database_18, BOOKINGS, DATES)
    await hash_quickly(scratch_database_18)
    requests = dialect(DATES)
    async with running_service(scratch_database_18) as service:
        callers = [await service.log_in(caller_email(n), PASSWORD) for n in (0, CALLERS - 1)]
        spaces = await callers[1].expect(200, "GET", requests["spaces"]["path"])
        assert len(spaces["items"]) == SPACES
        all_bookings = await callers[0].expect(200, "GET", requests["list"]["path"])
        assert len(all_bookings["items"]) == 50
        report = await callers[0].expect(200, "GET", requests["occupancy"]["path"])
        assert sum(float(day["booked_hours"]) for day in report["days"]) > BOOKINGS
        template = requests["availability"]
        path = template["path"].format(space_id=spaces["items"][0]["id"], **template)
        month = await callers[1].expect(200, "GET", path)
        assert 40 <= len(month["busy"]) <= 50
