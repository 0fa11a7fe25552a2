"""CreateBooking for a member with a plan: which bookings it covers, one at a time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from application.bookings.cancel_booking import Cancellation
from application.common.caller import Caller
from domain.bookings import Booking, BookingStatus
from domain.house import Confirmation
from domain.money import ZERO, Money
from domain.period import Period
from domain.spaces import Space, SpaceType
from domain.subscriptions import PlanType, SubscriptionStatus
from tests.entities import MONDAY, hours
from tests.unit.application.racing import outcomes
from tests.unit.application.world import World

COVERED = {
    PlanType.HOT_DESK: {SpaceType.HOT_DESK},
    PlanType.DEDICATED_DESK: {SpaceType.HOT_DESK, SpaceType.DEDICATED_DESK},
    PlanType.PRIVATE_OFFICE: {
        SpaceType.HOT_DESK,
        SpaceType.DEDICATED_DESK,
        SpaceType.PRIVATE_OFFICE,
    },
}


@pytest.fixture
async def zone(world: World) -> Space:
    """A zone with more desks than bookings."""
    return await world.a_zone(64)


@pytest.fixture
async def subscriber(world: World) -> Caller:
    """A member with a hot desk plan."""
    caller = await world.a_caller()
    await world.a_plan(caller)
    return caller


def is_covered(booking: Booking) -> bool:
    assert booking.covered_by_plan == (booking.amount == ZERO)
    return booking.covered_by_plan


@pytest.mark.parametrize("confirmation", Confirmation)
async def test_a_covered_booking_costs_nothing_and_is_confirmed_immediately(
    confirmation: Confirmation,
) -> None:
    world = World(confirmation=confirmation)
    caller, zone = await world.a_caller(), await world.a_zone(2)
    await world.a_plan(caller)
    booking = await world.book(caller, zone, 9, 10)
    assert (booking.covered_by_plan, booking.amount) == (True, ZERO)
    assert booking.status is BookingStatus.CONFIRMED
    assert await world.invoice(booking) is None


@pytest.mark.parametrize("space_type", SpaceType)
@pytest.mark.parametrize("plan_type", PlanType)
async def test_a_plan_covers_its_own_and_lower_space_types_and_never_meeting_rooms(
    world: World, plan_type: PlanType, space_type: SpaceType
) -> None:
    caller, space = await world.a_caller(), await world.a_space(space_type=space_type)
    await world.a_plan(caller, plan_type)
    booking = await world.book(caller, space, 9, 10)
    assert is_covered(booking) is (space_type in COVERED[plan_type])


@pytest.mark.parametrize("status", SubscriptionStatus)
async def test_only_a_plan_that_is_active_or_on_trial_covers(
    world: World, zone: Space, status: SubscriptionStatus
) -> None:
    caller = await world.a_caller()
    await world.a_plan(caller, status=status)
    booking = await world.book(caller, zone, 9, 10)
    assert is_covered(booking) is (status in {"ACTIVE", "TRIALING"})


@pytest.mark.parametrize(
    "start, end, covered",
    [(9, 12, True), (9, 12.25, False), (12, 13, False)],
    ids=["to its end", "beyond its end", "after its end"],
)
async def test_a_plan_covers_while_its_period_lasts(
    world: World, zone: Space, start: float, end: float, covered: bool
) -> None:
    caller = await world.a_caller()
    period = Period(MONDAY - timedelta(days=29), hours(9, 12).end)
    await world.a_plan(caller, current_period=period)
    assert is_covered(await world.book(caller, zone, start, end)) is covered


async def test_a_plan_does_not_cover_bookings_of_other_users(
    world: World, zone: Space, subscriber: Caller
) -> None:
    assert not is_covered(await world.book(await world.a_caller(), zone, 9, 10))


async def test_a_booking_by_an_admin_for_a_member_is_covered_by_the_members_plan(
    world: World, zone: Space, subscriber: Caller
) -> None:
    admin = await world.an_admin()
    assert is_covered(await world.book(admin, zone, 9, 10, user_id=subscriber.user_id))
    assert not is_covered(await world.book(admin, zone, 9, 10))


@pytest.mark.parametrize("start, end", [(9, 11), (8.5, 9.25), (10.75, 12), (9.5, 10), (8, 12)])
async def test_an_overlapping_booking_in_the_same_space_is_charged(
    world: World, zone: Space, subscriber: Caller, start: float, end: float
) -> None:
    await world.book(subscriber, zone, 9, 11)
    second = await world.book(subscriber, zone, start, end)
    assert not is_covered(second)
    assert second.amount == Money(2_50) * int((end - start) * 4)
    invoice = await world.invoice(second)
    assert invoice is not None
    assert invoice.amount == second.amount


async def test_an_overlapping_booking_in_another_space_is_charged(
    world: World, zone: Space, subscriber: Caller
) -> None:
    other = await world.a_zone(2)
    await world.book(subscriber, zone, 9, 11)
    assert not is_covered(await world.book(subscriber, other, 10, 12))


async def test_consecutive_bookings_are_all_covered(
    world: World, zone: Space, subscriber: Caller
) -> None:
    for start in (10, 9, 11, 40):
        assert is_covered(await world.book(subscriber, zone, start, start + 1))


async def test_a_charged_booking_does_not_use_the_plan(
    world: World, zone: Space, subscriber: Caller
) -> None:
    room = await world.a_space()
    assert not is_covered(await world.book(subscriber, room, 9, 10))
    assert is_covered(await world.book(subscriber, zone, 9, 10))


async def test_the_plan_is_free_again_after_a_cancellation(
    world: World, zone: Space, subscriber: Caller
) -> None:
    first = await world.book(subscriber, zone, 9, 10)
    await world.cancel_booking(subscriber, first.id, Cancellation())
    assert is_covered(await world.book(subscriber, zone, 9, 10))


async def test_the_plan_is_free_again_after_check_out(
    world: World, zone: Space, subscriber: Caller
) -> None:
    first = await world.book(subscriber, zone, 9, 11)
    world.set_time(9)
    await world.check_in(subscriber, first.id)
    await world.check_out(subscriber, first.id)
    assert is_covered(await world.book(subscriber, zone, 9, 10))


async def test_of_many_concurrent_overlapping_bookings_exactly_one_is_covered(
    world: World, zone: Space, subscriber: Caller
) -> None:
    ended = await outcomes(world.book(subscriber, zone, 9, 10) for _ in range(20))
    assert ended == {"Booking": 20}
    async with world.store.unit_of_work() as uow:
        bookings = await uow.bookings.upcoming(zone.id, after=MONDAY)
    assert sum(is_covered(booking) for booking in bookings) == 1


async def test_concurrent_overlapping_bookings_in_different_spaces_are_not_both_covered(
    world: World, zone: Space, subscriber: Caller
) -> None:
    other = await world.a_zone(2)
    ended = await outcomes(world.book(subscriber, space, 9, 10) for space in (zone, other))
    assert ended == {"Booking": 2}
    covered = 0
    for space in (zone, other):
        async with world.store.unit_of_work() as uow:
            [booking] = await uow.bookings.upcoming(space.id, after=MONDAY)
        covered += is_covered(booking)
    assert covered == 1


async def test_consecutive_bookings_made_concurrently_are_all_covered(
    world: World, zone: Space, subscriber: Caller
) -> None:
    ended = await outcomes(world.book(subscriber, zone, 9 + n, 10 + n) for n in range(40))
    assert ended == {"Booking": 40}
    async with world.store.unit_of_work() as uow:
        bookings = await uow.bookings.upcoming(zone.id, after=MONDAY)
    assert all(is_covered(booking) for booking in bookings)


async def test_a_plan_used_elsewhere_just_before_the_commit_does_not_cover(
    world: World, zone: Space, subscriber: Caller
) -> None:
    other = await world.a_zone(2)
    late = world.with_concurrent_action(lambda: world.book(subscriber, other, 9, 10))
    assert not is_covered(await late.book(subscriber, zone, 9, 10))


async def test_a_plan_that_ends_just_before_the_commit_does_not_cover(
    world: World, zone: Space
) -> None:
    caller = await world.a_caller()
    plan = await world.a_plan(caller)

    async def cancel_plan() -> None:
        async with world.store.unit_of_work() as uow:
            uow.subscriptions.save(replace(plan, status=SubscriptionStatus.CANCELLED, version=2))
            await uow.commit()

    late = world.with_concurrent_action(cancel_plan)
    assert not is_covered(await late.book(caller, zone, 9, 10))
