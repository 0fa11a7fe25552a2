"""Whatever call of Stripe's goes wrong, and however: in the end all is done, and nothing twice."""

import pytest

from adapters.stripe.sandbox import PLAN_PRICES, FaultKind, Sandbox
from application.bookings.cancel_booking import Cancellation
from application.payments.sync_checkout import NEVER_OPENED
from domain.bookings import Booking, BookingStatus
from domain.money import Money
from domain.subscriptions import PlanType, SubscriptionStatus
from tests.payments.sandbox_till import SandboxTill, payments_at, sandbox_till

PLAN_PRICE = PLAN_PRICES["price_sandbox_hot_desk"][1]
LOST, KEPT = FaultKind.RESET_AFTER, FaultKind.SERVER_ERROR_SAVED
WRITES = [
    "POST /v1/customers",
    "POST /v1/checkout/sessions",
    "POST /v1/checkout/sessions/*/expire",
    "POST /v1/billing_portal/sessions",
    "POST /v1/refunds",
]
CALLS = [
    *WRITES,
    "GET /v1/checkout/sessions/*",
    "GET /v1/subscriptions/*",
    "GET /v1/invoices",
    "GET /v1/refunds",
    "GET /v1/payment_intents/*",
]
"""All that the house asks Stripe for in `live`."""
MOST_CALLS = 100
HANGING = {FaultKind.TIMEOUT_BEFORE, FaultKind.TIMEOUT_AFTER}
LITTLE_PATIENCE = 0.3


async def live(till: SandboxTill) -> None:
    """A member's dealings with the house, in which every use case asks Stripe for something.

    No event arrives: the members and the worker ask until they are answered.
    """
    world, ada, stripe = till.world, till.member, till.sandbox
    booking = await world.book(ada, till.room, 40, 42)
    first = await till.insist(lambda: till.open_checkout(ada, booking.id))
    await world.move(ada, booking, 40, 43)
    opened = await till.insist(lambda: till.open_checkout(ada, booking.id))
    assert opened.session_id != first.session_id
    stripe.pay(opened.session_id)
    plan = await till.insist(lambda: till.open_checkout(ada, PlanType.HOT_DESK))
    stripe.pay(plan.session_id)
    await till.insist(lambda: till.open_portal(ada))
    await till.work(2)
    await world.move(ada, booking, 40, 42)
    await till.work(2)
    stripe.refund(stripe.get("checkout.session", opened.session_id)["payment_intent"], 5_00)
    await world.cancel_booking(ada, booking.id, Cancellation())
    await till.work(4)
    # By then a page whose address nobody ever learnt is forgotten.
    till.let_pass(NEVER_OPENED)
    await till.work(1)
    await check(till, await world.booking(booking.id))


async def check(till: SandboxTill, booking: Booking) -> None:
    """All went as it should, however often it was asked for."""
    world = till.world
    assert (booking.status, booking.paid, booking.refunded) == (
        BookingStatus.CANCELLED,
        Money(30_00),
        Money(30_00),
    )
    async with world.unit_of_work() as uow:
        member = await uow.members.of_user(till.member.user_id)
        assert member is not None
        [plan] = await uow.subscriptions.of_member(member.id)
        assert not await uow.refunds.due(limit=1)
        unsettled = await uow.checkouts.unsettled(after=None, limit=10)
    assert plan.status is SubscriptionStatus.ACTIVE
    assert not unsettled
    await till.check_books()
    assert till.sandbox.balance() == PLAN_PRICE


@pytest.mark.parametrize("kind, calls", [(LOST, CALLS), (KEPT, WRITES)], ids=["lost", "kept"])
async def test_a_call_whose_answer_is_lost_or_fails_for_good_does_no_harm(
    sandbox: Sandbox, kind: FaultKind, calls: list[str]
) -> None:
    async with payments_at(sandbox) as payments:
        for call in calls:
            till = await sandbox_till(sandbox, payments)
            fault = sandbox.add_fault(kind, *call.split())
            await live(till)
            assert fault.match_count, call


@pytest.mark.soak
@pytest.mark.parametrize("kind", [kind for kind in FaultKind if kind is not FaultKind.SLOW])
async def test_no_fault_at_any_call_does_harm(sandbox: Sandbox, kind: FaultKind) -> None:
    response_timeout = LITTLE_PATIENCE if kind in HANGING else 5.0
    async with payments_at(sandbox, response_timeout=response_timeout) as payments:
        for nth in range(1, MOST_CALLS):
            till = await sandbox_till(sandbox, payments)
            fault = sandbox.add_fault(kind, nth=nth)
            await live(till)
            if fault.match_count < nth:
                return
    raise AssertionError("This life has no end.")
