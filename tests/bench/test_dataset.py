"""What the benchmark measures on is a house that the service knows as one of its own."""

from datetime import date

import asyncpg

from adapters.memory import PlainPasswords
from tests.bench.dates import Dates
from tests.bench.dialect import dialect
from tests.bench.house import CALLERS, PASSWORD, SPACES, caller_email, fill
from tests.http.service import running_service

DATES = Dates.around(date(2026, 3, 2))
BOOKINGS = 1_000


async def hash_quickly(dsn: str) -> None:
    """Store the password as the tests' service has it."""
    connection = await asyncpg.connect(dsn)
    try:
        password_hash = await PlainPasswords().hash(PASSWORD)
        await connection.execute("UPDATE users SET password_hash = $1", password_hash)
    finally:
        await connection.close()


async def test_the_service_answers_its_callers_about_what_the_house_has(
    scratch_database_18: str,
) -> None:
    await fill(scratch_database_18, BOOKINGS, DATES)
    await hash_quickly(scratch_database_18)
    spelled = dialect(DATES)
    async with running_service(scratch_database_18) as service:
        callers = [await service.log_in(caller_email(n), PASSWORD) for n in (0, CALLERS - 1)]
        spaces = await callers[1].gets(200, "GET", spelled["spaces"]["path"])
        assert len(spaces["items"]) == SPACES
        everybodys = await callers[0].gets(200, "GET", spelled["list"]["path"])
        assert len(everybodys["items"]) == 50
        report = await callers[0].gets(200, "GET", spelled["occupancy"]["path"])
        assert sum(float(day["booked_hours"]) for day in report["days"]) > BOOKINGS
        asked = spelled["availability"]
        path = asked["path"].format(space_id=spaces["items"][0]["id"], **asked)
        month = await callers[1].gets(200, "GET", path)
        assert 40 <= len(month["busy"]) <= 50
