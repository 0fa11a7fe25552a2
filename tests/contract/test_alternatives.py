"""Alternatives are the same on every store, and cheap however full the schedule is."""

from datetime import timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from application.bookings.alternatives import find_alternatives
from domain.alternatives import nearest_alternatives, search_limits
from domain.bookings import BookingStatus
from domain.house import House
from domain.opening_hours import OpeningHours
from tests.contract.conftest import Store
from tests.entities import MONDAY, a_booking, a_space, a_user, a_zone, hours, save_all

HOUSE = House(timezone=ZoneInfo("Europe/Istanbul"))
OWNER = a_user()
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAYTIME = OpeningHours.parse({day: [["08:00", "20:00"]] for day in WEEK})
MAX_READS = 2


class CountedSchedules:
    """Counts the reads of schedules."""

    def __init__(self, schedules: object) -> None:
        self._schedules = schedules
        self.reads = 0

    def __getattr__(self, name: str) -> object:
        self.reads += 1
        return getattr(self._schedules, name)


@pytest.mark.parametrize("seed", range(6))
async def test_they_equal_those_of_the_whole_schedule(store: Store, seed: int) -> None:
    random = Random(seed)
    zone = a_zone(2, opening_hours=random.choice((None, DAYTIME)))
    bookings = []
    for desk in (1, 2):
        start = 6.0
        while start < 24 * 12:
            length = random.choice((0.25, 0.5, 1, 3, 20))
            held = random.random() < 0.2
            bookings.append(
                a_booking(
                    OWNER,
                    zone,
                    hours(start, start + length),
                    desk=desk,
                    status=BookingStatus.PENDING if held else BookingStatus.CONFIRMED,
                )
            )
            start += length + random.choice((0, 0, 0, 0.25, 0.5, 1))
    await save_all(store.unit_of_work, OWNER, zone, *bookings)
    now = MONDAY + timedelta(minutes=random.choice((0, 20)))
    for _ in range(10):
        start = random.randrange(8, 24 * 10)
        requested = hours(start, start + random.choice((0.25, 0.5, 1, 2, 12)))
        moving = random.choice([*bookings, None])
        limits = search_limits(requested, HOUSE, now=now)
        async with store.unit_of_work() as uow:
            alternatives = await find_alternatives(
                uow, zone, requested, HOUSE, now=now, ignoring=moving.id if moving else None
            )
            whole = await uow.schedules.get(zone.id, limits)
        assert whole is not None
        schedule = whole.without(moving.id) if moving else whole
        expected = nearest_alternatives(schedule, requested, limits, HOUSE, now=now)
        assert alternatives == expected.periods


async def test_beyond_very_many_bookings_they_take_two_reads(store: Store) -> None:
    room = a_space()
    taken = [a_booking(OWNER, room, hours(n / 4, n / 4 + 0.25)) for n in range(-8, 800)]
    await save_all(store.unit_of_work, OWNER, room, *taken)
    for length in (0.25, 4, 24 * 30):
        async with store.unit_of_work() as uow:
            counted = CountedSchedules(uow.schedules)
            uow.schedules = counted  # type: ignore[misc,assignment]  # an attribute of the adapters
            alternatives = await find_alternatives(
                uow, room, hours(9, 9 + length), HOUSE, now=MONDAY
            )
        assert alternatives == tuple(hours(200 + n / 4, 200 + n / 4 + length) for n in range(3))
        assert counted.reads <= MAX_READS


async def test_a_gap_of_exactly_the_length_is_returned(store: Store) -> None:
    room = a_space()
    taken = [a_booking(OWNER, room, hours(n / 4, n / 4 + 0.25)) for n in range(-8, 600)]
    del taken[500]
    await save_all(store.unit_of_work, OWNER, room, *taken)
    async with store.unit_of_work() as uow:
        alternatives = await find_alternatives(uow, room, hours(9, 9.25), HOUSE, now=MONDAY)
    assert alternatives[0] == hours(123, 123.25)
