"""Lists return exactly the matching rows, in one order, page by page, while rows are added."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import product
from random import Random
from typing import Any

import pytest

from application.ports.bookings import BookingFilter, BookingPosition
from application.ports.spaces import SpaceFilter
from domain.bookings import OCCUPYING_STATUSES, Booking, BookingStatus
from domain.ids import BookingId, SpaceId, UserId
from domain.spaces import Space, SpaceType
from domain.users import User
from tests.contract.conftest import Store
from tests.entities import (
    HOUR,
    IDS,
    MONDAY,
    a_booking,
    a_space,
    a_user,
    a_zone,
    hours,
    save_all,
)

MORE_THAN_THERE_ARE = 1_000


def some_bookings(users: Sequence[User], spaces: Sequence[Space]) -> list[Booking]:
    """Bookings of every status, many with the same start, each at its own desk."""
    random = Random(7)
    bookings = []
    for desk in range(1, 91):
        start = random.randrange(0, 12)
        bookings.append(
            a_booking(
                random.choice(users),
                random.choice(spaces),
                hours(start, start + random.choice((1, 2, 5))),
                desk=desk,
                status=random.choice(list(BookingStatus)),
            )
        )
    random.shuffle(bookings)
    return bookings


def matches(booking: Booking, criteria: BookingFilter) -> bool:
    """Evaluate the filter criterion by criterion, as the port documents it."""
    if criteria.user_id is not None and booking.user_id != criteria.user_id:
        return False
    if criteria.space_id is not None and booking.space_id != criteria.space_id:
        return False
    if criteria.statuses and booking.status not in criteria.statuses:
        return False
    if criteria.overlaps_from is not None and booking.period.end <= criteria.overlaps_from:
        return False
    return criteria.overlaps_to is None or booking.period.start < criteria.overlaps_to


def latest_first(bookings: Sequence[Booking]) -> list[Booking]:
    return sorted(bookings, key=lambda booking: (booking.period.start, booking.id), reverse=True)


def position_of(booking: Booking) -> BookingPosition:
    return BookingPosition(booking.period.start, booking.id)


async def list_bookings(
    store: Store,
    criteria: BookingFilter,
    *,
    after: BookingPosition | None = None,
    limit: int = MORE_THAN_THERE_ARE,
) -> list[Booking]:
    async with store.unit_of_work() as uow:
        return list(await uow.bookings.list(criteria, after=after, limit=limit))


async def list_spaces(
    store: Store,
    criteria: SpaceFilter,
    *,
    after: SpaceId | None = None,
    limit: int = MORE_THAN_THERE_ARE,
) -> list[Space]:
    async with store.unit_of_work() as uow:
        return list(await uow.spaces.list(criteria, after=after, limit=limit))


async def test_bookings_are_filtered_by_every_criterion_alone_and_combined(store: Store) -> None:
    users, spaces = [a_user() for _ in range(3)], [a_zone(90) for _ in range(2)]
    bookings = some_bookings(users, spaces)
    await save_all(store.unit_of_work, *users, *spaces, *bookings)
    for user, space, statuses, overlaps_from, overlaps_to in product(
        (None, users[0].id),
        (None, spaces[0].id),
        (frozenset(), {BookingStatus.CANCELLED}, OCCUPYING_STATUSES, frozenset(BookingStatus)),
        (None, MONDAY + 5 * HOUR),
        (None, MONDAY + 8 * HOUR),
    ):
        criteria = BookingFilter(
            user_id=user,
            space_id=space,
            statuses=frozenset(statuses),
            overlaps_from=overlaps_from,
            overlaps_to=overlaps_to,
        )
        expected = latest_first([booking for booking in bookings if matches(booking, criteria)])
        assert expected, "An example that finds nothing shows nothing."
        assert await list_bookings(store, criteria) == expected, criteria


async def test_a_filter_without_matches_returns_nothing(store: Store) -> None:
    user, zone = a_user(), a_zone(1)
    await save_all(store.unit_of_work, user, zone, a_booking(user, zone, hours(9, 10)))
    for nothing in (
        BookingFilter(user_id=UserId(IDS.new())),
        BookingFilter(space_id=SpaceId(IDS.new())),
        BookingFilter(statuses=frozenset({BookingStatus.NO_SHOW})),
        BookingFilter(user_id=user.id, space_id=SpaceId(IDS.new())),
    ):
        assert await list_bookings(store, nothing) == []


async def test_a_booking_that_only_touches_the_requested_period_is_left_out(store: Store) -> None:
    user, room = a_user(), a_space()
    before, within, after = (a_booking(user, room, hours(start, start + 1)) for start in (8, 9, 10))
    await save_all(store.unit_of_work, user, room, before, within, after)
    criteria = BookingFilter(overlaps_from=within.period.start, overlaps_to=within.period.end)
    assert await list_bookings(store, criteria) == [within]


async def test_bookings_with_one_start_are_in_the_order_of_their_ids(store: Store) -> None:
    user, zone = a_user(), a_zone(9)
    bookings = [a_booking(user, zone, hours(9, 10), desk=desk) for desk in range(1, 10)]
    Random(1).shuffle(bookings)
    await save_all(store.unit_of_work, user, zone, *bookings)
    listed = await list_bookings(store, BookingFilter())
    assert [booking.id for booking in listed] == sorted((b.id for b in bookings), reverse=True)


@pytest.mark.parametrize("limit", [1, 7, 30])
async def test_pages_of_bookings_add_up_to_the_whole_list(store: Store, limit: int) -> None:
    users, spaces = [a_user()], [a_zone(90)]
    bookings = some_bookings(users, spaces)
    await save_all(store.unit_of_work, *users, *spaces, *bookings)
    criteria = BookingFilter(user_id=users[0].id, statuses=OCCUPYING_STATUSES)
    shown: list[Booking] = []
    while True:
        after = position_of(shown[-1]) if shown else None
        page = await list_bookings(store, criteria, after=after, limit=limit)
        assert len(page) <= limit
        if not page:
            break
        shown += page
    assert shown == latest_first([booking for booking in bookings if matches(booking, criteria)])


async def test_pages_repeat_and_skip_nothing_while_bookings_are_added_and_cancelled(
    store: Store,
) -> None:
    user, zone = a_user(), a_zone(200)
    bookings = some_bookings([user], [zone])
    await save_all(store.unit_of_work, user, zone, *bookings)
    shown: list[Booking] = []
    for desk in range(91, 200):
        after = position_of(shown[-1]) if shown else None
        page = await list_bookings(store, BookingFilter(), after=after, limit=2)
        shown += page
        # One more before everything, one after everything, and one just after the last shown.
        around = (hours(300, 301), hours(-300, -299), shown[-1].period)
        more = [a_booking(user, zone, period, desk=desk) for period in around]
        await save_all(store.unit_of_work, *more[:2])
        if len(page) < 2:
            break
    ids = [booking.id for booking in shown]
    assert len(set(ids)) == len(ids)
    assert {booking.id for booking in bookings} <= set(ids)


async def test_a_list_continues_after_the_position_of_a_booking_that_is_not_in_it(
    store: Store,
) -> None:
    user, room = a_user(), a_space()
    bookings = [a_booking(user, room, hours(n, n + 1)) for n in range(5)]
    await save_all(store.unit_of_work, user, room, *bookings)
    between = BookingPosition(MONDAY + timedelta(hours=2, minutes=30), BookingId(IDS.new()))
    listed = await list_bookings(store, BookingFilter(), after=between)
    assert listed == [bookings[2], bookings[1], bookings[0]]


async def test_upcoming_bookings_occupy_and_end_later_and_are_ordered_by_start(
    store: Store,
) -> None:
    user, zone, other = a_user(), a_zone(90), a_zone(90)
    bookings = some_bookings([user], [zone, other])
    await save_all(store.unit_of_work, user, zone, other, *bookings)
    now = MONDAY + 6 * HOUR
    async with store.unit_of_work() as uow:
        upcoming = await uow.bookings.upcoming(zone.id, after=now)
        assert await uow.bookings.upcoming(zone.id, after=MONDAY + 24 * HOUR) == []
        assert await uow.bookings.upcoming(SpaceId(IDS.new()), after=now) == []
    expected = [
        booking
        for booking in bookings
        if booking.space_id == zone.id
        and booking.status in OCCUPYING_STATUSES
        and booking.period.end > now
    ]
    assert {booking.id for booking in upcoming} == {booking.id for booking in expected}
    assert any(booking.period.start < now for booking in upcoming)
    starts = [booking.period.start for booking in upcoming]
    assert starts == sorted(starts)


def some_spaces() -> list[Space]:
    return [
        a_space(space_type=space_type, is_active=is_active, capacity=capacity)
        for space_type, is_active, capacity in product(SpaceType, (True, False), (1, 4, 12))
    ]


async def test_spaces_are_filtered_by_every_criterion_alone_and_combined(store: Store) -> None:
    spaces = some_spaces()
    await save_all(store.unit_of_work, *spaces)
    for space_type, is_active, min_capacity in product(
        (None, *SpaceType), (None, True, False), (None, 1, 4, 5, 12)
    ):
        criteria = SpaceFilter(
            space_type=space_type, is_active=is_active, min_capacity=min_capacity
        )
        expected = [
            space
            for space in spaces
            if space_type in {None, space.space_type}
            and is_active in {None, space.is_active}
            and space.capacity >= (min_capacity or 0)
        ]
        assert expected, "An example that finds nothing shows nothing."
        assert await list_spaces(store, criteria) == expected, criteria


async def test_a_capacity_that_no_space_has_returns_nothing(store: Store) -> None:
    await save_all(store.unit_of_work, *some_spaces())
    assert await list_spaces(store, SpaceFilter(min_capacity=13)) == []


async def test_spaces_are_listed_in_the_order_of_creation(store: Store) -> None:
    spaces = [a_space() for _ in range(20)]
    shuffled = Random(3).sample(spaces, len(spaces))
    for space in shuffled:
        await save_all(store.unit_of_work, space)
    assert await list_spaces(store, SpaceFilter()) == spaces


async def test_a_changed_space_keeps_its_position(store: Store) -> None:
    spaces = [a_space() for _ in range(3)]
    await save_all(store.unit_of_work, *spaces)
    changed = spaces[1].changed(at=MONDAY, name="Renamed")
    async with store.unit_of_work() as uow:
        uow.spaces.save(changed)
        await uow.commit()
    assert await list_spaces(store, SpaceFilter()) == [spaces[0], changed, spaces[2]]


@pytest.mark.parametrize("limit", [1, 5, 24])
async def test_pages_of_spaces_add_up_to_the_whole_list_while_spaces_are_added(
    store: Store, limit: int
) -> None:
    spaces = some_spaces()
    await save_all(store.unit_of_work, *spaces)
    criteria = SpaceFilter(is_active=True)
    shown: list[Space] = []
    late: list[Space] = []
    while True:
        page = await list_spaces(
            store, criteria, after=shown[-1].id if shown else None, limit=limit
        )
        assert len(page) <= limit
        if not page:
            break
        shown += page
        if len(late) < 3:
            late.append(a_space())
            await save_all(store.unit_of_work, late[-1])
    assert shown == [space for space in spaces if space.is_active] + late


async def test_active_spaces_are_counted_by_type(store: Store) -> None:
    fields: list[dict[str, Any]] = [
        {"space_type": SpaceType.HOT_DESK},
        {"space_type": SpaceType.HOT_DESK},
        {"space_type": SpaceType.HOT_DESK, "is_active": False},
        {"space_type": SpaceType.MEETING_ROOM},
        {"space_type": SpaceType.PRIVATE_OFFICE, "is_active": False},
    ]
    await save_all(store.unit_of_work, *(a_space(**each) for each in fields))
    async with store.unit_of_work() as uow:
        counts = await uow.spaces.count_active_by_type()
    assert {space_type: count for space_type, count in counts.items() if count} == {
        SpaceType.HOT_DESK: 2,
        SpaceType.MEETING_ROOM: 1,
    }
