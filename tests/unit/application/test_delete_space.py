"""DeleteSpace: an admin deactivates a space, and the effect on its bookings."""

import pytest

from application.bookings.cancel_booking import Cancellation
from application.spaces.delete_space import SPACE_CLOSED
from domain.bookings import BookingStatus
from domain.errors import Forbidden, NotFound, SpaceHasBookings
from domain.ids import SpaceId
from domain.invoices import InvoiceStatus
from tests.entities import IDS
from tests.unit.application.racing import later, outcomes
from tests.unit.application.world import World


async def test_a_deleted_space_stays_stored_but_inactive(world: World) -> None:
    admin, room = await world.an_admin(), await world.a_space()
    now = world.set_time(9)
    await world.delete_space(admin, room.id)
    assert await world.space(room) == room.deactivated(at=now)


async def test_a_deleted_space_cannot_be_booked(world: World) -> None:
    admin, room = await world.an_admin(), await world.a_space()
    await world.delete_space(admin, room.id)
    for caller in (admin, await world.a_caller()):
        with pytest.raises(NotFound):
            await world.book(caller, room, 9, 10)


async def test_deleting_a_space_again_changes_nothing(world: World) -> None:
    admin, room = await world.an_admin(), await world.a_space()
    await world.delete_space(admin, room.id)
    deleted = await world.space(room)
    world.set_time(9)
    await world.delete_space(admin, room.id)
    assert await world.space(room) == deleted


async def test_only_admins_delete_spaces(world: World) -> None:
    room = await world.a_space()
    for space_id in (room.id, SpaceId(IDS.new())):
        with pytest.raises(Forbidden):
            await world.delete_space(await world.a_caller(), space_id)
    assert await world.space(room) == room


async def test_an_unknown_space_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        await world.delete_space(await world.an_admin(), SpaceId(IDS.new()))


@pytest.mark.parametrize("hour", [8, 9.5], ids=["to come", "under way"])
async def test_a_space_with_upcoming_bookings_is_not_deleted(world: World, hour: float) -> None:
    admin, room = await world.an_admin(), await world.a_space()
    booking = await world.book(await world.a_caller(), room, 9, 10)
    world.set_time(hour)
    with pytest.raises(SpaceHasBookings):
        await world.delete_space(admin, room.id)
    assert await world.space(room) == room
    assert await world.booking(booking.id) == booking


async def test_past_bookings_do_not_prevent_deletion(world: World) -> None:
    admin, room = await world.an_admin(), await world.a_space()
    booking = await world.book(await world.a_caller(), room, 9, 10)
    world.set_time(10)
    await world.delete_space(admin, room.id)
    assert not (await world.space(room)).is_active
    assert await world.booking(booking.id) == booking


async def test_cancelled_bookings_do_not_prevent_deletion(world: World) -> None:
    admin, member, room = await world.an_admin(), await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 9, 10)
    await world.cancel_booking(member, booking.id, Cancellation())
    await world.delete_space(admin, room.id)
    assert not (await world.space(room)).is_active


async def test_expired_holds_do_not_prevent_deletion(paying_world: World) -> None:
    world = paying_world
    admin, room = await world.an_admin(), await world.a_space()
    held = await world.book(await world.a_caller(), room, 10, 11)
    with pytest.raises(SpaceHasBookings):
        await world.delete_space(admin, room.id)
    world.clock.advance(world.house.booking_hold)
    await world.delete_space(admin, room.id)
    assert not (await world.space(room)).is_active
    assert (await world.booking(held.id)).status is BookingStatus.CANCELLED


async def test_upcoming_bookings_are_cancelled_free_of_charge_on_request(
    world: World,
) -> None:
    admin, member, zone = await world.an_admin(), await world.a_caller(), await world.a_zone(2)
    over = await world.book(member, zone, 8, 9)
    upcoming = [await world.book(member, zone, start, start + 1) for start in (9, 10, 10, 40)]
    now = world.set_time(9.5)
    await world.delete_space(admin, zone.id, cancel_bookings=True)
    assert not (await world.space(zone)).is_active
    for booking in upcoming:
        stored = await world.booking(booking.id)
        assert stored == booking.cancelled(at=now, reason=SPACE_CLOSED, by_admin=True)
        invoice = await world.invoice(booking)
        assert invoice is not None
        assert invoice.status is InvoiceStatus.VOID
    assert await world.booking(over.id) == over
    invoice = await world.invoice(over)
    assert invoice is not None
    assert invoice.status is InvoiceStatus.OPEN


async def test_nothing_is_cancelled_while_a_booking_is_checked_in(world: World) -> None:
    admin, member, zone = await world.an_admin(), await world.a_caller(), await world.a_zone(2)
    here, later = await world.book(member, zone, 9, 10), await world.book(member, zone, 12, 13)
    world.set_time(9)
    here = await world.check_in(member, here.id)
    with pytest.raises(SpaceHasBookings):
        await world.delete_space(admin, zone.id, cancel_bookings=True)
    assert await world.space(zone) == zone
    assert await world.booking(here.id) == here
    assert await world.booking(later.id) == later


async def test_many_bookings_are_cancelled_together(world: World) -> None:
    admin, member, zone = await world.an_admin(), await world.a_caller(), await world.a_zone(5)
    bookings = [await world.book(member, zone, 9 + n, 10 + n) for n in range(150)]
    await world.delete_space(admin, zone.id, cancel_bookings=True)
    stored = [await world.booking(booking.id) for booking in bookings]
    assert {booking.status for booking in stored} == {BookingStatus.CANCELLED}


@pytest.mark.parametrize("cancel_bookings", [False, True])
async def test_no_booking_remains_in_a_space_that_is_deleted_concurrently(
    world: World, cancel_bookings: bool
) -> None:
    admin, member = await world.an_admin(), await world.a_caller()
    booked = set()
    for steps in range(8):
        zone = await world.a_zone(3)
        deletion = world.delete_space(admin, zone.id, cancel_bookings=cancel_bookings)
        calls = [world.book(member, zone, 9, 10) for _ in range(3)]
        ended = await outcomes([*calls, later(steps, deletion)])
        booked.add(ended["Booking"])
        occupations = (await world.schedule(zone)).occupations
        if (await world.space(zone)).is_active:
            assert not cancel_bookings
            assert ended == {"SpaceHasBookings": 1, "Booking": 3}
            assert len(occupations) == 3
        else:
            assert ended["NoneType"] == 1
            assert ended["Booking"] + ended["NotFound"] == 3
            assert occupations == ()
    assert booked >= {0, 3}, "Both should have been first once."


async def test_a_booking_checked_into_just_before_the_commit_stops_the_deletion(
    world: World,
) -> None:
    admin, member, room = await world.an_admin(), await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 9, 10)
    world.set_time(9)
    late = world.with_concurrent_action(lambda: world.check_in(member, booking.id))
    with pytest.raises(SpaceHasBookings):
        await late.delete_space(admin, room.id, cancel_bookings=True)
    assert await world.space(room) == room
    assert (await world.booking(booking.id)).status is BookingStatus.CHECKED_IN
