"""Demo data for tests: its time and place, and access to its entities."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from domain.house import House
from entrypoints.demo_data import DemoData, DemoPlan, generate

ISTANBUL = ZoneInfo("Europe/Istanbul")
NEW_YORK = ZoneInfo("America/New_York")
NOON = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
"""Noon of a Wednesday in Istanbul."""


def small_demo_data(
    house: House, *, seed: int = 1, now: datetime = NOON, bookings: int = 600
) -> DemoData:
    """Return four weeks of data, which are generated quickly."""
    plan = DemoPlan(seed=seed, bookings=bookings, days_back=20, days_ahead=8)
    return generate(plan, house, now=now, password_hash="a hash")


def entities_by_table(demo: DemoData) -> dict[str, list[Any]]:
    """Return all entities, by the name of their table."""
    return {
        "users": demo.users,
        "members": demo.members,
        "spaces": demo.spaces,
        "subscriptions": demo.subscriptions,
        "bookings": demo.bookings,
        "occupancy_logs": demo.occupancy_logs,
        "invoices": demo.invoices,
    }
