"""Checkouts, plans, the ledger and the inbox: one for one thing, and what was entered stays."""

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
def uow(store: Store) -> UnitOfWorkFactory:
    return store.unit_of_work


def a_checkout(user: User, booking: Booking | None = None, **fields: Any) -> Checkout:
    """A page for that booking, or for a plan."""
    sound: dict[str, Any] = {
        "id": CheckoutId(IDS.new()),
        "user_id": user.id,
        "booking_id": booking.id if booking else None,
        "plan_type": None if booking else PlanType.HOT_DESK,
        "amount": PRICE if booking else None,
        "status": CheckoutStatus.OPENING,
        "created_at": MONDAY,
    }
    return Checkout(**sound | fields)


async def committed(uow: UnitOfWorkFactory, note: Callable[[UnitOfWork], None]) -> bool:
    """Whether that could be committed, or was Stale."""
    async with uow() as unit:
        note(unit)
        try:
            await unit.commit()
        except Stale:
            return False
    return True


async def one_of_many(uow: UnitOfWorkFactory, note: Callable[[UnitOfWork], None]) -> bool:
    """Whether of many that commit the same at once exactly one gets through."""
    tries: list[Awaitable[bool]] = [committed(uow, note) for _ in range(6)]
    return sum(await asyncio.gather(*tries)) == 1


async def a_paid_booking(uow: UnitOfWorkFactory) -> tuple[Booking, Invoice]:
    user, space = a_user(), a_space()
    booking = a_booking(user, space, hours(9, 10), paid=PRICE, refunded=Money(5_00))
    invoice = an_invoice(booking, status=InvoiceStatus.PAID, paid_at=MONDAY, refunded=Money(5_00))
    await save_all(uow, user, space, booking, invoice)
    return booking, invoice


@pytest.mark.parametrize("is_for_plan", [False, True], ids=["a booking", "a plan"])
async def test_a_thing_has_one_current_page(uow: UnitOfWorkFactory, is_for_plan: bool) -> None:
    user, space = a_user(), a_space()
    booking = a_booking(user, space, hours(9, 10))
    await save_all(uow, user, space, booking)
    first, second = (a_checkout(user, None if is_for_plan else booking) for _ in "12")
    assert await committed(uow, lambda unit: unit.checkouts.add(first))
    assert not await committed(uow, lambda unit: unit.checkouts.add(second))
    replaced = first.advanced_to(CheckoutStatus.SUPERSEDED)
    assert await committed(uow, lambda unit: unit.checkouts.save(replaced))
    assert await committed(uow, lambda unit: unit.checkouts.add(second))
    async with uow() as unit:
        assert await unit.checkouts.get(first.id) == replaced
        if is_for_plan:
            assert await unit.checkouts.current_plan(user.id) == second
        else:
            assert await unit.checkouts.of_booking(booking.id) == [replaced, second]


async def test_of_many_who_open_a_page_at_once_one_does(uow: UnitOfWorkFactory) -> None:
    user = a_user()
    await save_all(uow, user)
    assert await one_of_many(uow, lambda unit: unit.checkouts.add(a_checkout(user)))


async def test_a_page_goes_on_from_the_version_that_was_read(uow: UnitOfWorkFactory) -> None:
    user = a_user()
    await save_all(uow, user)
    page = a_checkout(user)
    assert await committed(uow, lambda unit: unit.checkouts.add(page))
    opened = page.opened("cs_1", "https://pay.test/cs_1", MONDAY)
    assert await committed(uow, lambda unit: unit.checkouts.save(opened))
    assert not await committed(uow, lambda unit: unit.checkouts.save(opened))
    async with uow() as unit:
        assert await unit.checkouts.get(page.id) == opened
        assert await unit.checkouts.get(CheckoutId(IDS.new())) is None


async def test_only_pages_that_stripe_may_still_tell_of_are_unsettled(
    uow: UnitOfWorkFactory,
) -> None:
    users = [a_user() for _ in CheckoutStatus]
    await save_all(uow, *users)
    pages = [a_checkout(user) for user in users]
    pages = [
        replace(page, status=status) for page, status in zip(pages, CheckoutStatus, strict=True)
    ]
    async with uow() as unit:
        for page in pages:
            unit.checkouts.add(page)
        await unit.commit()
    unsettled = [page for page in pages if page.status in UNSETTLED_STATUSES]
    async with uow() as unit:
        assert await unit.checkouts.unsettled(after=None, limit=9) == unsettled
        assert await unit.checkouts.unsettled(after=unsettled[0].id, limit=2) == unsettled[1:3]


async def test_a_member_has_one_live_plan_and_keeps_the_old_ones(uow: UnitOfWorkFactory) -> None:
    user = a_user()
    member = a_member(user)
    await save_all(uow, user, member)
    first = a_subscription(member, provider_subscription_id="sub_1")
    assert await committed(uow, lambda unit: unit.subscriptions.add(first))
    second = a_subscription(member, provider_subscription_id="sub_2")
    assert not await committed(uow, lambda unit: unit.subscriptions.add(second))
    ended = replace(first, status=SubscriptionStatus.CANCELLED, version=2)
    assert await committed(uow, lambda unit: unit.subscriptions.save(ended))
    assert not await committed(uow, lambda unit: unit.subscriptions.save(ended))
    assert await one_of_many(uow, lambda unit: unit.subscriptions.add(second))
    async with uow() as unit:
        assert await unit.subscriptions.of_member(member.id) == [ended, second]


async def test_one_of_stripes_plans_is_stored_once(uow: UnitOfWorkFactory) -> None:
    users = [a_user(), a_user()]
    members = [a_member(user) for user in users]
    await save_all(uow, *users, *members)
    first, second = (a_subscription(one, provider_subscription_id="sub_1") for one in members)
    assert await committed(uow, lambda unit: unit.subscriptions.add(first))
    assert not await committed(uow, lambda unit: unit.subscriptions.add(second))


async def test_live_are_the_plans_at_stripe_that_have_not_ended(uow: UnitOfWorkFactory) -> None:
    users = [a_user() for _ in "1234"]
    members = [a_member(user) for user in users]
    past_due, ended, ours, trial = (
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
    await save_all(uow, *users, *members, past_due, ended, ours, trial)
    async with uow() as unit:
        assert await unit.subscriptions.live(after=None, limit=9) == [past_due, trial]
        assert await unit.subscriptions.live(after=None, limit=1) == [past_due]
        assert await unit.subscriptions.live(after=past_due.id, limit=9) == [trial]


async def test_a_movement_is_entered_once_and_found_by_what_it_is_of(
    uow: UnitOfWorkFactory,
) -> None:
    booking, invoice = await a_paid_booking(uow)
    paid = a_ledger_entry(invoice, payment_id="pi_1", source="pi_1")
    assert await one_of_many(
        uow, lambda unit: unit.ledger.add(replace(paid, id=a_ledger_entry(invoice).id))
    )
    back = a_ledger_entry(invoice, kind=EntryKind.REFUND, payment_id="pi_1", amount=Money(5_00))
    assert await committed(uow, lambda unit: unit.ledger.add(back))
    async with uow() as unit:
        ledger = unit.ledger
        entered = await ledger.of_source("pi_1")
        assert entered is not None
        assert replace(entered, id=paid.id) == paid
        assert await ledger.of_booking(booking.id) == [entered, back]
        assert await ledger.of_payment("pi_1") == [entered, back]
        assert (await ledger.of_payment("pi_2"), await ledger.of_source("pi_2")) == ([], None)
        assert await ledger.count() == 2


async def test_what_does_not_agree_with_its_entries_is_named(uow: UnitOfWorkFactory) -> None:
    booking, invoice = await a_paid_booking(uow)
    paid = a_ledger_entry(invoice)
    back = a_ledger_entry(invoice, kind=EntryKind.REFUND, amount=Money(5_00))

    async def wrong(limit: int = 9) -> list[tuple[str, str, Money, Money]]:
        ids = {booking.id: "booking", invoice.id: "invoice"}
        async with uow() as unit:
            found: list[LedgerMismatch] = list(await unit.ledger.mismatches(limit=limit))
        assert all(ids[one.id] == one.subject for one in found)
        return [(one.subject, one.what, one.recorded, one.ledger) for one in found]

    everything = [
        (subject, *sums)
        for subject in ("booking", "invoice")
        for sums in (("paid", PRICE, ZERO), ("refunded", Money(5_00), ZERO))
    ]
    assert await wrong() == everything
    assert await wrong(limit=1) == everything[:1]
    assert await committed(uow, lambda unit: unit.ledger.add(paid))
    assert await wrong() == [one for one in everything if one[1] == "refunded"]
    assert await committed(uow, lambda unit: unit.ledger.add(back))
    assert await wrong() == []


async def test_a_payment_at_stripe_is_known_once_and_goes_on(uow: UnitOfWorkFactory) -> None:
    known = ProviderPayment(id="pi_1", refunded=Money(1_00))
    assert await one_of_many(uow, lambda unit: unit.ledger.add_payment(known))
    later = known.with_reported_refunds(Money(3_00))
    assert await one_of_many(uow, lambda unit: unit.ledger.save_payment(later))
    async with uow() as unit:
        assert await unit.ledger.payment("pi_1") == later
        assert await unit.ledger.payment("pi_2") is None


async def test_an_event_takes_effect_once_and_all_of_it(uow: UnitOfWorkFactory) -> None:
    def handled(unit: UnitOfWork) -> None:
        unit.handled_events.add("evt_1", "invoice.paid", at=MONDAY)
        user = a_user()
        unit.users.add(user)
        unit.members.add(a_member(user))

    async with uow() as unit:
        assert not await unit.handled_events.has("evt_1")
    assert await one_of_many(uow, handled)
    async with uow() as unit:
        assert await unit.handled_events.has("evt_1")
        assert len(await unit.users.list(UserFilter(), after=None, limit=9)) == 1
