"""Any Stripe call fails in any way: in the end everything is done once."""

import pytest

from adapters.stripe.sandbox import PLAN_PRICES, FaultKind, Sandbox
from application.bookings.cancel_booking import Cancellation
from application.payments.sync_checkout import MAX_OPENING_TIME
from domain.bookings import Booking, BookingStatus
from domain.money import Money
from domain.subscriptions import PlanType, SubscriptionStatus
from tests.payments.sandbox_fixture import SandboxFixture, payments_at, reset_fixture

PLAN_PRICE = PLAN_PRICES["price_sandbox_hot_desk"][1]
LOST, SAVED = FaultKind.RESET_AFTER, FaultKind.SERVER_ERROR_SAVED
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
"""Every call that `run_scenario` makes to Stripe."""
MAX_CALLS = 100
TIMEOUTS = {FaultKind.TIMEOUT_BEFORE, FaultKind.TIMEOUT_AFTER}
SHORT_TIMEOUT_SECONDS = 0.3


async def run_scenario(fixture: SandboxFixture) -> None:
    """Book, pay, subscribe, change and cancel, so that every use case calls Stripe.

    No event is delivered. The member and the worker retry until they get a response.
    """
    world, ada, stripe = fixture.world, fixture.member, fixture.sandbox
    booking = await world.book(ada, fixture.room, 40, 42)
    first = await fixture.retry(lambda: fixture.open_checkout(ada, booking.id))
    await world.move(ada, booking, 40, 43)
    opened = await fixture.retry(lambda: fixture.open_checkout(ada, booking.id))
    assert opened.session_id != first.session_id
    stripe.pay(opened.session_id)
    plan = await fixture.retry(lambda: fixture.open_checkout(ada, PlanType.HOT_DESK))
    stripe.pay(plan.session_id)
    await fixture.retry(lambda: fixture.open_portal(ada))
    await fixture.run_worker(2)
    await world.move(ada, booking, 40, 42)
    await fixture.run_worker(2)
    stripe.refund(stripe.get("checkout.session", opened.session_id)["payment_intent"], 5_00)
    await world.cancel_booking(ada, booking.id, Cancellation())
    await fixture.run_worker(4)
    # From then on a checkout without a page expires.
    fixture.advance(MAX_OPENING_TIME)
    await fixture.run_worker(1)
    await check(fixture, await world.booking(booking.id))


async def check(fixture: SandboxFixture, booking: Booking) -> None:
    """Check that the result is correct, however often a call was retried."""
    world = fixture.world
    assert (booking.status, booking.paid, booking.refunded) == (
        BookingStatus.CANCELLED,
        Money(30_00),
        Money(30_00),
    )
    async with world.unit_of_work() as uow:
        member = await uow.members.of_user(fixture.member.user_id)
        assert member is not None
        [plan] = await uow.subscriptions.of_member(member.id)
        assert not await uow.refunds.due(limit=1)
        unsettled = await uow.checkouts.unsettled(after=None, limit=10)
    assert plan.status is SubscriptionStatus.ACTIVE
    assert not unsettled
    await fixture.check_balances()
    assert fixture.sandbox.balance() == PLAN_PRICE


@pytest.mark.parametrize("kind, calls", [(LOST, CALLS), (SAVED, WRITES)], ids=["lost", "saved"])
async def test_lost_responses_and_stored_failures_do_no_harm(
    sandbox: Sandbox, kind: FaultKind, calls: list[str]
) -> None:
    async with payments_at(sandbox) as payments:
        for call in calls:
            fixture = await reset_fixture(sandbox, payments)
            fault = sandbox.add_fault(kind, *call.split())
            await run_scenario(fixture)
            assert fault.match_count, call


@pytest.mark.soak
@pytest.mark.parametrize("kind", [kind for kind in FaultKind if kind is not FaultKind.SLOW])
async def test_no_fault_at_any_call_does_harm(sandbox: Sandbox, kind: FaultKind) -> None:
    response_timeout = SHORT_TIMEOUT_SECONDS if kind in TIMEOUTS else 5.0
    async with payments_at(sandbox, response_timeout=response_timeout) as payments:
        for nth in range(1, MAX_CALLS):
            fixture = await reset_fixture(sandbox, payments)
            fault = sandbox.add_fault(kind, nth=nth)
            await run_scenario(fixture)
            if fault.match_count < nth:
                return
    raise AssertionError("MAX_CALLS is too low.")
