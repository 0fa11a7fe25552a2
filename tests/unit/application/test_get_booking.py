"""GetBooking: visible to its owner and to admins."""

import pytest

from domain.errors import NotFound
from domain.ids import BookingId
from tests.entities import IDS
from tests.unit.application.world import World


async def test_the_owner_and_admins_get_a_booking(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 9, 10)
    assert await world.get_booking(member, booking.id) == booking
    assert await world.get_booking(await world.an_admin(), booking.id) == booking


async def test_another_users_booking_is_not_found(world: World) -> None:
    member, other, room = await world.a_caller(), await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 9, 10)
    errors = []
    for booking_id in (booking.id, BookingId(IDS.new())):
        with pytest.raises(NotFound) as refused:
            await world.get_booking(other, booking_id)
        errors.append((refused.value.message, refused.value.details))
    assert errors[0] == errors[1]
