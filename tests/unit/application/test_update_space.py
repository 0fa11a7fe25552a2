"""UpdateSpace: changes fields, checks the version, and never removes a booked desk."""

import pytest

from application.bookings.cancel_booking import Cancellation
from application.spaces.update_space import SpaceChanges
from domain.errors import (
    BookingConflict,
    DeskInUse,
    Forbidden,
    InvalidValue,
    NotFound,
    VersionMismatch,
)
from domain.ids import SpaceId
from domain.money import Money
from domain.opening_hours import OpeningHours
from domain.spaces import SpaceType
from domain.tariff import Tariff
from tests.entities import IDS
from tests.unit.application.new_space import NEW_SPACE
from tests.unit.application.racing import later, outcomes
from tests.unit.application.world import World


async def test_only_admins_change_spaces(world: World) -> None:
    member, space = await world.a_caller(), await world.a_space()
    with pytest.raises(Forbidden):
        await world.update_space(member, space.id, {"name": "Mine"})
    # Also for an unknown space, so that members cannot probe ids.
    with pytest.raises(Forbidden):
        await world.update_space(member, SpaceId(IDS.new()), {"name": "Mine"})
    assert await world.space(space) == space


async def test_an_unknown_space_cannot_be_changed(world: World) -> None:
    with pytest.raises(NotFound):
        await world.update_space(await world.an_admin(), SpaceId(IDS.new()), {"name": "Any"})


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Pier"},
        {"description": ""},
        {"amenities": ()},
        {"opening_hours": None},
        {"is_active": False},
        {"capacity": 5},
        {"space_type": SpaceType.PRIVATE_OFFICE},
    ],
    ids=lambda changes: next(iter(changes)),
)
async def test_only_the_specified_field_changes(world: World, changes: SpaceChanges) -> None:
    admin = await world.an_admin()
    before = await world.create_space(admin, NEW_SPACE)
    now = world.set_time(9)
    after = await world.update_space(admin, before.id, changes)
    assert after == before.changed(at=now, **changes)
    assert after.version == before.version + 1
    assert await world.space(before) == after


@pytest.mark.parametrize(
    "changes, tariff",
    [
        ({"hourly": Money(7_00)}, Tariff(hourly=Money(7_00), monthly=Money(200_00))),
        ({"hourly": None}, Tariff(monthly=Money(200_00))),
        (
            {"daily": Money(0)},
            Tariff(hourly=Money(5_00), daily=Money(0), monthly=Money(200_00)),
        ),
    ],
    ids=["another rate", "no longer offered", "one more"],
)
async def test_each_rate_is_changed_separately(
    world: World, changes: SpaceChanges, tariff: Tariff
) -> None:
    admin = await world.an_admin()
    space = await world.create_space(admin, NEW_SPACE)
    assert (await world.update_space(admin, space.id, changes)).tariff == tariff


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"hourly": None, "monthly": None}, "hourly_rate"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": 1001}, "capacity"),
    ],
)
async def test_an_invalid_change_is_refused_and_the_error_names_the_field(
    world: World, changes: SpaceChanges, field: str
) -> None:
    admin = await world.an_admin()
    space = await world.create_space(admin, NEW_SPACE)
    with pytest.raises(InvalidValue) as refused:
        await world.update_space(admin, space.id, changes)
    assert refused.value.field == field
    assert await world.space(space) == space


async def test_a_change_with_the_expected_version_succeeds(world: World) -> None:
    admin, space = await world.an_admin(), await world.a_space()
    changed = await world.update_space(admin, space.id, {"name": "Pier"}, expected_version=1)
    assert changed.version == 2


@pytest.mark.parametrize("expected", [0, 2])
async def test_a_change_with_another_version_is_refused(world: World, expected: int) -> None:
    admin, space = await world.an_admin(), await world.a_space()
    with pytest.raises(VersionMismatch):
        await world.update_space(admin, space.id, {"name": "Pier"}, expected_version=expected)
    assert await world.space(space) == space


async def test_of_many_changes_with_one_expected_version_exactly_one_succeeds(world: World) -> None:
    admin, space = await world.an_admin(), await world.a_space()
    results = await outcomes(
        world.update_space(admin, space.id, {"name": str(n)}, expected_version=1) for n in range(20)
    )
    assert results == {"Space": 1, "VersionMismatch": 19}


async def test_concurrent_changes_without_a_version_all_succeed(world: World) -> None:
    admin, space = await world.an_admin(), await world.a_space()
    changes: list[SpaceChanges] = [{"name": "Pier"}, {"capacity": 9}, {"description": "New"}]
    assert await outcomes(world.update_space(admin, space.id, c) for c in changes) == {"Space": 3}
    stored = await world.space(space)
    assert (stored.name, stored.capacity, stored.description) == ("Pier", 9, "New")
    assert stored.version == 4


async def test_a_booked_desk_cannot_be_removed(world: World) -> None:
    admin, member = await world.an_admin(), await world.a_caller()
    zone = await world.a_zone(3)
    for _ in range(3):
        await world.book(member, zone, 9, 10)
    with pytest.raises(DeskInUse):
        await world.update_space(admin, zone.id, {"capacity": 2})
    assert await world.space(zone) == zone


async def test_desks_after_the_last_booked_one_can_be_removed(world: World) -> None:
    admin, member = await world.an_admin(), await world.a_caller()
    zone = await world.a_zone(9)
    booking = await world.book(member, zone, 9, 10)
    changed = await world.update_space(admin, zone.id, {"capacity": booking.desk})
    assert changed.desks == booking.desk


@pytest.mark.parametrize("what", ["over", "cancelled", "checked out"])
async def test_a_desk_that_no_booking_occupies_any_more_can_be_removed(
    world: World, what: str
) -> None:
    admin, member = await world.an_admin(), await world.a_caller()
    zone = await world.a_zone(2)
    bookings = [await world.book(member, zone, 9, 10) for _ in range(2)]
    [second] = [booking for booking in bookings if booking.desk == 2]
    if what == "cancelled":
        await world.cancel_booking(member, second.id, Cancellation())
    elif what == "checked out":
        world.set_time(9)
        await world.check_in(member, second.id)
        await world.check_out(member, second.id)
    else:
        world.set_time(10)
    assert (await world.update_space(admin, zone.id, {"capacity": 1})).capacity == 1


async def test_a_desk_with_an_expired_hold_can_be_removed(paying_world: World) -> None:
    world = paying_world
    admin, member = await world.an_admin(), await world.a_caller()
    zone = await world.a_zone(2)
    for _ in range(2):
        await world.book(member, zone, 9, 10)
    with pytest.raises(DeskInUse):
        await world.update_space(admin, zone.id, {"capacity": 1})
    world.clock.advance(world.house.booking_hold)
    assert (await world.update_space(admin, zone.id, {"capacity": 1})).capacity == 1


async def test_the_seats_of_a_room_can_be_reduced_despite_bookings(world: World) -> None:
    admin, room = await world.an_admin(), await world.a_space(capacity=6)
    await world.book(await world.a_caller(), room, 9, 10)
    assert (await world.update_space(admin, room.id, {"capacity": 1})).capacity == 1


async def test_a_zone_becomes_a_room_only_when_no_second_desk_is_booked(world: World) -> None:
    admin, member = await world.an_admin(), await world.a_caller()
    zone = await world.a_zone(2)
    for _ in range(2):
        await world.book(member, zone, 9, 10)
    with pytest.raises(DeskInUse):
        await world.update_space(admin, zone.id, {"space_type": SpaceType.MEETING_ROOM})
    world.set_time(10)
    changed = await world.update_space(admin, zone.id, {"space_type": SpaceType.MEETING_ROOM})
    assert changed.desks == 1


async def test_bookings_keep_their_time_and_price_when_the_space_changes(world: World) -> None:
    admin, member = await world.an_admin(), await world.a_caller()
    room = await world.a_space()
    booking = await world.book(member, room, 9, 10)
    changes: SpaceChanges = {
        "hourly": Money(99_00),
        "opening_hours": OpeningHours.parse({}),
        "is_active": False,
    }
    await world.update_space(admin, room.id, changes)
    assert await world.booking(booking.id) == booking


async def test_an_inactive_space_can_be_activated_again_and_booked(world: World) -> None:
    admin, room = await world.an_admin(), await world.a_space()
    await world.update_space(admin, room.id, {"is_active": False})
    await world.update_space(admin, room.id, {"is_active": True})
    await world.book(await world.a_caller(), room, 9, 10)


async def test_no_desk_beyond_the_capacity_is_booked_while_the_zone_shrinks(world: World) -> None:
    admin, member = await world.an_admin(), await world.a_caller()
    final_capacities = set()
    for steps in range(8):
        zone = await world.a_zone(4)
        calls = [world.book(member, zone, 9, 10) for _ in range(4)]
        shrinking = world.update_space(admin, zone.id, {"capacity": 2})
        results = await outcomes([*calls, later(steps, shrinking)])
        desks = (await world.space(zone)).capacity
        final_capacities.add(desks)
        occupied = {occupation.desk for occupation in (await world.schedule(zone)).occupations}
        assert max(occupied) <= desks
        if desks == 2:
            assert results == {"Space": 1, "Booking": 2, BookingConflict.__name__: 2}
        else:
            assert results == {DeskInUse.__name__: 1, "Booking": 4}
    assert final_capacities == {2, 4}, "Each order should have occurred."
