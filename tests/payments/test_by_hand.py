"""What was paid at the desk is given back there, and counts only once somebody says so."""

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
from tests.payments.till import Till

TEN = Money(10_00)


async def owing(payments: PaymentGateway | None = None) -> Till:
    """A till with a booking that was paid at the desk and then cancelled."""
    till = await Till(payments=payments).open()
    booking = await till.world.book(till.member, till.room, 40, 41)
    await till.world.confirm_booking(await till.world.an_admin(), booking.id)
    await till.world.cancel_booking(till.member, booking.id, Cancellation())
    return till


@pytest.mark.parametrize(
    "payments", [None, DisabledPaymentGateway()], ids=["with Stripe", "without"]
)
async def test_it_is_owed_until_somebody_says_that_it_was_given_back(
    payments: PaymentGateway | None,
) -> None:
    till = await owing(payments)
    world = till.world
    assert await till.send_refunds() == 0
    [refund] = await ListManualRefunds(world.unit_of_work)()
    assert (await world.booking(refund.booking_id)).refunded == ZERO
    assert (await till.check_ledger()).agrees

    give_back = RecordManualRefund(world.unit_of_work, world.clock, world.ids)
    said = await asyncio.gather(*(give_back(refund.id) for _ in range(4)))
    assert len([one for one in said if one is not None]) == 1
    assert await give_back(refund.id) is None
    assert (await world.booking(refund.booking_id)).refunded == TEN
    report = await till.check_ledger()
    assert (report.agrees, report.entries, report.by_hand) == (True, 2, [])


async def test_nothing_else_can_be_given_back_by_hand() -> None:
    till = await Till().open()
    world = till.world
    booking, opened = await till.held()
    await till.deliver(till.event("checkout.session.completed", till.session(opened)))
    await world.cancel_booking(till.member, booking.id, Cancellation())
    async with world.unit_of_work() as uow:
        [through_stripe] = await uow.refunds.due(limit=2)
    give_back = RecordManualRefund(world.unit_of_work, world.clock, world.ids)
    assert await give_back(through_stripe.id) is None
    assert await give_back(RefundId(IDS.new())) is None
