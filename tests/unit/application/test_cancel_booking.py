"""CancelBooking: who may cancel until when, and what is refunded or still due."""

from dataclasses import replace

import pytest

from application.bookings.cancel_booking import Cancellation
from application.common.caller import Caller
from domain.bookings import Booking, BookingStatus
from domain.cancellation import RefundChoice
from domain.errors import BookingStarted, Forbidden, InvalidTransition, NotFound
from domain.ids import BookingId
from domain.invoices import InvoiceStatus
from domain.spaces import Space
from tests.entities import IDS
from tests.unit.application.racing import outcomes
from tests.unit.application.world import World

PLAIN = Cancellation()


@pytest.fixture
async def room(world: World) -> Space:
    """A meeting room at ten dollars an hour."""
    return await world.a_space()


@pytest.fixture
async def member(world: World) -> Caller:
    """A member."""
    return await world.a_caller()


@pytest.fixture
async def admin(world: World) -> Caller:
    """An admin."""
    return await world.an_admin()


async def invoice_status(world: World, booking: Booking) -> InvoiceStatus:
    invoice = await world.invoice(booking)
    assert invoice is not None
    return invoice.status


async def test_a_cancelled_booking_is_stored_as_returned(
    world: World, room: Space, member: Caller
) -> None:
    booking = await world.book(member, room, 10, 11)
    now = world.set_time(9)
    cancelled = await world.cancel_booking(member, booking.id, Cancellation(reason="Ill ☕"))
    assert cancelled == booking.cancelled(at=now, reason="Ill ☕", by_admin=False)
    assert await world.booking(booking.id) == cancelled


async def test_a_cancelled_slot_is_free_immediately(
    world: World, room: Space, member: Caller
) -> None:
    booking = await world.book(member, room, 10, 11)
    await world.cancel_booking(member, booking.id, PLAIN)
    assert (await world.schedule(room)).occupations == ()


async def test_a_member_may_cancel_until_the_start(
    world: World, room: Space, member: Caller
) -> None:
    booking = await world.book(member, room, 10, 11)
    world.clock.set(booking.period.start)
    with pytest.raises(BookingStarted):
        await world.cancel_booking(member, booking.id, PLAIN)
    assert await world.booking(booking.id) == booking


@pytest.mark.parametrize("hour", [10, 10.5, 11, 100])
async def test_an_admin_may_cancel_after_the_start(
    world: World, room: Space, member: Caller, admin: Caller, hour: float
) -> None:
    booking = await world.book(member, room, 10, 11)
    world.set_time(hour)
    cancelled = await world.cancel_booking(admin, booking.id, PLAIN)
    assert cancelled.status is BookingStatus.CANCELLED


async def test_a_checked_in_booking_cannot_be_cancelled(
    world: World, room: Space, member: Caller, admin: Caller
) -> None:
    booking = await world.book(member, room, 10, 11)
    world.set_time(10)
    checked_in = await world.check_in(member, booking.id)
    for caller in (member, admin):
        with pytest.raises(InvalidTransition) as refused:
            await world.cancel_booking(caller, booking.id, PLAIN)
        assert refused.value.details == {"from": "CHECKED_IN", "to": "CANCELLED"}
    assert await world.booking(booking.id) == checked_in


async def test_a_second_cancellation_is_refused(world: World, room: Space, member: Caller) -> None:
    booking = await world.book(member, room, 10, 11)
    cancelled = await world.cancel_booking(member, booking.id, PLAIN)
    with pytest.raises(InvalidTransition):
        await world.cancel_booking(member, booking.id, PLAIN)
    assert await world.booking(booking.id) == cancelled


async def test_another_users_booking_is_not_found(
    world: World, room: Space, member: Caller
) -> None:
    booking = await world.book(member, room, 10, 11)
    other = await world.a_caller()
    for booking_id in (booking.id, BookingId(IDS.new())):
        for refund in (None, *RefundChoice):
            with pytest.raises(NotFound):
                await world.cancel_booking(other, booking_id, Cancellation(refund=refund))
    assert await world.booking(booking.id) == booking


@pytest.mark.parametrize("refund", RefundChoice)
async def test_a_member_cannot_choose_the_refund(
    world: World, room: Space, member: Caller, refund: RefundChoice
) -> None:
    booking = await world.book(member, room, 10, 11)
    with pytest.raises(Forbidden):
        await world.cancel_booking(member, booking.id, Cancellation(refund=refund))
    assert await world.booking(booking.id) == booking


@pytest.mark.parametrize(
    "hour, status",
    [(10, InvoiceStatus.VOID), (10.001, InvoiceStatus.OPEN)],
    ids=["24 hours before", "later"],
)
async def test_cancellation_is_free_of_charge_up_to_24_hours_before_the_start(
    world: World, room: Space, member: Caller, hour: float, status: InvoiceStatus
) -> None:
    booking = await world.book(member, room, 34, 35)
    world.set_time(hour)
    await world.cancel_booking(member, booking.id, PLAIN)
    assert await invoice_status(world, booking) is status


@pytest.mark.parametrize(
    "refund, hour, status",
    [
        (None, 9, InvoiceStatus.VOID),
        (None, 33, InvoiceStatus.OPEN),
        (RefundChoice.POLICY, 9, InvoiceStatus.VOID),
        (RefundChoice.POLICY, 33, InvoiceStatus.OPEN),
        (RefundChoice.FULL, 33, InvoiceStatus.VOID),
        (RefundChoice.FULL, 36, InvoiceStatus.VOID),
        (RefundChoice.NONE, 9, InvoiceStatus.OPEN),
    ],
)
async def test_an_admin_can_choose_the_refund(
    world: World,
    room: Space,
    member: Caller,
    admin: Caller,
    refund: RefundChoice | None,
    hour: float,
    status: InvoiceStatus,
) -> None:
    booking = await world.book(member, room, 34, 35)
    world.set_time(hour)
    await world.cancel_booking(admin, booking.id, Cancellation(refund=refund))
    assert await invoice_status(world, booking) is status


@pytest.mark.parametrize("hour", [8.1, 9.9])
async def test_a_held_booking_is_cancelled_free_of_charge(paying_world: World, hour: float) -> None:
    world = paying_world
    member, room = await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 10, 11)
    world.set_time(hour)
    cancelled = await world.cancel_booking(member, booking.id, PLAIN)
    assert cancelled.hold_expires_at is None
    assert await invoice_status(world, booking) is InvoiceStatus.VOID


async def test_a_paid_invoice_stays_paid(world: World, room: Space, member: Caller) -> None:
    booking = await world.book(member, room, 34, 35)
    invoice = await world.invoice(booking)
    assert invoice is not None
    async with world.store.unit_of_work() as uow:
        uow.invoices.save(invoice.paid(at=world.clock.now()))
        uow.bookings.save(replace(booking, paid=booking.amount, version=2))
        await uow.commit()
    cancelled = await world.cancel_booking(member, booking.id, PLAIN)
    assert (cancelled.paid, cancelled.version) == (booking.amount, 3)
    assert await invoice_status(world, booking) is InvoiceStatus.PAID


async def test_of_many_concurrent_cancellations_exactly_one_succeeds(
    world: World, room: Space, member: Caller
) -> None:
    booking = await world.book(member, room, 10, 11)
    ended = await outcomes(world.cancel_booking(member, booking.id, PLAIN) for _ in range(20))
    assert ended == {"Booking": 1, "InvalidTransition": 19}
    assert (await world.booking(booking.id)).version == 2


async def test_a_booking_checked_into_just_before_the_commit_is_not_cancelled(
    world: World, room: Space, member: Caller
) -> None:
    booking = await world.book(member, room, 10, 11)
    world.set_time(9.9)
    late = world.with_concurrent_action(lambda: world.check_in(member, booking.id))
    with pytest.raises(InvalidTransition):
        await late.cancel_booking(member, booking.id, PLAIN)
    assert (await world.booking(booking.id)).status is BookingStatus.CHECKED_IN
    assert await invoice_status(world, booking) is InvoiceStatus.OPEN
