"""ConfirmBooking: an offline payment of a held booking."""

import pytest

from application.bookings.cancel_booking import Cancellation
from domain.audit import AuditEvent
from domain.bookings import BookingStatus
from domain.errors import BookingConflict, Forbidden, InvalidTransition, NotFound
from domain.ids import BookingId
from domain.invoices import InvoiceStatus
from tests.entities import IDS
from tests.unit.application.world import World


async def test_a_confirmed_booking_is_paid_and_so_is_its_invoice(paying_world: World) -> None:
    world = paying_world
    admin = await world.an_admin()
    held = await world.book(await world.a_caller(), await world.a_space(), 9, 10)
    booking = await world.confirm_booking(admin, held.id)
    assert await world.booking(held.id) == booking
    assert (booking.status, booking.paid) == (BookingStatus.CONFIRMED, booking.amount)
    assert booking.hold_expires_at is None
    invoice = await world.invoice(booking)
    assert invoice is not None
    assert (invoice.status, invoice.paid_at) == (InvoiceStatus.PAID, world.clock.now())
    [entry] = await world.audit_entries(event=AuditEvent.BOOKING_CONFIRMED)
    assert (entry.subject_id, entry.actor_id) == (held.id, admin.user_id)


async def test_only_admins_confirm(paying_world: World) -> None:
    world = paying_world
    member = await world.a_caller()
    held = await world.book(member, await world.a_space(), 9, 10)
    with pytest.raises(Forbidden):
        await world.confirm_booking(member, held.id)
    with pytest.raises(NotFound):
        await world.confirm_booking(await world.an_admin(), BookingId(IDS.new()))


async def test_only_a_pending_booking_is_confirmed(world: World) -> None:
    admin = await world.an_admin()
    booking = await world.book(await world.a_caller(), await world.a_space(), 9, 10)
    with pytest.raises(InvalidTransition):
        await world.confirm_booking(admin, booking.id)


async def test_an_expired_hold_can_be_confirmed_while_its_slot_is_free(
    paying_world: World,
) -> None:
    world = paying_world
    admin, room = await world.an_admin(), await world.a_space()
    held = await world.book(await world.a_caller(), room, 9, 10)
    world.clock.advance(world.house.booking_hold)
    assert (await world.confirm_booking(admin, held.id)).status is BookingStatus.CONFIRMED
    with pytest.raises(BookingConflict):
        await world.book(await world.a_caller(), room, 9, 10)


async def test_an_expired_hold_whose_slot_was_taken_cannot_be_confirmed(
    paying_world: World,
) -> None:
    world = paying_world
    admin, room = await world.an_admin(), await world.a_space()
    held = await world.book(await world.a_caller(), room, 9, 10)
    world.clock.advance(world.house.booking_hold)
    await world.book(await world.a_caller(), room, 9, 10)
    with pytest.raises(InvalidTransition):
        await world.confirm_booking(admin, held.id)


async def test_a_payment_is_refunded_after_a_cancellation_in_time(
    paying_world: World,
) -> None:
    world = paying_world
    member, room = await world.a_caller(), await world.a_space()
    early, late = [await world.book(member, room, start, start + 1) for start in (40, 9)]
    for booking in (early, late):
        await world.confirm_booking(await world.an_admin(), booking.id)
        await world.cancel_booking(member, booking.id, Cancellation())
    assert await world.refunds(early) == [early.amount]
    assert await world.refunds(late) == []
    assert not (await world.booking(early.id)).refunded
