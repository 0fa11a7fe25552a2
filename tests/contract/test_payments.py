"""Checkouts, subscriptions, ledger and inbox: what is unique, and what each query returns."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from application.ports.ledger import LedgerMismatch
from application.ports.unit_of_work import Stale, UnitOfWork, UnitOfWorkFactory
from application.ports.users import UserFilter
from domain.bookings import Booking
from domain.checkouts import UNSETTLED_STATUSES, Checkout, CheckoutStatus
from domain.ids import CheckoutId
from domain.invoices import Invoice, InvoiceStatus
from domain.ledger import EntryKind, ProviderPayment
from domain.money import ZERO, Money
from domain.subscriptions import PlanType, SubscriptionStatus
from domain.users import User
from tests.contract.conftest import Store
from tests.entities import (
    IDS,
    MONDAY,
    a_booking,
    a_ledger_entry,
    a_member,
    a_space,
    a_subscription,
    a_user,
    an_invoice,
    hours,
    save_all,
)

PRICE = Money(12_50)


@pytest.fixture
def unit_of_work(store: Store) -> UnitOfWorkFactory:
    return store.unit_of_work


def a_checkout(user: User, booking: Booking | None = None, **fields: Any) -> Checkout:
    """Return a checkout of the booking, or of a plan."""
    defaults: dict[str, Any] = {
        "id": CheckoutId(IDS.new()),
        "user_id": user.id,
        "booking_id": booking.id if booking else None,
        "plan_type": None if booking else PlanType.HOT_DESK,
        "amount": PRICE if booking else None,
        "status": CheckoutStatus.OPENING,
        "created_at": MONDAY,
    }
    return Checkout(**defaults | fields)


async def commits(unit_of_work: UnitOfWorkFactory, write: Callable[[UnitOfWork], None]) -> bool:
    """Commit those writes. Returns False when the commit is Stale."""
    async with unit_of_work() as uow:
        write(uow)
        try:
            await uow.commit()
        except Stale:
            return False
    return True


async def commits_once(
    unit_of_work: UnitOfWorkFactory, write: Callable[[UnitOfWork], None]
) -> bool:
    """Commit the same writes several times at once. Returns whether exactly one commit succeeds."""
    attempts: list[Awaitable[bool]] = [commits(unit_of_work, write) for _ in range(6)]
    return sum(await asyncio.gather(*attempts)) == 1


async def a_paid_booking(unit_of_work: UnitOfWorkFactory) -> tuple[Booking, Invoice]:
    user, space = a_user(), a_space()
    booking = a_booking(user, space, hours(9, 10), paid=PRICE, refunded=Money(5_00))
    invoice = an_invoice(booking, status=InvoiceStatus.PAID, paid_at=MONDAY, refunded=Money(5_00))
    await save_all(unit_of_work, user, space, booking, invoice)
    return booking, invoice


@pytest.mark.parametrize("is_for_plan", [False, True], ids=["a booking", "a plan"])
async def test_a_booking_or_plan_has_one_current_checkout(
    unit_of_work: UnitOfWorkFactory, is_for_plan: bool
) -> None:
    user, space = a_user(), a_space()
    booking = a_booking(user, space, hours(9, 10))
    await save_all(unit_of_work, user, space, booking)
    first, second = (a_checkout(user, None if is_for_plan else booking) for _ in "12")
    assert await commits(unit_of_work, lambda uow: uow.checkouts.add(first))
    assert not await commits(unit_of_work, lambda uow: uow.checkouts.add(second))
    replaced = first.advanced_to(CheckoutStatus.SUPERSEDED)
    assert await commits(unit_of_work, lambda uow: uow.checkouts.save(replaced))
    assert await commits(unit_of_work, lambda uow: uow.checkouts.add(second))
    async with unit_of_work() as uow:
        assert await uow.checkouts.get(first.id) == replaced
        if is_for_plan:
            assert await uow.checkouts.current_plan(user.id) == second
        else:
            assert await uow.checkouts.of_booking(booking.id) == [replaced, second]


async def test_of_concurrent_checkouts_for_a_plan_one_is_stored(
    unit_of_work: UnitOfWorkFactory,
) -> None:
    user = a_user()
    await save_all(unit_of_work, user)
    assert await commits_once(unit_of_work, lambda uow: uow.checkouts.add(a_checkout(user)))


async def test_a_checkout_is_saved_only_from_the_version_that_was_read(
    unit_of_work: UnitOfWorkFactory,
) -> None:
    user = a_user()
    await save_all(unit_of_work, user)
    checkout = a_checkout(user)
    assert await commits(unit_of_work, lambda uow: uow.checkouts.add(checkout))
    opened = checkout.opened("cs_1", "https://pay.test/cs_1", MONDAY)
    assert await commits(unit_of_work, lambda uow: uow.checkouts.save(opened))
    assert not await commits(unit_of_work, lambda uow: uow.checkouts.save(opened))
    async with unit_of_work() as uow:
        assert await uow.checkouts.get(checkout.id) == opened
        assert await uow.checkouts.get(CheckoutId(IDS.new())) is None


async def test_only_checkouts_that_may_still_change_are_unsettled(
    unit_of_work: UnitOfWorkFactory,
) -> None:
    users = [a_user() for _ in CheckoutStatus]
    await save_all(unit_of_work, *users)
    checkouts = [a_checkout(user) for user in users]
    checkouts = [
        replace(checkout, status=status)
        for checkout, status in zip(checkouts, CheckoutStatus, strict=True)
    ]
    async with unit_of_work() as uow:
        for checkout in checkouts:
            uow.checkouts.add(checkout)
        await uow.commit()
    unsettled = [checkout for checkout in checkouts if checkout.status in UNSETTLED_STATUSES]
    async with unit_of_work() as uow:
        assert await uow.checkouts.unsettled(after=None, limit=9) == unsettled
        assert await uow.checkouts.unsettled(after=unsettled[0].id, limit=2) == unsettled[1:3]


async def test_a_member_has_one_live_plan_and_keeps_the_old_ones(
    unit_of_work: UnitOfWorkFactory,
) -> None:
    user = a_user()
    member = a_member(user)
    await save_all(unit_of_work, user, member)
    first = a_subscription(member, provider_subscription_id="sub_1")
    assert await commits(unit_of_work, lambda uow: uow.subscriptions.add(first))
    second = a_subscription(member, provider_subscription_id="sub_2")
    assert not await commits(unit_of_work, lambda uow: uow.subscriptions.add(second))
    ended = replace(first, status=SubscriptionStatus.CANCELLED, version=2)
    assert await commits(unit_of_work, lambda uow: uow.subscriptions.save(ended))
    assert not await commits(unit_of_work, lambda uow: uow.subscriptions.save(ended))
    assert await commits_once(unit_of_work, lambda uow: uow.subscriptions.add(second))
    async with unit_of_work() as uow:
        assert await uow.subscriptions.of_member(member.id) == [ended, second]


async def test_a_provider_subscription_is_stored_once(unit_of_work: UnitOfWorkFactory) -> None:
    users = [a_user(), a_user()]
    members = [a_member(user) for user in users]
    await save_all(unit_of_work, *users, *members)
    first, second = (a_subscription(member, provider_subscription_id="sub_1") for member in members)
    assert await commits(unit_of_work, lambda uow: uow.subscriptions.add(first))
    assert not await commits(unit_of_work, lambda uow: uow.subscriptions.add(second))


async def test_live_are_the_provider_subscriptions_that_have_not_ended(
    unit_of_work: UnitOfWorkFactory,
) -> None:
    users = [a_user() for _ in "1234"]
    members = [a_member(user) for user in users]
    past_due, ended, unknown_to_provider, trial = (
        a_subscription(
            members[0], provider_subscription_id="a", status=SubscriptionStatus.PAST_DUE
        ),
        a_subscription(
            members[1], provider_subscription_id="b", status=SubscriptionStatus.CANCELLED
        ),
        a_subscription(members[2]),
        a_subscription(
            members[3], provider_subscription_id="c", status=SubscriptionStatus.TRIALING
        ),
    )
    await save_all(unit_of_work, *users, *members, past_due, ended, unknown_to_provider, trial)
    async with unit_of_work() as uow:
        assert await uow.subscriptions.live(after=None, limit=9) == [past_due, trial]
        assert await uow.subscriptions.live(after=None, limit=1) == [past_due]
        assert await uow.subscriptions.live(after=past_due.id, limit=9) == [trial]


async def test_an_entry_is_stored_once_per_source_and_listed_by_booking_and_payment(
    unit_of_work: UnitOfWorkFactory,
) -> None:
    booking, invoice = await a_paid_booking(unit_of_work)
    paid = a_ledger_entry(invoice, payment_id="pi_1", source="pi_1")
    assert await commits_once(
        unit_of_work, lambda uow: uow.ledger.add(replace(paid, id=a_ledger_entry(invoice).id))
    )
    refund = a_ledger_entry(invoice, kind=EntryKind.REFUND, payment_id="pi_1", amount=Money(5_00))
    assert await commits(unit_of_work, lambda uow: uow.ledger.add(refund))
    async with unit_of_work() as uow:
        ledger = uow.ledger
        stored = await ledger.of_source("pi_1")
        assert stored is not None
        assert replace(stored, id=paid.id) == paid
        assert await ledger.of_booking(booking.id) == [stored, refund]
        assert await ledger.of_payment("pi_1") == [stored, refund]
        assert (await ledger.of_payment("pi_2"), await ledger.of_source("pi_2")) == ([], None)
        assert await ledger.count() == 2


async def test_sums_that_differ_from_the_ledger_are_mismatches(
    unit_of_work: UnitOfWorkFactory,
) -> None:
    booking, invoice = await a_paid_booking(unit_of_work)
    paid = a_ledger_entry(invoice)
    refund = a_ledger_entry(invoice, kind=EntryKind.REFUND, amount=Money(5_00))

    async def mismatches(limit: int = 9) -> list[tuple[str, str, Money, Money]]:
        ids = {booking.id: "booking", invoice.id: "invoice"}
        async with unit_of_work() as uow:
            rows: list[LedgerMismatch] = list(await uow.ledger.mismatches(limit=limit))
        assert all(ids[row.id] == row.subject for row in rows)
        return [(row.subject, row.what, row.recorded, row.ledger) for row in rows]

    everything = [
        (subject, *sums)
        for subject in ("booking", "invoice")
        for sums in (("paid", PRICE, ZERO), ("refunded", Money(5_00), ZERO))
    ]
    assert await mismatches() == everything
    assert await mismatches(limit=1) == everything[:1]
    assert await commits(unit_of_work, lambda uow: uow.ledger.add(paid))
    assert await mismatches() == [mismatch for mismatch in everything if mismatch[1] == "refunded"]
    assert await commits(unit_of_work, lambda uow: uow.ledger.add(refund))
    assert await mismatches() == []


async def test_a_provider_payment_is_added_once_and_saved_once_per_version(
    unit_of_work: UnitOfWorkFactory,
) -> None:
    known = ProviderPayment(id="pi_1", refunded=Money(1_00))
    assert await commits_once(unit_of_work, lambda uow: uow.ledger.add_payment(known))
    later = known.with_reported_refunds(Money(3_00))
    assert await commits_once(unit_of_work, lambda uow: uow.ledger.save_payment(later))
    async with unit_of_work() as uow:
        assert await uow.ledger.payment("pi_1") == later
        assert await uow.ledger.payment("pi_2") is None


async def test_an_event_is_processed_once_with_all_its_effects(
    unit_of_work: UnitOfWorkFactory,
) -> None:
    def process(uow: UnitOfWork) -> None:
        uow.handled_events.add("evt_1", "invoice.paid", at=MONDAY)
        user = a_user()
        uow.users.add(user)
        uow.members.add(a_member(user))

    async with unit_of_work() as uow:
        assert not await uow.handled_events.has("evt_1")
    assert await commits_once(unit_of_work, process)
    async with unit_of_work() as uow:
        assert await uow.handled_events.has("evt_1")
        assert len(await uow.users.list(UserFilter(), after=None, limit=9)) == 1
