"""ExpireHolds: cancels expired holds, in batches and with several workers."""

from datetime import timedelta

import pytest

from application.maintenance.batches import BATCH
from domain.audit import AuditEvent
from domain.bookings import HOLD_EXPIRED, BookingStatus
from domain.invoices import InvoiceStatus
from tests.entities import HOUR, a_booking, hours, save_all
from tests.unit.application.racing import outcomes
from tests.unit.application.world import World


async def test_a_hold_is_cancelled_when_it_expires_and_not_before(paying_world: World) -> None:
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
    [entry] = await world.audit_entries(event=AuditEvent.BOOKING_EXPIRED)
    assert (entry.subject_id, entry.actor_id) == (held.id, None)
    assert await world.expire_holds() == 0


async def test_more_expired_holds_than_a_batch_are_all_cancelled(paying_world: World) -> None:
    world = paying_world
    room, user = await world.a_space(), await world.user(await world.a_caller())
    held = [
        a_booking(user, room, hours(9 + n, 10 + n), status=BookingStatus.PENDING)
        for n in range(2 * BATCH + 1)
    ]
    await save_all(world.unit_of_work, *held)
    world.clock.advance(HOUR)
    assert await world.expire_holds() == 2 * BATCH + 1


async def test_concurrent_workers_cancel_each_hold_once(paying_world: World) -> None:
    world = paying_world
    room, user = await world.a_space(), await world.user(await world.a_caller())
    held = [
        a_booking(user, room, hours(9 + n, 10 + n), status=BookingStatus.PENDING) for n in range(50)
    ]
    await save_all(world.unit_of_work, *held)
    world.clock.advance(HOUR)
    counts: list[int] = []

    async def run() -> None:
        counts.append(await world.expire_holds())

    await outcomes(run() for _ in range(8))
    assert sum(counts) == 50
    assert len(await world.audit_entries(event=AuditEvent.BOOKING_EXPIRED)) == 50


async def test_a_hold_confirmed_just_before_the_commit_stays_confirmed(paying_world: World) -> None:
    world = paying_world
    admin = await world.an_admin()
    held = await world.book(await world.a_caller(), await world.a_space(), 9, 10)
    world.clock.advance(world.house.booking_hold)
    late = world.with_concurrent_action(lambda: world.confirm_booking(admin, held.id))
    assert await late.expire_holds() == 0
    assert (await world.booking(held.id)).status is BookingStatus.CONFIRMED


async def test_the_run_after_an_interrupted_one_cancels_the_rest(paying_world: World) -> None:
    world = paying_world
    room, user = await world.a_space(), await world.user(await world.a_caller())
    held = [
        a_booking(user, room, hours(9 + n, 10 + n), status=BookingStatus.PENDING) for n in range(10)
    ]
    await save_all(world.unit_of_work, *held)
    world.clock.advance(HOUR)

    async def interrupt() -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await world.with_concurrent_action(interrupt).expire_holds()
    assert await world.expire_holds() == 10
