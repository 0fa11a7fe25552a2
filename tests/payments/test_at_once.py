"""Things that meet: two checkouts, two plans, two refunds, a change or an end of what is paid."""

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
from tests.payments.sandbox_till import MINUTE, SandboxTill, payments_at, sandbox_till


@pytest.fixture
async def till(sandbox: Sandbox) -> AsyncIterator[SandboxTill]:
    async with payments_at(sandbox) as payments:
        yield await sandbox_till(sandbox, payments)


async def test_two_checkouts_at_once_are_of_one_customer(till: SandboxTill) -> None:
    booking = await till.world.book(till.member, till.room, 40, 41)
    wanted = (booking.id, PlanType.HOT_DESK, booking.id)
    opened = await asyncio.gather(
        *(till.insist(partial(till.open_checkout, till.member, one)) for one in wanted)
    )
    assert opened[0] == opened[2]
    [customer] = till.sandbox.all("customer")
    sessions = till.sandbox.all("checkout.session")
    assert [one["customer"] for one in sessions] == [customer["id"]] * 2
    assert (await till.world.member(till.member)).payment_customer_id == customer["id"]


@pytest.mark.parametrize("is_faster", [False, True], ids=["closed in time", "paid before"])
async def test_the_page_of_a_cancelled_booking_is_closed(
    till: SandboxTill, is_faster: bool
) -> None:
    booking, opened = await till.held()
    await till.world.cancel_booking(till.member, booking.id, Cancellation())
    if is_faster:
        till.sandbox.pay(opened.session_id)
    await till.work()
    page = till.sandbox.get("checkout.session", opened.session_id)
    assert page["status"] == ("complete" if is_faster else "expired")
    after = await till.world.booking(booking.id)
    paid = Money(10_00 if is_faster else 0)
    assert (after.status, after.paid, after.refunded) == (BookingStatus.CANCELLED, paid, paid)
    await till.check_books()


async def test_a_booking_paid_at_the_desk_closes_its_page(till: SandboxTill) -> None:
    booking, opened = await till.held()
    await till.world.confirm_booking(await till.world.an_admin(), booking.id)
    await till.work()
    assert till.sandbox.get("checkout.session", opened.session_id)["status"] == "expired"
    assert (await till.world.booking(booking.id)).status is BookingStatus.CONFIRMED


@pytest.mark.parametrize("is_faster", [False, True], ids=["closed in time", "paid before"])
async def test_a_change_of_price_closes_the_page_with_the_old_one(
    till: SandboxTill, is_faster: bool
) -> None:
    booking, opened = await till.held()
    await till.world.move(till.member, booking, 40, 42)
    if is_faster:
        till.sandbox.pay(opened.session_id)
    await till.work(1)
    assert (await till.world.booking(booking.id)).status is BookingStatus.PENDING
    again = await till.open_checkout(till.member, booking.id)
    till.sandbox.pay(again.session_id)
    await till.work()
    after = await till.world.booking(booking.id)
    assert (after.status, after.paid - after.refunded) == (BookingStatus.CONFIRMED, Money(20_00))
    await till.check_books()


async def test_a_change_at_the_same_price_keeps_the_page(till: SandboxTill) -> None:
    booking, opened = await till.held()
    await till.world.move(till.member, booking, 50, 51)
    assert await till.open_checkout(till.member, booking.id) == opened


async def test_a_page_that_is_cancelled_while_it_opens_is_not_handed_out(
    till: SandboxTill,
) -> None:
    booking = await till.world.book(till.member, till.room, 40, 41)
    opening = asyncio.create_task(till.open_checkout(till.member, booking.id))
    for _ in range(1000):
        if await has_checkout(till):
            break
    await till.world.cancel_booking(till.member, booking.id, Cancellation())
    with pytest.raises(NothingToPay):
        await opening
    await till.work(1)
    [page] = till.sandbox.all("checkout.session")
    assert page["status"] == "expired"


async def has_checkout(till: SandboxTill) -> bool:
    async with till.world.unit_of_work() as uow:
        return bool(await uow.checkouts.unsettled(after=None, limit=1))


async def test_of_two_subscriptions_the_first_counts_and_the_other_follows(
    till: SandboxTill,
) -> None:
    first = await till.open_checkout(till.member, PlanType.HOT_DESK)
    second = await till.open_checkout(till.member, PlanType.DEDICATED_DESK)
    # The first page was closed; somebody at Stripe's dashboard makes a second plan.
    assert till.sandbox.get("checkout.session", first.session_id)["status"] == "expired"
    plan_id = till.sandbox.pay(second.session_id)["subscription"]
    await till.work(1)
    twin = twin_of(till.sandbox, plan_id)
    for event in till.sandbox.events():
        await till.tell(event)
    assert await statuses(till) == [SubscriptionStatus.ACTIVE, SubscriptionStatus.CANCELLED]
    till.let_pass(MINUTE)
    till.sandbox.cancel(plan_id)
    for event in till.sandbox.events():
        await till.tell(event)
    assert await statuses(till) == [SubscriptionStatus.CANCELLED, SubscriptionStatus.ACTIVE]
    assert twin != plan_id


def twin_of(sandbox: Sandbox, plan_id: str) -> str:
    """Another subscription of the same customer."""
    account = sandbox.account
    with account.lock:
        like = account.retrieve("subscription", plan_id)
        twin = account.add("subscription", "sub", {k: like[k] for k in like if k != "id"})
        account.private[twin["id"]] = {}
        account.emit("customer.subscription.created", twin)
    return str(twin["id"])


async def statuses(till: SandboxTill) -> list[SubscriptionStatus]:
    member = await till.world.member(till.member)
    async with till.world.unit_of_work() as uow:
        return [one.status for one in await uow.subscriptions.of_member(member.id)]


async def test_a_bill_that_could_not_be_collected_makes_the_plan_past_due(
    till: SandboxTill,
) -> None:
    opened = await till.open_checkout(till.member, PlanType.HOT_DESK)
    plan_id = till.sandbox.pay(opened.session_id)["subscription"]
    till.sandbox.decline_renewals(plan_id)
    till.let_pass(MINUTE)
    till.sandbox.renew(plan_id)
    for event in till.sandbox.events():
        if event["type"] != "customer.subscription.updated":
            await till.tell(event)
    assert await statuses(till) == [SubscriptionStatus.PAST_DUE]
    await till.check_books()


async def test_two_partial_refunds_at_once_give_no_more_than_was_paid(till: SandboxTill) -> None:
    booking = await till.world.book(till.member, till.room, 40, 44)
    opened = await till.open_checkout(till.member, booking.id)
    payment = till.sandbox.pay(opened.session_id)["payment_intent"]
    await till.work(1)
    await till.world.move(till.member, booking, 40, 42)
    # The dashboard and two workers, all at the same time.
    await asyncio.gather(
        till.send_refunds(), till.send_refunds(), asyncio.to_thread(till.sandbox.refund, payment)
    )
    for event in reversed(till.sandbox.events()):
        await till.tell(event)
    await till.work(4)
    assert till.sandbox.balance() == 0
    await till.check_books()
    after = await till.world.booking(booking.id)
    assert (after.paid, after.refunded) == (Money(40_00), Money(40_00))
