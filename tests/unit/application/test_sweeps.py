"""The sweeps: what time does to bookings and keys by itself."""

from datetime import timedelta

import pytest

from application.maintenance.batches import BATCH
from domain.audit import AuditEvent
from domain.bookings import HOLD_EXPIRED, BookingStatus
from domain.errors import InvalidTransition
from domain.invoices import InvoiceStatus
from tests.entities import HOUR, MONDAY, a_booking, hours, save_all
from tests.unit.application.racing import outcomes
from tests.unit.application.world import World

MINUTE = timedelta(minutes=1)


async def test_a_hold_is_cancelled_once_it_ran_out_and_not_before(paying_world: World) -> None:
    world = paying_world
    held = await world.book(await world.a_caller(), await world.a_space(), 9, 10)
    world.clock.advance(world.house.booking_hold - timedelta(microseconds=1))
    assert await world.expire_holds() == 0
    world.clock.advance(timedelta(microseconds=1))
    assert await world.expire_holds() == 1
    booking = await world.booking(held.id)
    assert (booking.status, booking.cancel_reason) == (BookingStatus.CANCELLED, HOLD_EXPIRED)
    invoice = await world.invoice(held)
    assert invoice is not None
    assert invoice.status is InvoiceStatus.VOID
    [entry] = await world.audited(event=AuditEvent.BOOKING_EXPIRED)
    assert (entry.subject_id, entry.actor_id) == (held.id, None)
    assert await world.expire_holds() == 0


async def test_more_holds_than_a_batch_are_all_cancelled(paying_world: World) -> None:
    world = paying_world
    room, user = await world.a_space(), await world.user(await world.a_caller())
    held = [
        a_booking(user, room, hours(9 + n, 10 + n), status=BookingStatus.PENDING)
        for n in range(2 * BATCH + 1)
    ]
    await save_all(world.unit_of_work, *held)
    world.clock.advance(HOUR)
    assert await world.expire_holds() == 2 * BATCH + 1


async def test_many_workers_at_once_cancel_each_hold_once(paying_world: World) -> None:
    world = paying_world
    room, user = await world.a_space(), await world.user(await world.a_caller())
    held = [
        a_booking(user, room, hours(9 + n, 10 + n), status=BookingStatus.PENDING) for n in range(50)
    ]
    await save_all(world.unit_of_work, *held)
    world.clock.advance(HOUR)
    counts: list[int] = []

    async def sweep() -> None:
        counts.append(await world.expire_holds())

    await outcomes(sweep() for _ in range(8))
    assert sum(counts) == 50
    assert len(await world.audited(event=AuditEvent.BOOKING_EXPIRED)) == 50


async def test_a_hold_that_is_confirmed_just_before_is_left_alone(paying_world: World) -> None:
    world = paying_world
    admin = await world.an_admin()
    held = await world.book(await world.a_caller(), await world.a_space(), 9, 10)
    world.clock.advance(world.house.booking_hold)
    late = world.others_being_faster(lambda: world.confirm_booking(admin, held.id))
    assert await late.expire_holds() == 0
    assert (await world.booking(held.id)).status is BookingStatus.CONFIRMED


@pytest.mark.parametrize(
    "start, end, from_hour",
    [(9, 10, 9.5), (9, 9.25, 9.5), (9, 32.75, 9.5), (9, 33, 33), (9, 60, 60)],
    ids=["an hour", "over before", "almost a day", "a day", "longer"],
)
async def test_a_booking_that_nobody_came_to_is_a_no_show_after_the_grace_or_at_a_long_ones_end(
    world: World, start: float, end: float, from_hour: float
) -> None:
    booking = await world.book(await world.a_caller(), await world.a_space(), start, end)
    world.clock.set(MONDAY + from_hour * HOUR - timedelta(microseconds=1))
    assert await world.mark_no_shows() == 0
    world.clock.set(MONDAY + from_hour * HOUR)
    assert await world.mark_no_shows() == 1
    assert (await world.booking(booking.id)).status is BookingStatus.NO_SHOW
    assert await world.mark_no_shows() == 0
    [entry] = await world.audited(event=AuditEvent.BOOKING_NO_SHOW)
    assert (entry.subject_id, entry.actor_id) == (booking.id, None)


async def test_a_grace_of_more_than_a_day_is_for_short_bookings_only() -> None:
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


async def test_somebody_who_came_is_no_no_show(world: World) -> None:
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


async def test_a_broken_off_sweep_goes_on_where_it_was(paying_world: World) -> None:
    world = paying_world
    room, user = await world.a_space(), await world.user(await world.a_caller())
    held = [
        a_booking(user, room, hours(9 + n, 10 + n), status=BookingStatus.PENDING) for n in range(10)
    ]
    await save_all(world.unit_of_work, *held)
    world.clock.advance(HOUR)

    async def break_off() -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await world.others_being_faster(break_off).expire_holds()
    assert await world.expire_holds() == 10
