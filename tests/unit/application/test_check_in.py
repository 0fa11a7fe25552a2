"""CheckIn: its time window, its status transitions, and the stay that it begins."""

from datetime import datetime, timedelta

import pytest

from application.bookings.cancel_booking import Cancellation
from application.common.caller import Caller
from domain.bookings import BookingStatus
from domain.errors import InvalidTransition, NotFound, OutsideCheckInWindow
from domain.ids import BookingId
from domain.spaces import Space
from tests.entities import HOUR, IDS, MONDAY
from tests.unit.application.racing import outcomes
from tests.unit.application.world import World

MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
async def room(world: World) -> Space:
    """A meeting room."""
    return await world.a_space()


@pytest.fixture
async def member(world: World) -> Caller:
    """A member."""
    return await world.a_caller()


async def test_check_in_begins_a_stay(world: World, room: Space, member: Caller) -> None:
    booking = await world.book(member, room, 10, 11)
    now = world.set_time(10.1)
    checked_in = await world.check_in(member, booking.id)
    assert checked_in == booking.checked_in(at=now)
    assert await world.booking(booking.id) == checked_in
    log = await world.log(booking)
    assert log is not None
    assert (log.space_id, log.occupied_at, log.vacated_at) == (room.id, now, None)


@pytest.mark.parametrize(
    "at, is_open",
    [
        (MONDAY + 9.75 * HOUR - MICROSECOND, False),
        (MONDAY + 9.75 * HOUR, True),
        (MONDAY + 10 * HOUR, True),
        (MONDAY + 11 * HOUR - MICROSECOND, True),
        (MONDAY + 11 * HOUR, False),
    ],
    ids=["too early", "15 minutes before", "at the start", "just before the end", "at the end"],
)
async def test_check_in_is_open_from_15_minutes_before_the_start_until_the_end(
    world: World, room: Space, member: Caller, at: datetime, is_open: bool
) -> None:
    booking = await world.book(member, room, 10, 11)
    world.clock.set(at)
    if is_open:
        assert (await world.check_in(member, booking.id)).checked_in_at == at
    else:
        with pytest.raises(OutsideCheckInWindow):
            await world.check_in(member, booking.id)
        assert await world.booking(booking.id) == booking
        assert await world.log(booking) is None


async def test_a_second_check_in_is_refused(world: World, room: Space, member: Caller) -> None:
    booking = await world.book(member, room, 10, 11)
    world.set_time(10)
    checked_in = await world.check_in(member, booking.id)
    log = await world.log(booking)
    world.set_time(10.5)
    with pytest.raises(InvalidTransition) as refused:
        await world.check_in(member, booking.id)
    assert refused.value.details == {"from": "CHECKED_IN", "to": "CHECKED_IN"}
    assert await world.booking(booking.id) == checked_in
    assert await world.log(booking) == log


async def test_a_held_booking_cannot_be_checked_into(paying_world: World) -> None:
    world = paying_world
    member, room = await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 8, 9)
    with pytest.raises(InvalidTransition) as refused:
        await world.check_in(member, booking.id)
    assert refused.value.details == {"from": "PENDING", "to": "CHECKED_IN"}


async def test_a_cancelled_booking_cannot_be_checked_into_at_any_time(
    world: World, room: Space, member: Caller
) -> None:
    booking = await world.book(member, room, 10, 11)
    await world.cancel_booking(member, booking.id, Cancellation())
    for hour in (8, 10, 12):
        world.set_time(hour)
        with pytest.raises(InvalidTransition):
            await world.check_in(member, booking.id)


async def test_another_users_booking_is_not_found(
    world: World, room: Space, member: Caller
) -> None:
    booking = await world.book(member, room, 10, 11)
    other = await world.a_caller()
    world.set_time(10)
    for booking_id in (booking.id, BookingId(IDS.new())):
        with pytest.raises(NotFound):
            await world.check_in(other, booking_id)
        with pytest.raises(NotFound):
            await world.check_out(other, booking_id)
    assert await world.booking(booking.id) == booking


async def test_an_admin_checks_members_in_and_out(
    world: World, room: Space, member: Caller
) -> None:
    admin, booking = await world.an_admin(), await world.book(member, room, 10, 11)
    world.set_time(10)
    await world.check_in(admin, booking.id)
    assert (await world.check_out(admin, booking.id)).status is BookingStatus.COMPLETED


async def test_of_many_concurrent_check_ins_exactly_one_succeeds(
    world: World, room: Space, member: Caller
) -> None:
    booking = await world.book(member, room, 10, 11)
    world.set_time(10)
    results = await outcomes(world.check_in(member, booking.id) for _ in range(20))
    assert results == {"Booking": 1, "InvalidTransition": 19}
    assert await world.log(booking) is not None


async def test_a_booking_cancelled_just_before_the_commit_is_not_checked_into(
    world: World, room: Space, member: Caller
) -> None:
    booking = await world.book(member, room, 10, 11)
    world.set_time(9.8)
    late = world.with_concurrent_action(
        lambda: world.cancel_booking(member, booking.id, Cancellation())
    )
    with pytest.raises(InvalidTransition):
        await late.check_in(member, booking.id)
    assert (await world.booking(booking.id)).status is BookingStatus.CANCELLED
    assert await world.log(booking) is None
