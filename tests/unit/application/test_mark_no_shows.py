"""MarkNoShows: marks confirmed bookings without a check-in, after the grace period."""

from datetime import timedelta

import pytest

from application.maintenance.batches import BATCH
from domain.audit import AuditEvent
from domain.bookings import BookingStatus
from domain.errors import InvalidTransition
from tests.entities import HOUR, MONDAY, a_booking, hours, save_all
from tests.unit.application.world import World


@pytest.mark.parametrize(
    "start, end, from_hour",
    [(9, 10, 9.5), (9, 9.25, 9.5), (9, 32.75, 9.5), (9, 33, 33), (9, 60, 60)],
    ids=["an hour", "over before", "almost a day", "a day", "longer"],
)
async def test_a_booking_without_check_in_is_a_no_show_after_the_grace_or_at_the_end_of_a_long_one(
    world: World, start: float, end: float, from_hour: float
) -> None:
    booking = await world.book(await world.a_caller(), await world.a_space(), start, end)
    world.clock.set(MONDAY + from_hour * HOUR - timedelta(microseconds=1))
    assert await world.mark_no_shows() == 0
    world.clock.set(MONDAY + from_hour * HOUR)
    assert await world.mark_no_shows() == 1
    assert (await world.booking(booking.id)).status is BookingStatus.NO_SHOW
    assert await world.mark_no_shows() == 0
    [entry] = await world.audit_entries(event=AuditEvent.BOOKING_NO_SHOW)
    assert (entry.subject_id, entry.actor_id) == (booking.id, None)


async def test_a_checked_in_booking_is_no_no_show(world: World) -> None:
    member = await world.a_caller()
    booking = await world.book(member, await world.a_space(), 9, 10)
    world.set_time(9)
    await world.check_in(member, booking.id)
    world.set_time(12)
    assert await world.mark_no_shows() == 0


async def test_a_no_show_frees_the_slot_and_the_plan(world: World) -> None:
    member, zone = await world.a_caller(), await world.a_zone(1)
    await world.a_plan(member)
    await world.book(member, zone, 9, 12)
    world.set_time(9.5)
    await world.mark_no_shows()
    assert (await world.book(member, zone, 9.5, 11)).covered_by_plan


async def test_a_no_show_cannot_check_in(world: World) -> None:
    member = await world.a_caller()
    booking = await world.book(member, await world.a_space(), 9, 10)
    world.set_time(9.5)
    await world.mark_no_shows()
    with pytest.raises(InvalidTransition):
        await world.check_in(member, booking.id)


async def test_more_no_shows_than_a_batch_are_all_marked(world: World) -> None:
    room, user = await world.a_space(), await world.user(await world.a_caller())
    await save_all(
        world.unit_of_work,
        *(a_booking(user, room, hours(n / 4, n / 4 + 0.25)) for n in range(BATCH + 20)),
    )
    world.set_time(200)
    assert await world.mark_no_shows() == BATCH + 20


async def test_a_grace_of_more_than_a_day_applies_to_short_bookings_only() -> None:
    world = World(no_show_grace=timedelta(hours=30))
    short, long = await world.a_space(), await world.a_space()
    first = await world.book(await world.a_caller(), short, 9, 10)
    second = await world.book(await world.a_caller(), long, 9, 33)
    world.set_time(33)
    assert await world.mark_no_shows() == 1
    assert (await world.booking(second.id)).status is BookingStatus.NO_SHOW
    world.set_time(39)
    assert await world.mark_no_shows() == 1
    assert (await world.booking(first.id)).status is BookingStatus.NO_SHOW
