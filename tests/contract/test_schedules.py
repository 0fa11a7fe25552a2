"""A schedule holds a space and everything that occupies it in a window, and nothing else."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from application.ports.schedules import Slot
from application.ports.spaces import SpaceFilter
from domain.bookings import OCCUPYING_STATUSES, Booking, BookingStatus
from domain.ids import SpaceId, UserId
from domain.money import ZERO
from domain.period import Period
from domain.schedule import Occupation, Schedule
from domain.spaces import Space, SpaceType
from domain.subscriptions import SubscriptionStatus
from tests.contract.conftest import Store
from tests.entities import (
    HOUR,
    IDS,
    MONDAY,
    a_booking,
    a_member,
    a_space,
    a_subscription,
    a_user,
    a_zone,
    hours,
    save_all,
)

OWNER = a_user()
FREE_AGAIN = [status for status in BookingStatus if status not in OCCUPYING_STATUSES]
MICROSECOND = timedelta(microseconds=1)


def occupation_of(booking: Booking) -> Occupation:
    return Occupation(booking.id, booking.desk, *booking.period.span, booking.hold_expires_at)


def occupations_of(*bookings: Booking) -> set[Occupation]:
    return {occupation_of(booking) for booking in bookings}


def occupations_in(schedule: Schedule | None) -> set[Occupation]:
    assert schedule is not None
    assert len(set(schedule.occupations)) == len(schedule.occupations)
    return set(schedule.occupations)


async def read(store: Store, space: Space, window: Period) -> Schedule | None:
    async with store.unit_of_work() as uow:
        return await uow.schedules.get(space.id, window)


async def read_slot(store: Store, space: Space, period: Period, user_id: UserId) -> Slot:
    async with store.unit_of_work() as uow:
        slot = await uow.schedules.slot(space.id, period, user_id)
    assert slot is not None
    return slot


async def read_around(
    store: Store, space: Space, requested: Period, within: Period, bookings: int
) -> tuple[Schedule, Period]:
    async with store.unit_of_work() as uow:
        schedule_and_window = await uow.schedules.around(
            space.id, requested, within, bookings=bookings
        )
    assert schedule_and_window is not None
    return schedule_and_window


# Schedules.get


async def test_an_empty_space_has_a_schedule_without_occupations(store: Store) -> None:
    room = a_space()
    await save_all(store.unit_of_work, room)
    assert await read(store, room, hours(9, 17)) == Schedule(room, ())


async def test_an_unknown_space_has_no_schedule(store: Store) -> None:
    await save_all(store.unit_of_work, OWNER, a_space())
    unknown = SpaceId(IDS.new())
    async with store.unit_of_work() as uow:
        assert await uow.schedules.get(unknown, hours(9, 17)) is None
        assert await uow.schedules.around(unknown, hours(9, 10), hours(0, 24), bookings=5) is None
        assert await uow.schedules.slot(unknown, hours(9, 17), OWNER.id) is None


async def test_an_inactive_space_has_a_schedule(store: Store) -> None:
    room = a_space(is_active=False)
    await save_all(store.unit_of_work, room)
    assert await read(store, room, hours(9, 17)) == Schedule(room, ())


@pytest.mark.parametrize(
    "period",
    [
        hours(9, 17),
        hours(12, 13),
        hours(-1000, 1000),
        hours(8, 10),
        hours(16, 18),
        Period(hours(8, 9).start, hours(9, 10).start + MICROSECOND),
        Period(hours(9, 17).end - MICROSECOND, hours(17, 18).end),
    ],
    ids=[
        "the window",
        "within",
        "spanning",
        "over its start",
        "over its end",
        "its first bit",
        "its last bit",
    ],
)
async def test_an_occupation_that_overlaps_the_window_is_included(
    store: Store, period: Period
) -> None:
    room = a_space()
    booking = a_booking(OWNER, room, period)
    await save_all(store.unit_of_work, OWNER, room, booking)
    assert occupations_in(await read(store, room, hours(9, 17))) == occupations_of(booking)


async def test_an_occupation_outside_the_window_or_touching_it_is_left_out(store: Store) -> None:
    room = a_space()
    outside = [
        a_booking(OWNER, room, period)
        for period in (hours(7, 8), hours(8, 9), hours(17, 18), hours(18, 19))
    ]
    await save_all(store.unit_of_work, OWNER, room, *outside)
    assert occupations_in(await read(store, room, hours(9, 17))) == set()


async def test_occupations_of_another_space_are_left_out(store: Store) -> None:
    room, other = a_space(), a_space()
    await save_all(store.unit_of_work, OWNER, room, other, a_booking(OWNER, other, hours(9, 10)))
    assert occupations_in(await read(store, room, hours(9, 17))) == set()


@pytest.mark.parametrize("status", FREE_AGAIN)
async def test_a_status_that_does_not_occupy_is_left_out(
    store: Store, status: BookingStatus
) -> None:
    room = a_space()
    await save_all(
        store.unit_of_work, OWNER, room, a_booking(OWNER, room, hours(9, 10), status=status)
    )
    assert occupations_in(await read(store, room, hours(9, 17))) == set()


async def test_every_desk_and_every_occupying_status_is_included(store: Store) -> None:
    zone = a_zone(3)
    bookings = [
        a_booking(OWNER, zone, hours(9, 10), desk=desk, status=status)
        for desk, status in enumerate(sorted(OCCUPYING_STATUSES), start=1)
    ]
    await save_all(store.unit_of_work, OWNER, zone, *bookings)
    assert occupations_in(await read(store, zone, hours(9, 17))) == occupations_of(*bookings)


async def test_an_expired_hold_is_included_with_its_end(store: Store) -> None:
    room = a_space()
    ran_out = MONDAY - timedelta(days=1000, microseconds=1)
    hold = a_booking(
        OWNER, room, hours(9, 10), status=BookingStatus.PENDING, hold_expires_at=ran_out
    )
    await save_all(store.unit_of_work, OWNER, room, hold)
    [occupation] = occupations_in(await read(store, room, hours(9, 17)))
    assert occupation.hold_expires_at == ran_out


# Schedules.list


async def test_each_of_many_spaces_has_its_own_occupations(store: Store) -> None:
    spaces = [a_zone(3) for _ in range(4)]
    bookings = [
        a_booking(OWNER, space, hours(n, n + 1), desk=desk)
        for n, space in enumerate(spaces[:3])
        for desk in range(1, n + 2)
    ]
    await save_all(store.unit_of_work, OWNER, *spaces, *bookings)
    async with store.unit_of_work() as uow:
        schedules = await uow.schedules.list(SpaceFilter(), hours(1, 24), after=None, limit=10)
    assert [schedule.space for schedule in schedules] == spaces
    assert [occupations_in(schedule) for schedule in schedules] == [
        set(),
        occupations_of(*bookings[1:3]),
        occupations_of(*bookings[3:6]),
        set(),
    ]


async def test_schedules_are_filtered_ordered_and_limited_like_spaces(store: Store) -> None:
    spaces = [
        a_space(capacity=capacity, is_active=is_active, space_type=space_type)
        for capacity in (1, 5)
        for is_active in (True, False)
        for space_type in SpaceType
    ]
    bookings = [a_booking(OWNER, space, hours(9, 10)) for space in spaces]
    await save_all(store.unit_of_work, OWNER, *spaces, *bookings)
    filters: Iterable[dict[str, Any]] = (
        {},
        {"is_active": True},
        {"min_capacity": 2},
        {"space_type": SpaceType.HOT_DESK},
        {"is_active": False, "min_capacity": 5, "space_type": SpaceType.MEETING_ROOM},
    )
    for criteria in filters:
        space_filter = SpaceFilter(**criteria)
        for after in (None, spaces[2].id):
            for limit in (1, 3, 100):
                async with store.unit_of_work() as uow:
                    listed = await uow.spaces.list(space_filter, after=after, limit=limit)
                    schedules = await uow.schedules.list(
                        space_filter, hours(9, 17), after=after, limit=limit
                    )
                assert [schedule.space for schedule in schedules] == list(listed)
                assert all(len(schedule.occupations) == 1 for schedule in schedules)


# Schedules.around


@pytest.mark.parametrize("bookings", [1, 3, 10, 40])
async def test_a_window_around_a_period_holds_everything_that_overlaps_it(
    store: Store, bookings: int
) -> None:
    zone = a_zone(4)
    random = Random(bookings)
    stored = []
    for desk in range(1, 5):
        start = random.randrange(-10, 0)
        while start < 60:
            end = start + random.choice((1, 1, 2, 3, 8))
            stored.append(a_booking(OWNER, zone, hours(start, end), desk=desk))
            start = end + random.choice((0, 0, 1))
    await save_all(store.unit_of_work, OWNER, zone, *stored)
    requested, within = hours(30, 32), hours(0, 50)
    schedule, window = await read_around(store, zone, requested, within, bookings)
    assert within.contains(window)
    assert window.contains(requested)
    assert schedule.space == zone
    assert occupations_in(schedule) == occupations_of(
        *(booking for booking in stored if booking.period.overlaps(window))
    )


async def test_a_window_is_as_wide_as_allowed_when_there_are_few_bookings(
    store: Store,
) -> None:
    room = a_space()
    bookings = [a_booking(OWNER, room, hours(n, n + 1)) for n in (-400, 2, 9, 20, 400)]
    await save_all(store.unit_of_work, OWNER, room, *bookings)
    schedule, window = await read_around(store, room, hours(9, 10), hours(-300, 300), 30)
    assert window == hours(-300, 300)
    assert occupations_in(schedule) == occupations_of(*bookings[1:4])


async def test_a_window_in_an_empty_space_is_as_wide_as_allowed(store: Store) -> None:
    room = a_space()
    await save_all(store.unit_of_work, room)
    schedule, window = await read_around(store, room, hours(9, 10), hours(-300, 300), 30)
    assert (schedule, window) == (Schedule(room, ()), hours(-300, 300))


@pytest.mark.parametrize("bookings", [1, 5, 30])
async def test_a_window_in_a_full_space_holds_about_the_requested_number_of_bookings(
    store: Store, bookings: int
) -> None:
    room = a_space()
    stored = [a_booking(OWNER, room, hours(n, n + 1)) for n in range(200)]
    await save_all(store.unit_of_work, OWNER, room, *stored)
    schedule, window = await read_around(store, room, hours(100, 101), hours(0, 200), bookings)
    earlier = [
        occupation
        for occupation in schedule.occupations
        if occupation.period.end <= hours(100, 101).start
    ]
    later = [
        occupation
        for occupation in schedule.occupations
        if occupation.period.start >= hours(100, 101).end
    ]
    for side in (earlier, later):
        assert bookings - 1 <= len(side) <= bookings + 1
    assert window != hours(0, 200)


async def test_a_search_with_more_bookings_is_at_least_as_wide(store: Store) -> None:
    zone = a_zone(3)
    stored = [
        a_booking(OWNER, zone, hours(n, n + 1), desk=desk)
        for n in range(60)
        for desk in range(1, 4)
        if (n * desk) % 5
    ]
    await save_all(store.unit_of_work, OWNER, zone, *stored)
    requested, within = hours(30, 33), hours(0, 60)
    windows = [
        (await read_around(store, zone, requested, within, bookings))[1]
        for bookings in (1, 10, 100, 1_000)
    ]
    assert all(wider.contains(window) for window, wider in pairwise(windows))
    assert windows[-1] == within


async def test_a_window_contains_the_requested_period_even_when_it_has_very_many_booked_desks(
    store: Store,
) -> None:
    zone = a_zone(40)
    requested, within = hours(9, 17), hours(0, 48)
    stored = [
        a_booking(OWNER, zone, hours(start, start + 1), desk=desk)
        for start in (9, 12)
        for desk in range(1, 41)
    ]
    await save_all(store.unit_of_work, OWNER, zone, *stored)
    schedule, window = await read_around(store, zone, requested, within, 5)
    assert window.contains(requested)
    assert occupations_in(schedule) == occupations_of(*stored)


@pytest.mark.parametrize(
    "requested, within",
    [
        (hours(0, 1), hours(100, 200)),
        (hours(0, 1), hours(150, 151)),
        (hours(299, 300), hours(100, 200)),
        (hours(99, 101), hours(100, 200)),
        (hours(199, 201), hours(100, 200)),
        (hours(99, 100), hours(100, 200)),
        (hours(100, 101), hours(100, 200)),
        (hours(199, 200), hours(100, 200)),
        (hours(0, 300), hours(100, 200)),
    ],
    ids=[
        "long before",
        "long before a short time",
        "long after",
        "over the start",
        "over the end",
        "touching the start",
        "at the start",
        "at the end",
        "around",
    ],
)
async def test_a_requested_period_may_lie_outside_the_searched_window(
    store: Store, requested: Period, within: Period
) -> None:
    # An admin books in the past, and is offered what is bookable from now on.
    room = a_space()
    stored = [a_booking(OWNER, room, hours(n, n + 1)) for n in range(300)]
    await save_all(store.unit_of_work, OWNER, room, *stored)
    windows = []
    for bookings in (1, 10, 1_000):
        schedule, window = await read_around(store, room, requested, within, bookings)
        windows.append(window)
        assert within.contains(window)
        assert occupations_in(schedule) == occupations_of(
            *(booking for booking in stored if booking.period.overlaps(window))
        )
    assert windows[-1] == within


# Schedules.slot


async def test_a_slot_holds_everything_that_overlaps_the_period(store: Store) -> None:
    zone = a_zone(2)
    inside = a_booking(OWNER, zone, hours(8, 10), desk=2, status=BookingStatus.PENDING)
    outside = a_booking(OWNER, zone, hours(8, 9))
    await save_all(store.unit_of_work, OWNER, zone, inside, outside)
    slot = await read_slot(store, zone, hours(9, 10), OWNER.id)
    assert slot.schedule.space == zone
    assert occupations_in(slot.schedule) == occupations_of(inside)


async def test_an_active_booker_without_a_plan(store: Store) -> None:
    room = a_space()
    await save_all(store.unit_of_work, OWNER, a_member(OWNER), room)
    slot = await read_slot(store, room, hours(9, 10), OWNER.id)
    assert slot.booker_is_active
    assert slot.subscription is None
    assert not slot.plan_in_use


async def test_a_deactivated_booker_is_not_active(store: Store) -> None:
    user, room = a_user(is_active=False), a_space()
    await save_all(store.unit_of_work, user, a_member(user), room)
    assert not (await read_slot(store, room, hours(9, 10), user.id)).booker_is_active


async def test_an_unknown_booker_is_not_active(store: Store) -> None:
    room = a_space()
    await save_all(
        store.unit_of_work, OWNER, a_member(OWNER), room, a_booking(OWNER, room, hours(9, 10))
    )
    slot = await read_slot(store, room, hours(9, 10), UserId(IDS.new()))
    assert not slot.booker_is_active
    assert slot.subscription is None
    assert not slot.plan_in_use
    assert len(slot.schedule.occupations) == 1


@pytest.mark.parametrize("status", SubscriptionStatus)
async def test_a_plan_is_present_unless_it_is_cancelled(
    store: Store, status: SubscriptionStatus
) -> None:
    member, room = a_member(OWNER), a_space()
    plan = a_subscription(member, status=status)
    await save_all(store.unit_of_work, OWNER, member, room, plan)
    slot = await read_slot(store, room, hours(9, 10), OWNER.id)
    assert slot.subscription == (None if status is SubscriptionStatus.CANCELLED else plan)


async def test_the_active_plan_is_returned_beside_cancelled_ones_and_other_members(
    store: Store,
) -> None:
    other = a_user()
    member, other_member, room = a_member(OWNER), a_member(other), a_space()
    live = a_subscription(member)
    await save_all(
        store.unit_of_work,
        OWNER,
        other,
        member,
        other_member,
        room,
        a_subscription(member, status=SubscriptionStatus.CANCELLED),
        live,
        a_subscription(member, status=SubscriptionStatus.CANCELLED),
        a_subscription(other_member),
    )
    assert (await read_slot(store, room, hours(9, 10), OWNER.id)).subscription == live


@pytest.mark.parametrize(
    "fields, in_use",
    [
        ({}, True),
        ({"period": hours(8, 9.5)}, True),
        ({"period": hours(-1000, 1000)}, True),
        ({"period": hours(8, 9)}, False),
        ({"period": hours(10, 11)}, False),
        ({"covered_by_plan": False}, False),
    ],
    ids=["the same time", "overlapping", "spanning", "touching before", "touching after", "paid"],
)
async def test_a_plan_is_in_use_while_it_covers_an_overlapping_booking(
    store: Store, fields: dict[str, Any], in_use: bool
) -> None:
    member, zone, elsewhere = a_member(OWNER), a_zone(2), a_zone(1)
    covered = a_booking(OWNER, elsewhere, hours(9, 10), covered_by_plan=True, amount=ZERO)
    await save_all(
        store.unit_of_work,
        OWNER,
        member,
        zone,
        elsewhere,
        a_subscription(member),
        replace(covered, **fields),
    )
    slot = await read_slot(store, zone, hours(9, 10), OWNER.id)
    assert slot.plan_in_use is in_use


@pytest.mark.parametrize("status", FREE_AGAIN)
async def test_a_plan_is_available_again_when_the_covered_booking_no_longer_occupies(
    store: Store, status: BookingStatus
) -> None:
    member, zone = a_member(OWNER), a_zone(1)
    covered = a_booking(OWNER, zone, hours(9, 10), status=status, covered_by_plan=True, amount=ZERO)
    await save_all(store.unit_of_work, OWNER, member, zone, a_subscription(member), covered)
    assert not (await read_slot(store, zone, hours(9, 10), OWNER.id)).plan_in_use


async def test_a_plan_is_not_used_by_a_covered_booking_of_another_user(store: Store) -> None:
    other = a_user()
    member, other_member, zone = a_member(OWNER), a_member(other), a_zone(2)
    theirs = a_booking(other, zone, hours(9, 10), covered_by_plan=True, amount=ZERO)
    await save_all(
        store.unit_of_work,
        OWNER,
        other,
        member,
        other_member,
        zone,
        a_subscription(member),
        a_subscription(other_member),
        theirs,
    )
    assert not (await read_slot(store, zone, hours(9, 10), OWNER.id)).plan_in_use


async def test_a_window_with_many_bookings_is_read_completely(store: Store) -> None:
    zone = a_zone(100)
    bookings = [
        a_booking(OWNER, zone, Period(MONDAY + n * HOUR, MONDAY + (n + 1) * HOUR), desk=desk)
        for n in range(5)
        for desk in range(1, 101)
    ]
    await save_all(store.unit_of_work, OWNER, zone, *bookings)
    schedule = await read(store, zone, hours(0, 5))
    assert occupations_in(schedule) == occupations_of(*bookings)
