"""Reports over a million bookings, stays and payments take less than a second each."""

import time
from datetime import date, timedelta
from typing import Any

import pytest

from tests.bench.dataset import BUSY_YEAR, PASSWORD, SPACES, caller_email, fill
from tests.bench.dates import Dates
from tests.bench.test_dataset import hash_quickly
from tests.http.service import Person, running_service

BOOKINGS = 1_000_000
DATES = Dates.around(date(2026, 3, 2))
END = DATES.history_end - timedelta(days=1)
REPORTS = ("occupancy", "revenue", "members")
ROUNDS = 4


@pytest.mark.soak
async def test_each_report_of_a_busy_year_takes_less_than_a_second(
    scratch_database_18: str,
) -> None:
    # Measured on two otherwise idle processors. `-s` prints the measurements.
    await fill(scratch_database_18, BOOKINGS, DATES, BUSY_YEAR)
    await hash_quickly(scratch_database_18)
    async with running_service(scratch_database_18) as service:
        admin = await service.log_in(caller_email(0), PASSWORD)
        spans = {days: await seconds(admin, days) for days in (7, 30, 365)}
        for days, took in spans.items():
            print(f"{days} days:", *(f"{name} {took[name]:.3f} s" for name in REPORTS))  # noqa: T201 - prints the measurements
        occupancy = await report(admin, "occupancy", 365)
        revenue = await report(admin, "revenue", 365)
        members = await report(admin, "members", 365)
    assert len(occupancy["spaces"]) == SPACES
    assert sum(day["booked_hours"] for day in occupancy["days"]) > 2 * BOOKINGS
    assert float(revenue["bookings_usd"]) > 20 * BOOKINGS
    assert members["active"] > 0.9 * members["total"]
    assert max(spans[365].values()) < 1


async def seconds(admin: Person, days: int) -> dict[str, float]:
    """Return the best time of each report. No range is repeated: reports are cached."""
    took: dict[str, float] = {}
    for name in REPORTS:
        for earlier in range(ROUNDS):
            began = time.perf_counter()
            await report(admin, name, days, earlier=earlier)
            spent = time.perf_counter() - began
            took[name] = min(spent, took.get(name, spent))
    return took


async def report(admin: Person, name: str, days: int, *, earlier: int = 0) -> Any:
    end = END - timedelta(days=earlier)
    start = end - timedelta(days=days - 1)
    path = f"/api/analytics/{name}?start_date={start}&end_date={end}"
    return await admin.expect(200, "GET", path)
