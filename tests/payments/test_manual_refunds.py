"""A payment made on site is refunded on site, and the refund counts once it is recorded."""

import asyncio

import pytest

from adapters.disabled_payments import DisabledPaymentGateway
from application.bookings.cancel_booking import Cancellation
from application.payments.list_manual_refunds import ListManualRefunds
from application.payments.record_manual_refund import RecordManualRefund
from application.ports.payment_gateway import PaymentGateway
from domain.ids import RefundId
from domain.money import ZERO, Money
from tests.entities import IDS
from tests.payments.payment_fixture import PaymentFixture

TEN = Money(10_00)


async def with_manual_refund(payments: PaymentGateway | None = None) -> PaymentFixture:
    """Return an application with a booking that was paid on site and then cancelled."""
    fixture = await PaymentFixture(payments=payments).open()
    booking = await fixture.world.book(fixture.member, fixture.room, 40, 41)
    await fixture.world.confirm_booking(await fixture.world.an_admin(), booking.id)
    await fixture.world.cancel_booking(fixture.member, booking.id, Cancellation())
    return fixture


@pytest.mark.parametrize(
    "payments", [None, DisabledPaymentGateway()], ids=["with Stripe", "without"]
)
async def test_a_manual_refund_is_owed_until_it_is_recorded(
    payments: PaymentGateway | None,
) -> None:
    fixture = await with_manual_refund(payments)
    world = fixture.world
    assert await fixture.send_refunds() == 0
    [refund] = await ListManualRefunds(world.unit_of_work)()
    assert (await world.booking(refund.booking_id)).refunded == ZERO
    assert (await fixture.check_ledger()).agrees

    record_refund = RecordManualRefund(world.unit_of_work, world.clock, world.ids)
    records = await asyncio.gather(*(record_refund(refund.id) for _ in range(4)))
    assert len([record for record in records if record is not None]) == 1
    assert await record_refund(refund.id) is None
    assert (await world.booking(refund.booking_id)).refunded == TEN
    report = await fixture.check_ledger()
    assert (report.agrees, report.entries, report.manual_refunds) == (True, 2, [])


async def test_no_other_refund_can_be_recorded_as_paid_back() -> None:
    fixture = await PaymentFixture().open()
    world = fixture.world
    booking, opened = await fixture.hold_booking()
    await fixture.deliver(fixture.event("checkout.session.completed", fixture.paid_session(opened)))
    await world.cancel_booking(fixture.member, booking.id, Cancellation())
    async with world.unit_of_work() as uow:
        [through_stripe] = await uow.refunds.due(limit=2)
    record_refund = RecordManualRefund(world.unit_of_work, world.clock, world.ids)
    assert await record_refund(through_stripe.id) is None
    assert await record_refund(RefundId(IDS.new())) is None
