"""CreateBooking: who gets a slot, at what price, and the errors of refused requests."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from application.bookings.booking_request import BookingRequest
from application.bookings.cancel_booking import Cancellation
from application.common.retry import MAX_ATTEMPTS
from application.ports.unit_of_work import Unavailable
from domain.bookings import HOLD_EXPIRED, BookingStatus
from domain.errors import (
    BookingConflict,
    DomainError,
    DurationTooLong,
    DurationTooShort,
    EndBeforeStart,
    Forbidden,
    MisalignedTime,
    NotFound,
    OutsideOpeningHours,
    StartInPast,
    TooFarAhead,
)
from domain.house import Confirmation
from domain.ids import SpaceId, UserId
from domain.invoices import InvoiceStatus
from domain.money import ZERO, Money
from domain.opening_hours import OpeningHours
from domain.period import Period
from domain.spaces import Space
from domain.tariff import Tariff
from tests.entities import IDS, MONDAY, a_booking, hours, save_all
from tests.unit.application.racing import outcomes
from tests.unit.application.world import World

MINUTE = timedelta(minutes=1)
DAY_HOURS = 24


async def alternatives(world: World, space: Space, start: float, end: float) -> list[Period]:
    """Return the alternatives that a member gets who is refused that period."""
    with pytest.raises(BookingConflict) as refused:
        await world.book(await world.a_caller(), space, start, end)
    return list(refused.value.details["alternatives"])


# What a booking is like


async def test_a_booking_is_stored_as_returned(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 9, 10.5, notes="With a projector ☕")
    assert await world.booking(booking.id) == booking
    assert (booking.user_id, booking.space_id) == (member.user_id, room.id)
    assert (booking.period, booking.desk) == (hours(9, 10.5), 1)
    assert booking.notes == "With a projector ☕"
    assert booking.version == 1
    assert booking.created_at == booking.updated_at == world.clock.now()


async def test_a_booking_is_priced_by_the_tariff(world: World) -> None:
    room = await world.a_space(tariff=Tariff(hourly=Money(10_00), daily=Money(35_00)))
    member = await world.a_caller()
    assert (await world.book(member, room, 9, 10.5)).amount == Money(15_00)
    assert (await world.book(member, room, 12, 20)).amount == Money(35_00)


async def test_a_priced_booking_is_held_until_it_is_paid(paying_world: World) -> None:
    world = paying_world
    booking = await world.book(await world.a_caller(), await world.a_space(), 9, 10)
    assert booking.status is BookingStatus.PENDING
    assert booking.hold_expires_at == world.clock.now() + world.house.booking_hold
    invoice = await world.invoice(booking)
    assert invoice is not None
    assert (invoice.status, invoice.amount) == (InvoiceStatus.DRAFT, Money(10_00))


async def test_a_priced_booking_is_confirmed_immediately_with_immediate_confirmation(
    world: World,
) -> None:
    booking = await world.book(await world.a_caller(), await world.a_space(), 9, 10)
    assert booking.status is BookingStatus.CONFIRMED
    assert booking.hold_expires_at is None
    invoice = await world.invoice(booking)
    assert invoice is not None
    assert (invoice.status, invoice.amount) == (InvoiceStatus.OPEN, Money(10_00))
    assert (invoice.user_id, invoice.space_id) == (booking.user_id, booking.space_id)


@pytest.mark.parametrize("confirmation", Confirmation)
async def test_a_booking_that_costs_nothing_is_confirmed_without_an_invoice(
    confirmation: Confirmation,
) -> None:
    world = World(confirmation=confirmation)
    room = await world.a_space(tariff=Tariff(hourly=ZERO))
    booking = await world.book(await world.a_caller(), room, 9, 10)
    assert (booking.status, booking.amount) == (BookingStatus.CONFIRMED, ZERO)
    assert await world.invoice(booking) is None


# For whom, and where


async def test_a_member_cannot_set_the_user(world: World) -> None:
    member, other, room = await world.a_caller(), await world.a_caller(), await world.a_space()
    for user_id in (other.user_id, member.user_id, UserId(IDS.new())):
        with pytest.raises(Forbidden):
            await world.book(member, room, 9, 10, user_id=user_id)
    assert (await world.schedule(room)).occupations == ()


async def test_an_admin_books_for_another_user_or_for_themselves(world: World) -> None:
    admin, member, room = await world.an_admin(), await world.a_caller(), await world.a_space()
    theirs = await world.book(admin, room, 9, 10, user_id=member.user_id)
    assert theirs.user_id == member.user_id
    assert (await world.book(admin, room, 10, 11)).user_id == admin.user_id


async def test_an_admin_cannot_book_for_an_unknown_or_deactivated_user(world: World) -> None:
    admin, member, room = await world.an_admin(), await world.a_caller(), await world.a_space()
    user = await world.user(member)
    await world.save_user(replace(user, is_active=False, version=2))
    for user_id in (member.user_id, UserId(IDS.new())):
        with pytest.raises(NotFound):
            await world.book(admin, room, 9, 10, user_id=user_id)


async def test_an_unknown_space_is_not_found(world: World) -> None:
    room = replace(await world.a_space(), id=SpaceId(IDS.new()))
    with pytest.raises(NotFound):
        await world.book(await world.a_caller(), room, 9, 10)


async def test_an_inactive_space_is_not_found_even_by_admins(world: World) -> None:
    admin, room = await world.an_admin(), await world.a_space()
    await world.update_space(admin, room.id, {"is_active": False})
    for caller in (admin, await world.a_caller()):
        with pytest.raises(NotFound):
            await world.book(caller, room, 9, 10)


# The rules of the house, in their order

QUARTER = 0.25
RULES: dict[str, tuple[float, float, type[DomainError]]] = {
    "no length": (9, 9, EndBeforeStart),
    "reversed": (10, 9, EndBeforeStart),
    "reversed, misaligned and past": (1.1, 1, EndBeforeStart),
    "a moment too short": (9, 9 + QUARTER - 1 / 3600, DurationTooShort),
    "too short, misaligned and past": (1.01, 1.02, DurationTooShort),
    "a quarter too long": (9, 9 + 366 * DAY_HOURS + QUARTER, DurationTooLong),
    "too long and misaligned": (9.1, 9 + 400 * DAY_HOURS, DurationTooLong),
    "start off the grid": (9.1, 10.5, MisalignedTime),
    "end off the grid": (9, 10.1, MisalignedTime),
    "misaligned and past": (1.1, 2, MisalignedTime),
    "more than one step ago": (7.5, 9, StartInPast),
    "past and closed": (1, 2, StartInPast),
    "too far ahead": (8 + 730 * DAY_HOURS + QUARTER, 12 + 730 * DAY_HOURS, TooFarAhead),
    "too far ahead and closed": (
        23 + 730 * DAY_HOURS,
        24 + 730 * DAY_HOURS,
        TooFarAhead,
    ),
    "before it opens": (24 + 6, 24 + 7, OutsideOpeningHours),
    "over the time it closes": (21, 22.25, OutsideOpeningHours),
    "overnight": (21, 24 + 9, OutsideOpeningHours),
}


@pytest.fixture
async def day_room(world: World) -> Space:
    """A room that is open from seven to ten in the evening."""
    week = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    hours_of_day = OpeningHours.parse({day: [["07:00", "22:00"]] for day in week})
    return await world.a_space(opening_hours=hours_of_day)


@pytest.mark.parametrize("start, end, error", RULES.values(), ids=RULES)
async def test_the_first_broken_rule_of_the_house_is_raised(
    world: World, day_room: Space, start: float, end: float, error: type[DomainError]
) -> None:
    member = await world.a_caller()
    start_time, end_time = (MONDAY + timedelta(hours=hour) for hour in (start, end))
    request = BookingRequest(space_id=day_room.id, start=start_time, end=end_time)
    with pytest.raises(error) as broken:
        await world.create_booking(member, request)
    assert type(broken.value) is error
    assert (await world.schedule(day_room)).occupations == ()


@pytest.mark.parametrize(
    "start, end",
    [(9, 9.25), (7.75, 9), (21, 22), (7 + 24, 8 + 24), (8 + 730 * 24, 9 + 730 * 24)],
    ids=["shortest", "one step ago", "to closing", "from opening", "farthest"],
)
async def test_a_booking_at_the_limit_of_a_rule_succeeds(
    world: World, day_room: Space, start: float, end: float
) -> None:
    await world.book(await world.a_caller(), day_room, start, end)


async def test_the_longest_booking_takes_366_days(world: World) -> None:
    await world.book(await world.a_caller(), await world.a_space(), 9, 9 + 366 * DAY_HOURS)


async def test_an_admin_may_book_in_the_past(world: World) -> None:
    room = await world.a_space()
    with pytest.raises(StartInPast):
        await world.book(await world.a_caller(), room, 1, 2)
    booking = await world.book(await world.an_admin(), room, 1, 2)
    assert booking.period == hours(1, 2)


async def test_the_rules_are_checked_before_the_slot(world: World, day_room: Space) -> None:
    member = await world.a_caller()
    await world.book(member, day_room, 9, 10)
    with pytest.raises(MisalignedTime):
        await world.book(member, day_room, 9.1, 10)


# A slot that is taken


@pytest.mark.parametrize("start, end", [(9, 11), (8.5, 9.25), (10.75, 12), (9.5, 10), (8, 12)])
async def test_an_overlapping_booking_is_refused(world: World, start: float, end: float) -> None:
    member, room = await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 9, 11)
    with pytest.raises(BookingConflict):
        await world.book(member, room, start, end)
    [occupation] = (await world.schedule(room)).occupations
    assert occupation.booking_id == booking.id


async def test_a_touching_booking_does_not_overlap(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space()
    for start in (10, 9, 11):
        await world.book(member, room, start, start + 1)


async def test_a_zone_takes_as_many_bookings_as_it_has_desks(world: World) -> None:
    member, zone = await world.a_caller(), await world.a_zone(5)
    desks = {(await world.book(member, zone, 9, 10)).desk for _ in range(5)}
    assert desks == {1, 2, 3, 4, 5}
    with pytest.raises(BookingConflict):
        await world.book(member, zone, 9.5, 11)


async def test_a_zone_refuses_a_period_for_which_no_single_desk_is_free(world: World) -> None:
    admin, member, zone = await world.an_admin(), await world.a_caller(), await world.a_zone(2)
    bookings = [await world.book(member, zone, *period) for period in ((9, 10), (9, 10))]
    await world.book(member, zone, 10, 11)
    await world.cancel_booking(admin, bookings[0].id, Cancellation())
    occupations = (await world.schedule(zone)).occupations
    if len({occupation.desk for occupation in occupations}) == 1:
        pytest.fail("The example needs both desks in use.")
    with pytest.raises(BookingConflict):
        await world.book(member, zone, 9, 11)


async def test_a_cancelled_slot_is_free_immediately(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 9, 10)
    await world.cancel_booking(member, booking.id, Cancellation())
    await world.book(await world.a_caller(), room, 9, 10)


# Alternatives


async def test_the_nearest_starts_are_offered_the_earlier_on_a_tie(world: World) -> None:
    room = await world.a_space()
    await world.book(await world.a_caller(), room, 11, 12)
    assert await alternatives(world, room, 11, 12) == [
        hours(10, 11),
        hours(12, 13),
        hours(9.75, 10.75),
    ]


async def test_alternatives_have_the_requested_duration(world: World) -> None:
    room = await world.a_space()
    await world.book(await world.a_caller(), room, 12, 13)
    offered = await alternatives(world, room, 11, 14.5)
    assert offered[0] == hours(13, 16.5)
    assert {period.duration for period in offered} == {timedelta(hours=3.5)}


async def test_alternatives_are_within_opening_hours(world: World) -> None:
    room = await world.a_space(
        opening_hours=OpeningHours.parse(
            {"monday": [["09:00", "11:00"]], "tuesday": [["09:00", "10:00"]]}
        )
    )
    await world.book(await world.a_caller(), room, 9, 11)
    assert await alternatives(world, room, 9, 10) == [
        hours(24 + 9, 24 + 10),
        hours(7 * 24 + 9, 7 * 24 + 10),
        hours(7 * 24 + 9.25, 7 * 24 + 10.25),
    ]


async def test_alternatives_are_not_in_the_past(world: World) -> None:
    room = await world.a_space()
    await world.book(await world.a_caller(), room, 8, 9)
    assert await alternatives(world, room, 8, 9) == [
        hours(9, 10),
        hours(9.25, 10.25),
        hours(9.5, 10.5),
    ]


async def test_all_alternatives_can_be_booked(world: World) -> None:
    zone, member = await world.a_zone(2), await world.a_caller()
    for start, end in ((9, 12), (10, 11), (13, 15), (13, 14), (16, 18), (12, 13)):
        await world.book(member, zone, start, end)
    offered = await alternatives(world, zone, 9.5, 11.5)
    assert len(offered) == 3
    for period in offered:
        request = BookingRequest(space_id=zone.id, start=period.start, end=period.end)
        booking = await world.create_booking(member, request)
        await world.cancel_booking(await world.an_admin(), booking.id, Cancellation())


async def test_alternatives_are_found_after_many_bookings(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space()
    user = await world.user(member)
    taken = [a_booking(user, room, hours(n, n + 1)) for n in range(7, 2_000) if n != 1_500]
    await save_all(world.store.unit_of_work, *taken)
    assert await alternatives(world, room, 9, 10) == [
        hours(1_500, 1_501),
        hours(2_000, 2_001),
        hours(2_000.25, 2_001.25),
    ]


async def test_no_alternatives_are_offered_when_there_are_none(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space()
    user = await world.user(member)
    years = [(0, 8_000), (8_000, 16_000), (16_000, 24_000)]
    await save_all(
        world.store.unit_of_work, *(a_booking(user, room, hours(*period)) for period in years)
    )
    assert await alternatives(world, room, 9, 10) == []


async def test_an_admin_refused_in_the_past_is_offered_what_a_member_can_book(
    world: World,
) -> None:
    admin, room = await world.an_admin(), await world.a_space()
    user = await world.user(admin)
    taken = [a_booking(user, room, hours(-n, -n + 1)) for n in range(100)]
    await save_all(world.store.unit_of_work, *taken)
    with pytest.raises(BookingConflict) as refused:
        await world.book(admin, room, -90, -89)
    assert list(refused.value.details["alternatives"]) == [
        hours(7.75, 8.75),
        hours(8, 9),
        hours(8.25, 9.25),
    ]


# Expired holds


async def test_a_hold_blocks_its_slot_until_it_expires(paying_world: World) -> None:
    world = paying_world
    room = await world.a_space()
    held = await world.book(await world.a_caller(), room, 10, 11)
    world.clock.advance(world.house.booking_hold - timedelta(microseconds=1))
    with pytest.raises(BookingConflict):
        await world.book(await world.a_caller(), room, 10, 11)
    assert await world.booking(held.id) == held


async def test_an_expired_hold_is_cancelled_by_the_next_booking_of_the_slot(
    paying_world: World,
) -> None:
    world = paying_world
    room = await world.a_space()
    held = await world.book(await world.a_caller(), room, 10, 11)
    world.clock.advance(world.house.booking_hold)
    now = world.clock.now()
    booking = await world.book(await world.a_caller(), room, 10.5, 12)
    assert await world.booking(booking.id) == booking
    assert await world.booking(held.id) == held.expired(at=now)
    assert (await world.booking(held.id)).cancel_reason == HOLD_EXPIRED
    invoice = await world.invoice(held)
    assert invoice is not None
    assert invoice.status is InvoiceStatus.VOID


async def test_several_expired_holds_are_cancelled_together(paying_world: World) -> None:
    world = paying_world
    member, room = await world.a_caller(), await world.a_space()
    held = [await world.book(member, room, start, start + 1) for start in (10, 11, 12)]
    world.clock.advance(world.house.booking_hold)
    await world.book(await world.a_caller(), room, 10.5, 12.5)
    for booking in held:
        assert (await world.booking(booking.id)).status is BookingStatus.CANCELLED


async def test_an_expired_hold_frees_no_slot_that_another_booking_occupies(
    paying_world: World,
) -> None:
    world = paying_world
    member, room = await world.a_caller(), await world.a_space()
    await world.book(member, room, 10, 11)
    world.clock.advance(world.house.booking_hold)
    await world.book(member, room, 11, 12)
    with pytest.raises(BookingConflict):
        await world.book(await world.a_caller(), room, 10.5, 11.5)


async def test_a_member_may_book_the_slot_of_their_own_expired_hold(
    paying_world: World,
) -> None:
    world = paying_world
    member, room = await world.a_caller(), await world.a_space()
    first = await world.book(member, room, 10, 11)
    world.clock.advance(world.house.booking_hold)
    second = await world.book(member, room, 10, 11)
    assert second.id != first.id
    assert second.status is BookingStatus.PENDING


# Everybody at once


async def test_of_64_concurrent_bookings_of_one_slot_exactly_one_succeeds(world: World) -> None:
    callers, room = [await world.a_caller() for _ in range(64)], await world.a_space()
    ended = await outcomes(world.book(caller, room, 9, 10) for caller in callers)
    assert ended == {"Booking": 1, "BookingConflict": 63}
    assert len((await world.schedule(room)).occupations) == 1


async def test_of_64_staggered_concurrent_bookings_no_two_overlap(world: World) -> None:
    callers, room = [await world.a_caller() for _ in range(64)], await world.a_space()
    ended = await outcomes(
        world.book(caller, room, 9 + n / 4, 10 + n / 4) for n, caller in enumerate(callers)
    )
    assert set(ended) == {"Booking", "BookingConflict"}
    periods = sorted(o.period for o in (await world.schedule(room)).occupations)
    assert len(periods) == ended["Booking"]
    assert not any(
        period.overlaps(other) for n, period in enumerate(periods) for other in periods[n + 1 :]
    )


async def test_of_64_concurrent_bookings_of_a_zone_of_ten_exactly_ten_succeed(world: World) -> None:
    callers, zone = [await world.a_caller() for _ in range(64)], await world.a_zone(10)
    ended = await outcomes(world.book(caller, zone, 9, 10) for caller in callers)
    assert ended == {"Booking": 10, "BookingConflict": 54}
    desks = [occupation.desk for occupation in (await world.schedule(zone)).occupations]
    assert sorted(desks) == list(range(1, 11))


async def test_of_64_requests_for_a_slot_with_an_expired_hold_exactly_one_succeeds(
    paying_world: World,
) -> None:
    world = paying_world
    callers, room = [await world.a_caller() for _ in range(64)], await world.a_space()
    held = await world.book(callers[0], room, 10, 11)
    world.clock.advance(world.house.booking_hold)
    ended = await outcomes(world.book(caller, room, 10, 11) for caller in callers)
    assert ended == {"Booking": 1, "BookingConflict": 63}
    assert (await world.booking(held.id)).status is BookingStatus.CANCELLED


async def test_the_desks_of_ten_expired_holds_go_to_ten_concurrent_bookings(
    paying_world: World,
) -> None:
    world = paying_world
    callers, zone = [await world.a_caller() for _ in range(64)], await world.a_zone(10)
    for caller in callers[:10]:
        await world.book(caller, zone, 10, 11)
    world.clock.advance(world.house.booking_hold)
    ended = await outcomes(world.book(caller, zone, 10, 11) for caller in callers)
    assert ended == {"Booking": 10, "BookingConflict": 54}


# What happens between reading and writing


async def test_a_slot_taken_just_before_the_commit_is_refused_with_alternatives(
    world: World,
) -> None:
    room, member, rival = await world.a_space(), await world.a_caller(), await world.a_caller()
    late = world.with_concurrent_action(lambda: world.book(rival, room, 9, 10))
    with pytest.raises(BookingConflict) as refused:
        await late.book(member, room, 9, 10)
    assert hours(10, 11) in refused.value.details["alternatives"]


async def test_a_desk_taken_just_before_the_commit_is_replaced_by_another(world: World) -> None:
    zone, member, rival = await world.a_zone(5), await world.a_caller(), await world.a_caller()
    for hour in (9, 10, 11, 12, 13):

        async def take_all_desks_but_one(hour: int = hour) -> None:
            for _ in range(4):
                await world.book(rival, zone, hour, hour + 1)

        late = world.with_concurrent_action(take_all_desks_but_one)
        booking = await late.book(member, zone, hour, hour + 1)
        assert await world.booking(booking.id) == booking
        occupations = (await world.schedule(zone)).occupations
        desks = [
            occupation.desk for occupation in occupations if occupation.period == booking.period
        ]
        assert sorted(desks) == [1, 2, 3, 4, 5]


async def test_a_price_changed_just_before_the_commit_applies(
    world: World,
) -> None:
    room, member, admin = await world.a_space(), await world.a_caller(), await world.an_admin()
    late = world.with_concurrent_action(
        lambda: world.update_space(admin, room.id, {"hourly": Money(77_00)})
    )
    assert (await late.book(member, room, 9, 10)).amount == Money(77_00)


async def test_a_space_deleted_just_before_the_commit_is_not_found(world: World) -> None:
    room, member, admin = await world.a_space(), await world.a_caller(), await world.an_admin()
    late = world.with_concurrent_action(lambda: world.delete_space(admin, room.id))
    with pytest.raises(NotFound):
        await late.book(member, room, 9, 10)
    assert (await world.schedule(room)).occupations == ()


async def test_a_hold_paid_just_before_its_cancellation_is_confirmed(paying_world: World) -> None:
    world = paying_world
    room = await world.a_space()
    held = await world.book(await world.a_caller(), room, 10, 11)
    world.clock.advance(world.house.booking_hold)
    confirmed = held.confirmed(at=world.clock.now())

    async def confirm() -> None:
        async with world.store.unit_of_work() as uow:
            uow.bookings.save(confirmed)
            await uow.commit()

    late = world.with_concurrent_action(confirm)
    with pytest.raises(BookingConflict):
        await late.book(await world.a_caller(), room, 10, 11)
    assert await world.booking(held.id) == confirmed


async def test_under_constant_conflicts_it_gives_up_and_stores_nothing(world: World) -> None:
    room, member, admin = await world.a_space(), await world.a_caller(), await world.an_admin()
    changes: list[Any] = []

    async def rename() -> None:
        changes.append(await world.update_space(admin, room.id, {"name": str(len(changes))}))

    besieged = world.with_concurrent_action(rename, times=MAX_ATTEMPTS + 10)
    with pytest.raises(Unavailable):
        await besieged.book(member, room, 9, 10)
    assert len(changes) == MAX_ATTEMPTS
    assert (await world.schedule(room)).occupations == ()
