"""GetAvailability: the free and busy periods of a space, which are public."""

from datetime import timedelta

import pytest

from application.bookings.cancel_booking import Cancellation
from domain.availability import Availability
from domain.errors import BookingConflict, HouseRule, InvalidValue, NotFound
from domain.ids import SpaceId
from domain.opening_hours import OpeningHours
from domain.period import Period
from domain.schedule import FreePeriod
from domain.spaces import Space
from tests.entities import IDS, MONDAY, hours
from tests.unit.application.world import World


async def availability_of(world: World, space: Space, window: Period) -> Availability:
    return await world.get_availability(space.id, window, None)


async def test_free_and_busy_periods_are_returned(world: World) -> None:
    room = await world.a_space()
    await world.book(await world.a_caller(), room, 10, 11)
    availability = await availability_of(world, room, hours(9, 12))
    assert availability.free == [
        FreePeriod(*hours(9, 10).span, 1),
        FreePeriod(*hours(11, 12).span, 1),
    ]
    assert availability.busy == [hours(10, 11).span]
    assert not availability.is_available


async def test_free_desks_of_a_zone_are_counted(world: World) -> None:
    zone, member = await world.a_zone(3), await world.a_caller()
    await world.book(member, zone, 10, 11)
    availability = await availability_of(world, zone, hours(9, 12))
    assert availability.free == [
        FreePeriod(*hours(9, 10).span, 3),
        FreePeriod(*hours(9, 12).span, 2),
        FreePeriod(*hours(11, 12).span, 3),
    ]
    assert availability.busy == []
    assert availability.is_available


async def test_the_past_is_not_free(world: World) -> None:
    room = await world.a_space()
    world.set_time(9.5)
    assert (await availability_of(world, room, hours(9, 10))).free == [
        FreePeriod(*hours(9.5, 10).span, 1)
    ]
    assert (await availability_of(world, room, hours(8, 9))).free == []


async def test_an_expired_hold_is_free(paying_world: World) -> None:
    world = paying_world
    room = await world.a_space()
    await world.book(await world.a_caller(), room, 9, 10)
    assert (await availability_of(world, room, hours(9, 10))).busy == [hours(9, 10).span]
    world.clock.advance(world.house.booking_hold)
    availability = await availability_of(world, room, hours(9, 10))
    assert (availability.is_available, availability.busy) == (True, [])


async def test_exactly_the_available_windows_can_be_booked(world: World) -> None:
    zone = await world.a_zone(
        2, opening_hours=OpeningHours.parse({"monday": [["07:00", "12:00"], ["13:00", "18:00"]]})
    )
    member, admin = await world.a_caller(), await world.an_admin()
    for start, end in ((9, 10), (9.5, 11), (14, 16)):
        await world.book(member, zone, start, end)
    world.set_time(8 + 1 / 7)
    observed = set()
    for start in range(26, 74):
        for length in (0.1, 1, 5, 9):
            quarters = (start / 4, (start + length) / 4)
            window = hours(*quarters)
            is_available = (await availability_of(world, zone, window)).is_available
            observed.add(is_available)
            try:
                booking = await world.book(member, zone, *quarters)
            except (HouseRule, BookingConflict):
                assert not is_available, window
            else:
                assert is_available, window
                await world.cancel_booking(admin, booking.id, Cancellation())
    assert observed == {True, False}


async def test_a_window_may_take_62_days_and_no_longer(world: World) -> None:
    room = await world.a_space()
    longest = Period(MONDAY, MONDAY + timedelta(days=62))
    assert (await availability_of(world, room, longest)).window == longest
    with pytest.raises(InvalidValue):
        await availability_of(world, room, Period(MONDAY, longest.end + timedelta(seconds=1)))


async def test_an_unknown_space_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        await world.get_availability(SpaceId(IDS.new()), hours(9, 10), None)


async def test_an_inactive_space_is_there_for_admins_only_and_not_available(world: World) -> None:
    room, admin = await world.a_space(), await world.an_admin()
    await world.delete_space(admin, room.id)
    assert not (await world.get_availability(room.id, hours(9, 10), admin)).is_available
    for other in (None, await world.a_caller()):
        with pytest.raises(NotFound):
            await world.get_availability(room.id, hours(9, 10), other)
