"""MemoryHouse: the use cases of bookings over the memory store."""

from datetime import timedelta

import pytest

from adapters.memory import MemoryHouse
from domain.bookings import BookingStatus
from domain.errors import BookingConflict, EmailTaken
from tests.entities import HOUR, MONDAY


@pytest.fixture
def house() -> MemoryHouse:
    return MemoryHouse(now=MONDAY)


async def test_a_taken_slot_is_refused(house: MemoryHouse) -> None:
    ada = await house.add_user("ada@house.example")
    room = await house.add_space("Birch Room", hourly="21.00")
    await house.book(ada, room, MONDAY, HOUR)
    with pytest.raises(BookingConflict):
        await house.book(ada, room, MONDAY + HOUR / 2, HOUR)


async def test_an_e_mail_address_is_taken_once(house: MemoryHouse) -> None:
    await house.add_user("ada@house.example")
    with pytest.raises(EmailTaken):
        await house.add_user("ada@house.example")


async def test_its_use_cases_share_its_store_and_clock(house: MemoryHouse) -> None:
    ada = await house.add_user("ada@house.example")
    room = await house.add_space("Birch Room", hourly="21.00")
    booking = await house.book(ada, room, MONDAY + HOUR, HOUR)
    house.clock.advance(timedelta(hours=1))
    checked_in = await house.use_cases.check_in(ada, booking.id)
    assert checked_in.status is BookingStatus.CHECKED_IN
