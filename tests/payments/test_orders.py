"""The stand-in's own events in all orders, some twice: the same end, and the stand-in's books.

The letters are those of the cases that the payments of the house are to stand.
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
from tests.payments.sandbox_till import MINUTE, SandboxTill, payments_at, sandbox_till

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
SOME = 15
MAX_BATCH = 4
"""Of more events, there are too many orders to try all of them at every run."""


@pytest.fixture
async def till(sandbox: Sandbox) -> AsyncIterator[SandboxTill]:
    async with payments_at(sandbox) as payments:
        yield await sandbox_till(sandbox, payments)


def orders(events: Sequence[Event], *, exhaustive: bool) -> Iterable[list[Event]]:
    """All orders, or some of them; in each, every event comes once more somewhere later."""
    random = Random(1)
    if len(events) <= MAX_BATCH or exhaustive:
        chosen: Iterable[Sequence[Event]] = permutations(events)
    else:
        chosen = [random.sample(events, len(events)) for _ in range(SOME)]
    for order in chosen:
        arrivals = list(order)
        for event in events:
            first = arrivals.index(event)
            arrivals.insert(random.randint(first + 1, len(arrivals)), event)
        yield arrivals


async def end_of(
    till: SandboxTill, end: Callable[[], Awaitable[End]], *, exhaustive: bool = False
) -> End:
    """How it ends, which has to be the same in whatever order the events arrive."""
    events = [one for one in till.sandbox.events() if one["type"].startswith(HANDLED)]
    assert len(events) > 1
    here, there, now = till.store._state, till.sandbox.state(), till.world.clock.now()
    ends = set()
    for arrivals in orders(events, exhaustive=exhaustive):
        till.store._state = deepcopy(here)
        till.sandbox.restore(there)
        till.world.clock.set(now)
        for event in arrivals:
            await till.tell(event)
        await till.work(2)
        for event in till.sandbox.events():
            await till.tell(event)
        await till.check_books()
        ends.add(await end())
    [only] = ends
    return only


async def paid_booking(till: SandboxTill) -> tuple[Any, str]:
    """A held booking that was paid, and the id of its payment."""
    booking, opened = await till.held()
    return booking, till.sandbox.pay(opened.session_id)["payment_intent"]


def state_of(till: SandboxTill, booking: Any) -> Callable[[], Awaitable[End]]:
    """Of the booking, its money, and its invoice."""

    async def state() -> End:
        now = await till.world.booking(booking.id)
        invoice = await till.world.invoice(booking)
        assert invoice is not None
        return (
            now.status,
            now.paid.cents,
            now.refunded.cents,
            invoice.status,
            invoice.refunded.cents,
        )

    return state


def plans_of(till: SandboxTill) -> Callable[[], Awaitable[End]]:
    """Of the member's plans, with how many bills were entered."""

    async def state() -> End:
        member = await till.world.member(till.member)
        async with till.world.unit_of_work() as uow:
            plans = await uow.subscriptions.of_member(member.id)
            entries = await uow.ledger.count()
        return (
            *((one.plan_type, one.status, one.current_period) for one in plans),
            entries,
        )

    return state


@pytest.mark.parametrize("is_old", [True, False], ids=["older shape", "current shape"])
async def test_a_subscriptions_life(till: SandboxTill, is_old: bool) -> None:
    till.sandbox.use_legacy_events(is_legacy=is_old)
    try:
        await live_a_plan(till)
        *_, (_, status, _), entries = await end_of(till, plans_of(till))
    finally:
        till.sandbox.use_legacy_events(is_legacy=False)
    assert (status, entries) == (SubscriptionStatus.CANCELLED, 4)


@pytest.mark.soak
async def test_a_subscriptions_life_in_all_orders(till: SandboxTill) -> None:
    opened = await till.open_checkout(till.member, PlanType.HOT_DESK)
    plan_id = till.sandbox.pay(opened.session_id)["subscription"]
    till.let_pass(MINUTE)
    till.sandbox.decline_renewals(plan_id)
    till.sandbox.renew(plan_id)
    till.let_pass(MINUTE)
    till.sandbox.cancel(plan_id)
    *_, entries = await end_of(till, plans_of(till), exhaustive=True)
    assert entries == 1


async def live_a_plan(till: SandboxTill) -> None:
    """Subscribe, renew, fall behind and pay after all, have a bill refunded, and end."""
    opened = await till.open_checkout(till.member, PlanType.HOT_DESK)
    plan_id = till.sandbox.pay(opened.session_id)["subscription"]
    till.let_pass(MINUTE)
    till.sandbox.renew(plan_id)
    till.let_pass(MINUTE)
    till.sandbox.decline_renewals(plan_id)
    till.sandbox.renew(plan_id)
    till.let_pass(MINUTE)
    till.sandbox.pay_invoice(till.sandbox.all("invoice")[-1]["id"])
    till.let_pass(MINUTE)
    till.sandbox.refund(till.sandbox.all("payment_intent")[0]["id"], 1_00)
    till.let_pass(MINUTE)
    till.sandbox.cancel(plan_id)


async def test_b_paid_booking_of_which_some_goes_back(till: SandboxTill) -> None:
    booking, payment = await paid_booking(till)
    till.sandbox.refund(payment, 1_00)
    till.sandbox.refund(payment, 3_00)
    end = await end_of(till, state_of(till, booking))
    assert end == (BookingStatus.CONFIRMED, 10_00, 4_00, InvoiceStatus.PAID, 4_00)


@pytest.mark.parametrize("is_taken", [False, True], ids=["free", "taken"])
async def test_c_booking_paid_late(till: SandboxTill, is_taken: bool) -> None:
    booking, payment = await paid_booking(till)
    till.let_pass(2 * HOUR)
    await till.world.expire_holds()
    if is_taken:
        await till.world.book(await till.world.a_caller(), till.room, 40, 41)
    till.sandbox.refund(payment, 1_00)
    end = await end_of(till, state_of(till, booking))
    assert end == (
        (BookingStatus.CANCELLED, 10_00, 10_00, InvoiceStatus.VOID, 0)
        if is_taken
        else (BookingStatus.CONFIRMED, 10_00, 1_00, InvoiceStatus.PAID, 1_00)
    )


async def test_d_booking_paid_twice(till: SandboxTill) -> None:
    booking, first = await till.held()
    till.let_pass(timedelta(minutes=30, seconds=30))
    till.sandbox.pay(first.session_id)
    second = await till.open_checkout(till.member, booking.id)
    till.sandbox.pay(second.session_id)
    end = await end_of(till, state_of(till, booking))
    assert end == (BookingStatus.CONFIRMED, 20_00, 10_00, InvoiceStatus.PAID, 0)


@pytest.mark.parametrize("succeeds", [True, False], ids=["succeeds", "fails"])
async def test_e_payment_that_takes_days(till: SandboxTill, succeeds: bool) -> None:
    booking, opened = await till.held()
    till.sandbox.start_async_payment(opened.session_id)
    till.let_pass(DAY / 24)
    if succeeds:
        till.sandbox.succeed_async_payment(opened.session_id)
    else:
        till.sandbox.fail_async_payment(opened.session_id)
    end = await end_of(till, state_of(till, booking))
    assert end == (
        (BookingStatus.CONFIRMED, 10_00, 0, InvoiceStatus.PAID, 0)
        if succeeds
        else (BookingStatus.CANCELLED, 0, 0, InvoiceStatus.VOID, 0)
    )
