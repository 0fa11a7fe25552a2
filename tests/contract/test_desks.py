"""A desk has one booking at a time, however many writers are concurrent."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from application.ports.unit_of_work import Stale, Unavailable
from domain.bookings import OCCUPYING_STATUSES, Booking, BookingStatus
from domain.ids import SpaceId
from domain.period import Period
from domain.schedule import choose_desk
from domain.spaces import Space
from tests.contract.conftest import Store
from tests.contract.racing import all_at_once, won
from tests.entities import IDS, MONDAY, a_booking, a_space, a_user, a_zone, hours, save_all

MICROSECOND = timedelta(microseconds=1)
OWNER = a_user()
FREE_AGAIN = [status for status in BookingStatus if status not in OCCUPYING_STATUSES]

OVERLAPPING = {
    "the same": hours(9, 17),
    "within": hours(12, 13),
    "around": hours(8, 18),
    "over the start": hours(8, 10),
    "over the end": hours(16, 18),
    "from the start": hours(9, 10),
    "to the end": hours(16, 17),
    "by a microsecond at the start": Period(hours(8, 9).start, hours(9, 17).start + MICROSECOND),
    "by a microsecond at the end": Period(hours(9, 17).end - MICROSECOND, hours(17, 18).end),
}
APART = {
    "touching the start": hours(8, 9),
    "touching the end": hours(17, 18),
    "before": hours(7, 8),
    "after": hours(18, 19),
    "a day later": hours(33, 41),
}


async def add(store: Store, booking: Booking, space: Space) -> None:
    async with store.unit_of_work() as uow:
        uow.bookings.add(booking, space=space)
        await uow.commit()


async def save(store: Store, booking: Booking) -> None:
    async with store.unit_of_work() as uow:
        uow.bookings.save(booking)
        await uow.commit()


async def occupied(store: Store, space: Space) -> set[tuple[int, Period]]:
    """Return what occupies the space in the week around MONDAY."""
    async with store.unit_of_work() as uow:
        schedule = await uow.schedules.get(space.id, hours(-72, 96))
    assert schedule is not None
    return {(occupation.desk, occupation.period) for occupation in schedule.occupations}


@pytest.mark.parametrize("period", OVERLAPPING.values(), ids=OVERLAPPING)
async def test_an_overlapping_booking_of_the_same_desk_is_stale(
    store: Store, period: Period
) -> None:
    room = a_space()
    await save_all(store.unit_of_work, OWNER, room, a_booking(OWNER, room, hours(9, 17)))
    with pytest.raises(Stale):
        await add(store, a_booking(a_user(id=OWNER.id), room, period), room)
    assert await occupied(store, room) == {(1, hours(9, 17))}


@pytest.mark.parametrize("period", APART.values(), ids=APART)
async def test_a_booking_that_at_most_touches_is_stored(store: Store, period: Period) -> None:
    room = a_space()
    await save_all(store.unit_of_work, OWNER, room, a_booking(OWNER, room, hours(9, 17)))
    await add(store, a_booking(OWNER, room, period), room)
    assert await occupied(store, room) == {(1, hours(9, 17)), (1, period)}


async def test_a_gap_can_be_booked_to_the_microsecond(store: Store) -> None:
    room = a_space()
    before, after = a_booking(OWNER, room, hours(8, 9)), a_booking(OWNER, room, hours(10, 11))
    await save_all(store.unit_of_work, OWNER, room, before, after)
    await add(store, a_booking(OWNER, room, hours(9, 10)), room)
    assert len(await occupied(store, room)) == 3


async def test_the_same_period_at_another_desk_is_stored(store: Store) -> None:
    zone = a_zone(2)
    await save_all(store.unit_of_work, OWNER, zone, a_booking(OWNER, zone, hours(9, 17)))
    await add(store, a_booking(OWNER, zone, hours(9, 17), desk=2), zone)
    assert await occupied(store, zone) == {(1, hours(9, 17)), (2, hours(9, 17))}


async def test_the_same_period_in_another_space_is_stored(store: Store) -> None:
    room, other = a_space(), a_space()
    await save_all(store.unit_of_work, OWNER, room, other, a_booking(OWNER, room, hours(9, 17)))
    await add(store, a_booking(OWNER, other, hours(9, 17)), other)
    assert await occupied(store, other) == {(1, hours(9, 17))}


async def test_two_overlapping_bookings_in_one_commit_are_stale(store: Store) -> None:
    room = a_space()
    await save_all(store.unit_of_work, OWNER, room)
    async with store.unit_of_work() as uow:
        uow.bookings.add(a_booking(OWNER, room, hours(9, 11)), space=room)
        uow.bookings.add(a_booking(OWNER, room, hours(10, 12)), space=room)
        with pytest.raises(Stale):
            await uow.commit()
    assert await occupied(store, room) == set()


@pytest.mark.parametrize("status", sorted(OCCUPYING_STATUSES))
async def test_an_occupying_status_blocks_the_slot(store: Store, status: BookingStatus) -> None:
    room = a_space()
    present = a_booking(OWNER, room, hours(9, 17), status=status)
    await save_all(store.unit_of_work, OWNER, room, present)
    with pytest.raises(Stale):
        await add(store, a_booking(OWNER, room, hours(9, 17)), room)


@pytest.mark.parametrize("status", sorted(OCCUPYING_STATUSES))
async def test_a_new_booking_needs_a_free_desk_in_every_occupying_status(
    store: Store, status: BookingStatus
) -> None:
    room = a_space()
    await save_all(store.unit_of_work, OWNER, room, a_booking(OWNER, room, hours(9, 17)))
    with pytest.raises(Stale):
        await add(store, a_booking(OWNER, room, hours(9, 17), status=status), room)


async def test_an_expired_hold_occupies_until_it_is_released(store: Store) -> None:
    # The store has no clock: the domain decides whether a hold has expired.
    room = a_space()
    hold = a_booking(
        OWNER,
        room,
        hours(9, 17),
        status=BookingStatus.PENDING,
        hold_expires_at=MONDAY - timedelta(days=1000),
    )
    await save_all(store.unit_of_work, OWNER, room, hold)
    with pytest.raises(Stale):
        await add(store, a_booking(OWNER, room, hours(9, 17)), room)
    await save(store, hold.expired(at=MONDAY))
    await add(store, a_booking(OWNER, room, hours(9, 17)), room)


@pytest.mark.parametrize("status", FREE_AGAIN)
async def test_a_status_that_does_not_occupy_leaves_the_slot_free(
    store: Store, status: BookingStatus
) -> None:
    room = a_space()
    past = [a_booking(OWNER, room, hours(9, 17), status=status) for _ in range(2)]
    await save_all(store.unit_of_work, OWNER, room, *past)
    assert await occupied(store, room) == set()
    await add(store, a_booking(OWNER, room, hours(9, 17)), room)


@pytest.mark.parametrize("status", FREE_AGAIN)
async def test_a_transition_to_such_a_status_frees_the_slot(
    store: Store, status: BookingStatus
) -> None:
    room = a_space()
    present = a_booking(OWNER, room, hours(9, 17))
    ended = a_booking(OWNER, room, hours(9, 17), status=status, id=present.id, version=2)
    await save_all(store.unit_of_work, OWNER, room, present)
    await save(store, ended)
    assert await occupied(store, room) == set()
    await add(store, a_booking(OWNER, room, hours(9, 17)), room)


async def test_a_change_that_keeps_the_slot_does_not_conflict_with_itself(store: Store) -> None:
    room = a_space()
    held = a_booking(OWNER, room, hours(9, 17), status=BookingStatus.PENDING)
    await save_all(store.unit_of_work, OWNER, room, held)
    await save(store, held.confirmed(at=MONDAY))
    assert await occupied(store, room) == {(1, hours(9, 17))}


@pytest.mark.parametrize(
    "booking_fields, change",
    [
        ({"period": hours(18, 19)}, {"period": hours(9, 10)}),
        ({"period": hours(18, 19)}, {"period": hours(16, 19)}),
        ({"desk": 2}, {"desk": 1}),
    ],
    ids=["to its time", "longer, into it", "to its desk"],
)
async def test_moving_a_booking_onto_another_is_stale(
    store: Store, booking_fields: dict[str, Any], change: dict[str, Any]
) -> None:
    zone = a_zone(2)
    present = a_booking(OWNER, zone, hours(9, 17))
    moving = replace(a_booking(OWNER, zone, hours(9, 17)), **booking_fields)
    await save_all(store.unit_of_work, OWNER, zone, present, moving)
    before = await occupied(store, zone)
    with pytest.raises(Stale):
        await save(store, replace(moving, **change, version=2))
    assert await occupied(store, zone) == before


async def test_a_moved_booking_frees_its_old_slot_and_occupies_the_new_one(store: Store) -> None:
    zone = a_zone(2)
    moving = a_booking(OWNER, zone, hours(9, 10))
    await save_all(store.unit_of_work, OWNER, zone, moving)
    await save(store, replace(moving, period=hours(12, 13), desk=2, version=2))
    assert await occupied(store, zone) == {(2, hours(12, 13))}
    await add(store, a_booking(OWNER, zone, hours(9, 10)), zone)
    with pytest.raises(Stale):
        await add(store, a_booking(OWNER, zone, hours(12, 13), desk=2), zone)


async def test_a_booking_moves_by_a_part_of_its_own_period(store: Store) -> None:
    room = a_space()
    moving = a_booking(OWNER, room, hours(9, 11))
    await save_all(store.unit_of_work, OWNER, room, moving)
    await save(store, replace(moving, period=hours(10, 12), version=2))
    assert await occupied(store, room) == {(1, hours(10, 12))}


async def test_a_booking_in_a_space_changed_since_it_was_read_is_stale(store: Store) -> None:
    space = a_space()
    await save_all(store.unit_of_work, OWNER, space)
    async with store.unit_of_work() as uow:
        uow.bookings.add(a_booking(OWNER, space, hours(9, 10)), space=space)
        async with store.unit_of_work() as admin:
            admin.spaces.save(space.deactivated(at=MONDAY))
            await admin.commit()
        with pytest.raises(Stale):
            await uow.commit()
    assert await occupied(store, space) == set()


async def test_a_booking_based_on_the_current_version_of_the_space_is_stored(
    store: Store,
) -> None:
    space = a_space()
    await save_all(store.unit_of_work, OWNER, space)
    changed = space.changed(at=MONDAY, name="Renamed")
    async with store.unit_of_work() as admin:
        admin.spaces.save(changed)
        await admin.commit()
    await add(store, a_booking(OWNER, space, hours(9, 10)), changed)
    assert len(await occupied(store, space)) == 1


async def test_a_booking_in_a_space_that_does_not_exist_is_stale(store: Store) -> None:
    await save_all(store.unit_of_work, OWNER)
    nowhere = a_space(id=SpaceId(IDS.new()))
    with pytest.raises(Stale):
        await add(store, a_booking(OWNER, nowhere, hours(9, 10)), nowhere)


async def test_of_twenty_racing_writers_for_one_desk_exactly_one_wins(store: Store) -> None:
    room = a_space()
    await save_all(store.unit_of_work, OWNER, room)
    bookings = [a_booking(OWNER, room, hours(9, 10)) for _ in range(20)]
    assert await all_at_once(won(add(store, booking, room)) for booking in bookings) == 1
    async with store.unit_of_work() as uow:
        stored = [booking for booking in bookings if await uow.bookings.get(booking.id)]
    assert len(stored) == 1


async def test_of_racing_writers_with_staggered_periods_no_two_winners_overlap(
    store: Store,
) -> None:
    room = a_space()
    await save_all(store.unit_of_work, OWNER, room)
    bookings = [a_booking(OWNER, room, hours(n / 4, n / 4 + 1)) for n in range(40)]
    winners = await all_at_once(won(add(store, booking, room)) for booking in bookings)
    periods = sorted(period for _, period in await occupied(store, room))
    assert len(periods) == winners >= 1
    assert all(not period.overlaps(next_period) for period, next_period in pairwise(periods))


async def test_a_zone_of_ten_desks_has_ten_winners_with_a_desk_each(store: Store) -> None:
    zone = a_zone(10)
    await save_all(store.unit_of_work, OWNER, zone)

    async def take_any_desk() -> bool:
        while True:
            async with store.unit_of_work() as uow:
                slot = await uow.schedules.slot(zone.id, hours(9, 10), OWNER.id)
                assert slot is not None
                free = slot.schedule.free_desks(hours(9, 10), at=MONDAY)
                if not free:
                    return False
                desk = choose_desk(free, IDS.new())
                uow.bookings.add(a_booking(OWNER, zone, hours(9, 10), desk=desk), space=zone)
                if await won(uow.commit()):
                    return True

    assert await all_at_once(take_any_desk() for _ in range(40)) == 10
    assert await occupied(store, zone) == {(desk, hours(9, 10)) for desk in range(1, 11)}


async def test_of_a_race_to_move_onto_one_slot_exactly_one_wins(store: Store) -> None:
    zone = a_zone(20)
    bookings = [a_booking(OWNER, zone, hours(9, 10), desk=desk) for desk in range(2, 21)]
    await save_all(store.unit_of_work, OWNER, zone, *bookings)

    async def moves(booking: Booking) -> bool:
        try:
            return await won(save(store, replace(booking, desk=1, version=2)))
        except Unavailable:
            # Use cases lock the space first. Without that these deadlock, and PostgreSQL checks
            # each wait for a deadlock only once, so that a writer outside of the cycle may wait too
            # long.
            return False

    assert await all_at_once(map(moves, bookings)) == 1
    assert len(await occupied(store, zone)) == len(bookings)


async def test_a_slot_released_while_many_request_it_goes_to_exactly_one(store: Store) -> None:
    room = a_space()
    present = a_booking(OWNER, room, hours(9, 10))
    await save_all(store.unit_of_work, OWNER, room, present)
    cancelled = present.cancelled(at=MONDAY, reason=None, by_admin=False)

    async def want() -> bool:
        booking = a_booking(OWNER, room, hours(9, 10))
        for _ in range(200):
            if await won(add(store, booking, room)):
                return True
            async with store.unit_of_work() as uow:
                schedule = await uow.schedules.get(room.id, hours(9, 10))
            assert schedule is not None
            # It may have just been released and not been taken again yet.
            if schedule.occupations and schedule.occupations[0].booking_id != present.id:
                return False
        raise AssertionError("The slot was neither got nor seen taken.")

    async def give_up() -> bool:
        await save(store, cancelled)
        return False

    assert await all_at_once([*(want() for _ in range(10)), give_up()]) == 1
