"""FindSpaces: filters, visibility, pages, and spaces that are free for a period."""

from typing import Any

import pytest

from application.common.caller import Caller
from application.common.paging import MAX_PAGE_SIZE, Page
from application.ports.spaces import SpaceFilter
from application.spaces.find_spaces import FindSpacesQuery
from application.spaces.update_space import SpaceChanges
from domain.ids import SpaceId
from domain.opening_hours import OpeningHours
from domain.period import Period
from domain.spaces import Space, SpaceType
from tests.entities import a_booking, a_space, a_user, hours, save_all
from tests.unit.application.world import World

INACTIVE: SpaceChanges = {"is_active": False}


async def find(
    world: World,
    caller: Caller | None = None,
    *,
    free_for: Period | None = None,
    after: SpaceId | None = None,
    limit: int = 50,
    **criteria: Any,
) -> Page[Space, SpaceId]:
    query = FindSpacesQuery(
        caller=caller,
        criteria=SpaceFilter(**criteria),
        free_for=free_for,
        after=after,
        limit=limit,
    )
    return await world.find_spaces(query)


async def test_spaces_are_listed_oldest_first(world: World) -> None:
    spaces = [await world.a_space(name=name) for name in ("c", "a", "b")]
    assert await find(world) == Page(spaces, None)


async def test_inactive_spaces_are_found_by_admins_only(world: World) -> None:
    admin, member = await world.an_admin(), await world.a_caller()
    active, hidden = await world.a_space(), await world.a_space()
    hidden = await world.update_space(admin, hidden.id, INACTIVE)
    assert (await find(world, admin)).items == [active, hidden]
    assert (await find(world, admin, is_active=False)).items == [hidden]
    assert (await find(world, admin, is_active=True)).items == [active]
    for other in (None, member):
        assert (await find(world, other)).items == [active]
        assert (await find(world, other, is_active=True)).items == [active]
        assert list((await find(world, other, is_active=False)).items) == []


async def test_spaces_are_filtered_by_type_and_capacity(world: World) -> None:
    await world.a_space(capacity=5)
    big = await world.a_space(capacity=6)
    zone = await world.a_zone(6)
    assert (await find(world, min_capacity=6)).items == [big, zone]
    assert (await find(world, space_type=SpaceType.HOT_DESK)).items == [zone]
    assert (await find(world, space_type=SpaceType.HOT_DESK, min_capacity=7)).items == []


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
@pytest.mark.parametrize("free_for", [None, hours(9, 10)], ids=["any", "free"])
async def test_pages_join_into_the_whole_list(
    world: World, limit: int, free_for: Period | None
) -> None:
    member = await world.a_caller()
    spaces = [await world.a_space() for _ in range(7)]
    if free_for:
        await world.book(member, spaces[3], 9, 10)
        del spaces[3]
    listed: list[Space] = []
    after = None
    while True:
        page = await find(world, free_for=free_for, after=after, limit=limit)
        assert len(page.items) <= limit
        listed += page.items
        after = page.next
        if after is None:
            break
    assert listed == spaces


async def test_the_last_page_has_no_next_page(world: World) -> None:
    for _ in range(4):
        await world.a_space()
    first = await find(world, limit=2)
    assert first.next == first.items[-1].id
    assert (await find(world, limit=2, after=first.next)).next is None


async def test_only_spaces_free_for_the_whole_period_are_found(world: World) -> None:
    member = await world.a_caller()
    before, within, over, after = [await world.a_space() for _ in range(4)]
    await world.book(member, before, 8, 9)
    await world.book(member, within, 9.25, 9.5)
    await world.book(member, over, 8, 11)
    await world.book(member, after, 10, 11)
    assert (await find(world, free_for=hours(9, 10))).items == [before, after]


async def test_a_zone_is_found_while_one_desk_is_free_throughout(world: World) -> None:
    member = await world.a_caller()
    zone = await world.a_zone(2)
    await world.book(member, zone, 9, 10)
    assert (await find(world, free_for=hours(9, 10))).items == [zone]
    await world.book(member, zone, 9.5, 10)
    assert (await find(world, free_for=hours(9, 10))).items == []


async def test_a_space_that_closes_during_the_period_is_not_found(world: World) -> None:
    await world.a_space(opening_hours=OpeningHours.parse({"monday": [["09:00", "12:00"]]}))
    assert len((await find(world, free_for=hours(9, 12))).items) == 1
    assert len((await find(world, free_for=hours(9, 12.25))).items) == 0
    assert len((await find(world, free_for=hours(8.75, 12))).items) == 0


async def test_a_space_with_an_expired_hold_is_found(paying_world: World) -> None:
    world = paying_world
    room = await world.a_space()
    held = await world.book(await world.a_caller(), room, 9, 10)
    assert (await find(world, free_for=hours(9, 10))).items == []
    assert held.hold_expires_at is not None
    world.clock.set(held.hold_expires_at)
    assert (await find(world, free_for=hours(9, 10))).items == [room]


async def test_a_free_space_is_found_after_many_occupied_ones(world: World) -> None:
    user = a_user()
    spaces = [a_space() for _ in range(2 * MAX_PAGE_SIZE + 5)]
    taken = [a_booking(user, space, hours(9, 10)) for space in spaces[:-1]]
    await save_all(world.store.unit_of_work, user, *spaces, *taken)
    assert await find(world, free_for=hours(9, 10), limit=1) == Page([spaces[-1]], None)
