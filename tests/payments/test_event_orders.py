"""The sandbox's events in all orders, some delivered twice, lead to the same state and balances.

The letters in the test names are those of the cases in the payment requirements.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from copy import deepcopy
from datetime import timedelta
from itertools import permutations
from random import Random
from typing import Any

import pytest

from adapters.stripe.sandbox import Sandbox
from domain.bookings import BookingStatus
from domain.invoices import InvoiceStatus
from domain.subscriptions import PlanType, SubscriptionStatus
from tests.entities import HOUR
from tests.payments.sandbox_fixture import MINUTE, SandboxFixture, payments_at, reset_fixture

Event = dict[str, Any]
End = tuple[Any, ...]
HANDLED = (
    "checkout.session.",
    "invoice.paid",
    "invoice.payment_failed",
    "customer.subscription.",
    "charge.refunded",
)
DAY = timedelta(days=1)
SAMPLE_SIZE = 15
MAX_EVENTS_IN_ALL_ORDERS = 4
"""With more events there are too many orders to try all of them in every run."""


@pytest.fixture
async def fixture(sandbox: Sandbox) -> AsyncIterator[SandboxFixture]:
    async with payments_at(sandbox) as payments:
        yield await reset_fixture(sandbox, payments)


def orders(events: Sequence[Event], *, exhaustive: bool) -> Iterable[list[Event]]:
    """Yield all orders, or a sample. In each, every event is repeated somewhere later."""
    random = Random(1)
    if len(events) <= MAX_EVENTS_IN_ALL_ORDERS or exhaustive:
        chosen: Iterable[Sequence[Event]] = permutations(events)
    else:
        chosen = [random.sample(events, len(events)) for _ in range(SAMPLE_SIZE)]
    for order in chosen:
        arrivals = list(order)
        for event in events:
            first = arrivals.index(event)
            arrivals.insert(random.randint(first + 1, len(arrivals)), event)
        yield arrivals


async def end_of(
    fixture: SandboxFixture, end: Callable[[], Awaitable[End]], *, exhaustive: bool = False
) -> End:
    """Deliver the events in many orders. Returns the final state, the same for all of them."""
    events = [event for event in fixture.sandbox.events() if event["type"].startswith(HANDLED)]
    assert len(events) > 1
    stored, remote, now = fixture.store._state, fixture.sandbox.state(), fixture.world.clock.now()
    ends = set()
    for arrivals in orders(events, exhaustive=exhaustive):
        fixture.store._state = deepcopy(stored)
        fixture.sandbox.restore(remote)
        fixture.world.clock.set(now)
        for event in arrivals:
            await fixture.deliver_event(event)
        await fixture.run_worker(2)
        for event in fixture.sandbox.events():
            await fixture.deliver_event(event)
        await fixture.check_balances()
        ends.add(await end())
    [end_state] = ends
    return end_state


async def paid_booking(fixture: SandboxFixture) -> tuple[Any, str]:
    """Return a held booking that was paid, and the id of its payment."""
    booking, opened = await fixture.hold_booking()
    return booking, fixture.sandbox.pay(opened.session_id)["payment_intent"]


def state_of(fixture: SandboxFixture, booking: Any) -> Callable[[], Awaitable[End]]:
    """Return a function that reads the booking, its money and its invoice."""

    async def state() -> End:
        current = await fixture.world.booking(booking.id)
        invoice = await fixture.world.invoice(booking)
        assert invoice is not None
        return (
            current.status,
            current.paid.cents,
            current.refunded.cents,
            invoice.status,
            invoice.refunded.cents,
        )

    return state


def plans_of(fixture: SandboxFixture) -> Callable[[], Awaitable[End]]:
    """Return a function that reads the member's plans and the number of bills entered for them."""

    async def state() -> End:
        member = await fixture.world.member(fixture.member)
        async with fixture.world.unit_of_work() as uow:
            plans = await uow.subscriptions.of_member(member.id)
            entries = await uow.ledger.count()
        return (
            *((plan.plan_type, plan.status, plan.current_period) for plan in plans),
            entries,
        )

    return state


@pytest.mark.parametrize("is_legacy", [True, False], ids=["older shape", "current shape"])
async def test_a_subscription_life_cycle(fixture: SandboxFixture, is_legacy: bool) -> None:
    fixture.sandbox.use_legacy_events(is_legacy=is_legacy)
    try:
        await run_a_subscription(fixture)
        *_, (_, status, _), entries = await end_of(fixture, plans_of(fixture))
    finally:
        fixture.sandbox.use_legacy_events(is_legacy=False)
    assert (status, entries) == (SubscriptionStatus.CANCELLED, 4)


@pytest.mark.soak
async def test_a_subscription_life_cycle_in_all_orders(fixture: SandboxFixture) -> None:
    opened = await fixture.open_checkout(fixture.member, PlanType.HOT_DESK)
    plan_id = fixture.sandbox.pay(opened.session_id)["subscription"]
    fixture.advance(MINUTE)
    fixture.sandbox.decline_renewals(plan_id)
    fixture.sandbox.renew(plan_id)
    fixture.advance(MINUTE)
    fixture.sandbox.cancel(plan_id)
    *_, entries = await end_of(fixture, plans_of(fixture), exhaustive=True)
    assert entries == 1


async def run_a_subscription(fixture: SandboxFixture) -> None:
    """Subscribe, renew, fall past due, pay, have a bill refunded, and cancel."""
    opened = await fixture.open_checkout(fixture.member, PlanType.HOT_DESK)
    plan_id = fixture.sandbox.pay(opened.session_id)["subscription"]
    fixture.advance(MINUTE)
    fixture.sandbox.renew(plan_id)
    fixture.advance(MINUTE)
    fixture.sandbox.decline_renewals(plan_id)
    fixture.sandbox.renew(plan_id)
    fixture.advance(MINUTE)
    fixture.sandbox.pay_invoice(fixture.sandbox.all("invoice")[-1]["id"])
    fixture.advance(MINUTE)
    fixture.sandbox.refund(fixture.sandbox.all("payment_intent")[0]["id"], 1_00)
    fixture.advance(MINUTE)
    fixture.sandbox.cancel(plan_id)


async def test_b_paid_booking_with_partial_refunds(fixture: SandboxFixture) -> None:
    booking, payment = await paid_booking(fixture)
    fixture.sandbox.refund(payment, 1_00)
    fixture.sandbox.refund(payment, 3_00)
    end = await end_of(fixture, state_of(fixture, booking))
    assert end == (BookingStatus.CONFIRMED, 10_00, 4_00, InvoiceStatus.PAID, 4_00)


@pytest.mark.parametrize("is_taken", [False, True], ids=["free", "taken"])
async def test_c_booking_paid_late(fixture: SandboxFixture, is_taken: bool) -> None:
    booking, payment = await paid_booking(fixture)
    fixture.advance(2 * HOUR)
    await fixture.world.expire_holds()
    if is_taken:
        await fixture.world.book(await fixture.world.a_caller(), fixture.room, 40, 41)
    fixture.sandbox.refund(payment, 1_00)
    end = await end_of(fixture, state_of(fixture, booking))
    assert end == (
        (BookingStatus.CANCELLED, 10_00, 10_00, InvoiceStatus.VOID, 0)
        if is_taken
        else (BookingStatus.CONFIRMED, 10_00, 1_00, InvoiceStatus.PAID, 1_00)
    )


async def test_d_booking_paid_twice(fixture: SandboxFixture) -> None:
    booking, first = await fixture.hold_booking()
    fixture.advance(timedelta(minutes=30, seconds=30))
    fixture.sandbox.pay(first.session_id)
    second = await fixture.open_checkout(fixture.member, booking.id)
    fixture.sandbox.pay(second.session_id)
    end = await end_of(fixture, state_of(fixture, booking))
    assert end == (BookingStatus.CONFIRMED, 20_00, 10_00, InvoiceStatus.PAID, 0)


@pytest.mark.parametrize("succeeds", [True, False], ids=["succeeds", "fails"])
async def test_e_payment_that_takes_days(fixture: SandboxFixture, succeeds: bool) -> None:
    booking, opened = await fixture.hold_booking()
    fixture.sandbox.start_async_payment(opened.session_id)
    fixture.advance(DAY / 24)
    if succeeds:
        fixture.sandbox.succeed_async_payment(opened.session_id)
    else:
        fixture.sandbox.fail_async_payment(opened.session_id)
    end = await end_of(fixture, state_of(fixture, booking))
    assert end == (
        (BookingStatus.CONFIRMED, 10_00, 0, InvoiceStatus.PAID, 0)
        if succeeds
        else (BookingStatus.CANCELLED, 0, 0, InvoiceStatus.VOID, 0)
    )
