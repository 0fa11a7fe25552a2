"""FindBookings: a member finds their own bookings, an admin those of all users."""

from typing import Any

import pytest

from application.bookings.cancel_booking import Cancellation
from application.bookings.find_bookings import FindBookingsQuery
from application.common.caller import Caller
from application.common.paging import Page
from application.ports.bookings import BookingFilter, BookingPosition
from domain.bookings import Booking, BookingStatus
from tests.entities import hours
from tests.unit.application.world import World


async def find(
    world: World,
    caller: Caller,
    *,
    after: BookingPosition | None = None,
    limit: int = 50,
    **criteria: Any,
) -> Page[Booking, BookingPosition]:
    query = FindBookingsQuery(criteria=BookingFilter(**criteria), after=after, limit=limit)
    return await world.find_bookings(caller, query)


async def test_a_member_finds_their_own_bookings_latest_start_first(world: World) -> None:
    member, other, room = await world.a_caller(), await world.a_caller(), await world.a_space()
    mine = [await world.book(member, room, start, start + 1) for start in (10, 9, 12)]
    await world.book(other, room, 11, 12)
    assert await find(world, member) == Page([mine[2], mine[0], mine[1]], None)


async def test_an_admin_finds_all_bookings_and_can_filter_by_user(world: World) -> None:
    admin, member, other = await world.an_admin(), await world.a_caller(), await world.a_caller()
    room = await world.a_space()
    theirs, others = await world.book(member, room, 9, 10), await world.book(other, room, 10, 11)
    assert (await find(world, admin)).items == [others, theirs]
    assert (await find(world, admin, user_id=member.user_id)).items == [theirs]


async def test_a_member_finds_no_bookings_of_other_users(world: World) -> None:
    member, other, room = await world.a_caller(), await world.a_caller(), await world.a_space()
    await world.book(other, room, 9, 10)
    await world.book(member, room, 10, 11)
    assert list((await find(world, member, user_id=other.user_id)).items) == []
    assert len((await find(world, member, user_id=member.user_id)).items) == 1


async def test_bookings_are_filtered_by_status_space_and_time(world: World) -> None:
    member, room, other = await world.a_caller(), await world.a_space(), await world.a_space()
    early, late = await world.book(member, room, 9, 10), await world.book(member, room, 12, 13)
    elsewhere = await world.book(member, other, 9, 10)
    cancelled = await world.cancel_booking(member, early.id, Cancellation())
    by_status = await find(world, member, statuses=frozenset({BookingStatus.CANCELLED}))
    assert by_status.items == [cancelled]
    assert (await find(world, member, space_id=other.id)).items == [elsewhere]
    noon = hours(12, 13)
    assert (await find(world, member, overlaps_from=noon.start)).items == [late]
    assert late not in (await find(world, member, overlaps_to=noon.start)).items


@pytest.mark.parametrize("limit", [1, 2, 5, 6])
async def test_pages_join_into_the_whole_list(world: World, limit: int) -> None:
    member, zone = await world.a_caller(), await world.a_zone(3)
    made = [await world.book(member, zone, 9 + n // 2, 10 + n // 2) for n in range(5)]
    listed: list[Booking] = []
    after = None
    while True:
        page = await find(world, member, after=after, limit=limit)
        assert len(page.items) <= limit
        listed += page.items
        after = page.next
        if after is None:
            break
    assert listed == sorted(made, key=lambda b: (b.period.start, b.id), reverse=True)
