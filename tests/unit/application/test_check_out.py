"""CheckOut: the end of a stay, and the slot that it frees."""

import pytest

from application.bookings.cancel_booking import Cancellation
from application.common.caller import Caller
from domain.bookings import BookingStatus
from domain.errors import InvalidTransition
from domain.spaces import Space
from tests.unit.application.racing import outcomes
from tests.unit.application.world import World


@pytest.fixture
async def room(world: World) -> Space:
    """A meeting room."""
    return await world.a_space()


@pytest.fixture
async def member(world: World) -> Caller:
    """A member."""
    return await world.a_caller()


async def test_check_out_ends_the_stay(world: World, room: Space, member: Caller) -> None:
    booking = await world.book(member, room, 10, 11)
    checked_in_at = world.set_time(10)
    checked_in = await world.check_in(member, booking.id)
    checked_out_at = world.set_time(10.4)
    checked_out = await world.check_out(member, booking.id)
    assert checked_out == checked_in.checked_out(at=checked_out_at)
    assert await world.booking(booking.id) == checked_out
    log = await world.log(booking)
    assert log is not None
    assert (log.occupied_at, log.vacated_at) == (checked_in_at, checked_out_at)


async def test_check_out_frees_the_rest_of_the_slot_immediately(
    world: World, room: Space, member: Caller
) -> None:
    booking = await world.book(member, room, 10, 12)
    world.set_time(10)
    await world.check_in(member, booking.id)
    world.set_time(10.5)
    await world.check_out(member, booking.id)
    await world.book(await world.a_caller(), room, 10.5, 12)


async def test_check_out_is_possible_after_the_end(
    world: World, room: Space, member: Caller
) -> None:
    booking = await world.book(member, room, 10, 11)
    world.set_time(10)
    await world.check_in(member, booking.id)
    checked_out_at = world.set_time(15)
    assert (await world.check_out(member, booking.id)).checked_out_at == checked_out_at


async def test_check_out_is_possible_after_the_clock_was_set_back(
    world: World, room: Space, member: Caller
) -> None:
    booking = await world.book(member, room, 10, 11)
    checked_in_at = world.set_time(10.5)
    await world.check_in(member, booking.id)
    world.set_time(10.25)
    checked_out = await world.check_out(member, booking.id)
    assert checked_out.status is BookingStatus.COMPLETED
    log = await world.log(booking)
    assert log is not None
    assert log.vacated_at == checked_in_at


@pytest.mark.parametrize("state", ["not checked in", "cancelled", "checked out"])
async def test_only_a_checked_in_booking_can_be_checked_out(
    world: World, room: Space, member: Caller, state: str
) -> None:
    booking = await world.book(member, room, 10, 11)
    if state == "cancelled":
        await world.cancel_booking(member, booking.id, Cancellation())
    world.set_time(10)
    if state == "checked out":
        await world.check_in(member, booking.id)
        await world.check_out(member, booking.id)
    before = await world.booking(booking.id)
    with pytest.raises(InvalidTransition):
        await world.check_out(member, booking.id)
    assert await world.booking(booking.id) == before


async def test_of_many_concurrent_check_outs_exactly_one_succeeds(
    world: World, room: Space, member: Caller
) -> None:
    booking = await world.book(member, room, 10, 11)
    world.set_time(10)
    await world.check_in(member, booking.id)
    results = await outcomes(world.check_out(member, booking.id) for _ in range(20))
    assert results == {"Booking": 1, "InvalidTransition": 19}
