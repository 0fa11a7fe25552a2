"""Concurrent payments: two checkouts, plans or refunds, and changes of a booking meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import pytest

from adapters.stripe.sandbox import Sandbox
from application.bookings.cancel_booking import Cancellation
from domain.bookings import BookingStatus
from domain.errors import NothingToPay
from domain.money import Money
from domain.subscriptions import PlanType, SubscriptionStatus
from tests.payments.sandbox_fixture import MINUTE, SandboxFixture, payments_at, reset_fixture


@pytest.fixture
async def fixture(sandbox: Sandbox) -> AsyncIterator[SandboxFixture]:
    async with payments_at(sandbox) as payments:
        yield await reset_fixture(sandbox, payments)


async def test_concurrent_checkouts_create_one_customer(fixture: SandboxFixture) -> None:
    booking = await fixture.world.book(fixture.member, fixture.room, 40, 41)
    items = (booking.id, PlanType.HOT_DESK, booking.id)
    opened = await asyncio.gather(
        *(fixture.retry(partial(fixture.open_checkout, fixture.member, item)) for item in items)
    )
    assert opened[0] == opened[2]
    [customer] = fixture.sandbox.all("customer")
    sessions = fixture.sandbox.all("checkout.session")
    assert [session["customer"] for session in sessions] == [customer["id"]] * 2
    assert (await fixture.world.member(fixture.member)).payment_customer_id == customer["id"]


@pytest.mark.parametrize("is_paid_before", [False, True], ids=["closed in time", "paid before"])
async def test_the_page_of_a_cancelled_booking_is_closed(
    fixture: SandboxFixture, is_paid_before: bool
) -> None:
    booking, opened = await fixture.hold_booking()
    await fixture.world.cancel_booking(fixture.member, booking.id, Cancellation())
    if is_paid_before:
        fixture.sandbox.pay(opened.session_id)
    await fixture.run_worker()
    page = fixture.sandbox.get("checkout.session", opened.session_id)
    assert page["status"] == ("complete" if is_paid_before else "expired")
    after = await fixture.world.booking(booking.id)
    paid = Money(10_00 if is_paid_before else 0)
    assert (after.status, after.paid, after.refunded) == (BookingStatus.CANCELLED, paid, paid)
    await fixture.check_balances()


async def test_the_page_of_a_booking_paid_on_site_is_closed(fixture: SandboxFixture) -> None:
    booking, opened = await fixture.hold_booking()
    await fixture.world.confirm_booking(await fixture.world.an_admin(), booking.id)
    await fixture.run_worker()
    assert fixture.sandbox.get("checkout.session", opened.session_id)["status"] == "expired"
    assert (await fixture.world.booking(booking.id)).status is BookingStatus.CONFIRMED


@pytest.mark.parametrize("is_paid_before", [False, True], ids=["closed in time", "paid before"])
async def test_a_change_of_price_closes_the_page_with_the_old_one(
    fixture: SandboxFixture, is_paid_before: bool
) -> None:
    booking, opened = await fixture.hold_booking()
    await fixture.world.move(fixture.member, booking, 40, 42)
    if is_paid_before:
        fixture.sandbox.pay(opened.session_id)
    await fixture.run_worker(1)
    assert (await fixture.world.booking(booking.id)).status is BookingStatus.PENDING
    again = await fixture.open_checkout(fixture.member, booking.id)
    fixture.sandbox.pay(again.session_id)
    await fixture.run_worker()
    after = await fixture.world.booking(booking.id)
    assert (after.status, after.paid - after.refunded) == (BookingStatus.CONFIRMED, Money(20_00))
    await fixture.check_balances()


async def test_a_change_at_the_same_price_keeps_the_page(fixture: SandboxFixture) -> None:
    booking, opened = await fixture.hold_booking()
    await fixture.world.move(fixture.member, booking, 50, 51)
    assert await fixture.open_checkout(fixture.member, booking.id) == opened


async def test_a_page_whose_booking_is_cancelled_while_it_opens_is_not_returned(
    fixture: SandboxFixture,
) -> None:
    booking = await fixture.world.book(fixture.member, fixture.room, 40, 41)
    opening = asyncio.create_task(fixture.open_checkout(fixture.member, booking.id))
    for _ in range(1000):
        if await has_checkout(fixture):
            break
    await fixture.world.cancel_booking(fixture.member, booking.id, Cancellation())
    with pytest.raises(NothingToPay):
        await opening
    await fixture.run_worker(1)
    [page] = fixture.sandbox.all("checkout.session")
    assert page["status"] == "expired"


async def has_checkout(fixture: SandboxFixture) -> bool:
    async with fixture.world.unit_of_work() as uow:
        return bool(await uow.checkouts.unsettled(after=None, limit=1))


async def test_of_two_subscriptions_the_first_is_active_and_then_the_other(
    fixture: SandboxFixture,
) -> None:
    first = await fixture.open_checkout(fixture.member, PlanType.HOT_DESK)
    second = await fixture.open_checkout(fixture.member, PlanType.DEDICATED_DESK)
    # The first page was closed; a second plan is created in Stripe's dashboard.
    assert fixture.sandbox.get("checkout.session", first.session_id)["status"] == "expired"
    plan_id = fixture.sandbox.pay(second.session_id)["subscription"]
    await fixture.run_worker(1)
    twin = twin_of(fixture.sandbox, plan_id)
    for event in fixture.sandbox.events():
        await fixture.deliver_event(event)
    assert await statuses(fixture) == [SubscriptionStatus.ACTIVE, SubscriptionStatus.CANCELLED]
    fixture.advance(MINUTE)
    fixture.sandbox.cancel(plan_id)
    for event in fixture.sandbox.events():
        await fixture.deliver_event(event)
    assert await statuses(fixture) == [SubscriptionStatus.CANCELLED, SubscriptionStatus.ACTIVE]
    assert twin != plan_id


def twin_of(sandbox: Sandbox, plan_id: str) -> str:
    """Create another subscription of the same customer and return its id."""
    account = sandbox.account
    with account.lock:
        plan = account.retrieve("subscription", plan_id)
        fields = {name: value for name, value in plan.items() if name != "id"}
        twin = account.add("subscription", "sub", fields)
        account.private[twin["id"]] = {}
        account.emit("customer.subscription.created", twin)
    return str(twin["id"])


async def statuses(fixture: SandboxFixture) -> list[SubscriptionStatus]:
    member = await fixture.world.member(fixture.member)
    async with fixture.world.unit_of_work() as uow:
        return [plan.status for plan in await uow.subscriptions.of_member(member.id)]


async def test_a_bill_that_could_not_be_collected_makes_the_plan_past_due(
    fixture: SandboxFixture,
) -> None:
    opened = await fixture.open_checkout(fixture.member, PlanType.HOT_DESK)
    plan_id = fixture.sandbox.pay(opened.session_id)["subscription"]
    fixture.sandbox.decline_renewals(plan_id)
    fixture.advance(MINUTE)
    fixture.sandbox.renew(plan_id)
    for event in fixture.sandbox.events():
        if event["type"] != "customer.subscription.updated":
            await fixture.deliver_event(event)
    assert await statuses(fixture) == [SubscriptionStatus.PAST_DUE]
    await fixture.check_balances()


async def test_concurrent_refunds_never_exceed_the_payment(
    fixture: SandboxFixture,
) -> None:
    booking = await fixture.world.book(fixture.member, fixture.room, 40, 44)
    opened = await fixture.open_checkout(fixture.member, booking.id)
    payment = fixture.sandbox.pay(opened.session_id)["payment_intent"]
    await fixture.run_worker(1)
    await fixture.world.move(fixture.member, booking, 40, 42)
    # Two workers and Stripe's dashboard, all at the same time.
    await asyncio.gather(
        fixture.send_refunds(),
        fixture.send_refunds(),
        asyncio.to_thread(fixture.sandbox.refund, payment),
    )
    for event in reversed(fixture.sandbox.events()):
        await fixture.deliver_event(event)
    await fixture.run_worker(4)
    assert fixture.sandbox.balance() == 0
    await fixture.check_balances()
    after = await fixture.world.booking(booking.id)
    assert (after.paid, after.refunded) == (Money(40_00), Money(40_00))
