"""Demo data has its exact number of bookings and keeps its rules on every date, at every size."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from domain.house import Confirmation, House
from domain.local_time import instant_of
from entrypoints.demo_data import DemoPlan, generate
from tests.demo.invariants import check_invariants

MIDNIGHT, NOON, LAST_MINUTE = time(0), time(12), time(23, 59)
SIZES = [0, 1, 2, 3, 5, 10, 20, 50, 100, 200, 500]


class Moment(NamedTuple):
    """A date and a time of day in a time zone."""

    today: date
    time_of_day: time
    zone: str

    def __str__(self) -> str:
        return f"{self.today:%a %Y-%m-%d} {self.time_of_day:%H:%M} {self.zone}"


WEEKDAYS = [date(2026, 11, 30) + timedelta(days=number) for number in range(7)]
ENDS_OF_MONTHS_AND_YEARS = [
    date(2027, 1, 31),
    date(2027, 2, 28),
    date(2027, 4, 30),
    date(2026, 12, 31),
    date(2027, 1, 1),
]
LEAP_DAY = [date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1)]
CLOCK_CHANGES = {
    "America/New_York": [date(2026, 3, 8), date(2026, 11, 1)],
    "Europe/Berlin": [date(2026, 3, 29), date(2026, 10, 25)],
    "America/Havana": [date(2026, 3, 8), date(2026, 11, 1)],  # At midnight.
    "Australia/Lord_Howe": [date(2026, 4, 5), date(2026, 10, 4)],  # By half an hour.
}
MOMENTS = [
    *(Moment(day, NOON, "Europe/Istanbul") for day in WEEKDAYS),
    *(Moment(day, MIDNIGHT, "UTC") for day in WEEKDAYS),
    *(Moment(day, NOON, "Asia/Kathmandu") for day in ENDS_OF_MONTHS_AND_YEARS),
    *(Moment(day, LAST_MINUTE, "Pacific/Kiritimati") for day in ENDS_OF_MONTHS_AND_YEARS),
    *(Moment(day, NOON, "America/Los_Angeles") for day in LEAP_DAY),
    *(
        Moment(day + timedelta(days=offset), time_of_day, zone)
        for zone, days in CLOCK_CHANGES.items()
        for day in days
        for offset, time_of_day in [(-1, LAST_MINUTE), (0, MIDNIGHT), (0, NOON), (1, MIDNIGHT)]
    ),
]


def check_demo_data(moment: Moment, plan: DemoPlan, confirmation: Confirmation) -> None:
    """Generate the data of that moment, and assert that it is complete and keeps its rules."""
    zone = ZoneInfo(moment.zone)
    house = House(timezone=zone, confirmation=confirmation)
    now = instant_of(datetime.combine(moment.today, moment.time_of_day), zone)
    demo = generate(plan, house, now=now, password_hash="a hash")
    assert len(demo.bookings) == plan.bookings
    check_invariants(demo, house)


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_every_date_has_the_exact_number_of_bookings(moment: Moment) -> None:
    number = MOMENTS.index(moment)
    confirmation = list(Confirmation)[number % len(Confirmation)]
    check_demo_data(moment, DemoPlan(seed=number, bookings=50), confirmation)


@pytest.mark.parametrize("bookings", SIZES)
@pytest.mark.parametrize("days", [7, 120])
def test_every_size_has_the_exact_number_of_bookings(bookings: int, days: int) -> None:
    tuesday = Moment(date(2026, 12, 1), time(8), "America/New_York")
    check_demo_data(tuesday, DemoPlan.for_days(days, bookings=bookings), Confirmation.IMMEDIATE)


@pytest.mark.parametrize("seed", range(10))
def test_a_single_booking_is_placed_on_a_sunday_alone(seed: int) -> None:
    sunday = Moment(date(2026, 12, 6), NOON, "UTC")
    plan = DemoPlan(seed=seed, bookings=1, days_back=0, days_ahead=0)
    check_demo_data(sunday, plan, Confirmation.IMMEDIATE)
