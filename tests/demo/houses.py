"""When and where the demo houses of the tests stand, and a way to look into them."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from domain.house import House
from entrypoints.demo_data import DemoData, DemoPlan, generate

ISTANBUL = ZoneInfo("Europe/Istanbul")
NEW_YORK = ZoneInfo("America/New_York")
NOON = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
"""Of a Wednesday in Istanbul."""


def a_small_one(
    house: House, *, seed: int = 1, now: datetime = NOON, bookings: int = 600
) -> DemoData:
    """Some weeks of the house, quickly made."""
    plan = DemoPlan(seed=seed, bookings=bookings, days_back=20, days_ahead=8)
    return generate(plan, house, now=now, password_hash="a hash")


def contents(demo: DemoData) -> dict[str, list[Any]]:
    """Everything in it, by name."""
    return {
        "users": demo.users,
        "members": demo.members,
        "spaces": demo.spaces,
        "subscriptions": demo.subscriptions,
        "bookings": demo.bookings,
        "occupancy_logs": demo.occupancy_logs,
        "invoices": demo.invoices,
    }
