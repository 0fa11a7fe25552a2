"""Whatever arrives, in whatever order and however often: the money and the booking agree."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from application.bookings.cancel_booking import Cancellation
from domain.bookings import BookingStatus
from domain.errors import InvalidSignature
from domain.invoices import InvoiceStatus
from domain.money import Money
from domain.subscriptions import SubscriptionStatus
from tests.entities import HOUR
from tests.payments.till import Till, signed

TEN = Money(10_00)


async def agrees(till: Till) -> bool:
    return (await till.check_ledger()).agrees


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_a_paid_booking_is_confirmed_and_then_refunded_in_whatever_order(
    order: tuple[int, ...],
) -> None:
    till = await Till().open()
    booking, opened = await till.held()
    session = till.session(opened)
    refunded = {
        "id": "ch_1",
        "payment_intent": session["payment_intent"],
        "amount": 1000,
        "amount_refunded": 400,
    }
    events = [
        till.event("checkout.session.completed", session),
        till.event("charge.refunded", refunded),
        till.event("charge.refunded", refunded | {"amount_refunded": 100}),
    ]
    for place in (*order, *order):
        await till.deliver(events[place])
    after = await till.world.booking(booking.id)
    assert (after.status, after.paid, after.refunded) == (
        BookingStatus.CONFIRMED,
        TEN,
        Money(400),
    )
    invoice = await till.world.invoice(booking)
    assert invoice is not None
    assert (invoice.status, invoice.refunded) == (InvoiceStatus.PAID, Money(400))
    assert await agrees(till)


@pytest.mark.parametrize("is_swept", [True, False])
async def test_a_late_payment_confirms_while_the_slot_is_free(is_swept: bool) -> None:
    till = await Till().open()
    booking, opened = await till.held()
    till.world.clock.advance(2 * HOUR)
    if is_swept:
        assert await till.world.expire_holds() == 1
    await till.deliver(till.event("checkout.session.completed", till.session(opened)))
    assert (await till.world.booking(booking.id)).status is BookingStatus.CONFIRMED
    invoice = await till.world.invoice(booking)
    assert invoice is not None
    assert invoice.status is InvoiceStatus.PAID
    assert await till.number() == 1
    numbered = await till.world.invoice(booking)
    assert numbered is not None
    assert numbered.number == "2026-000001"
    assert await agrees(till)


@pytest.mark.parametrize("what", ["taken", "cancelled", "twice"])
async def test_a_payment_that_comes_to_nothing_goes_back_in_full(what: str) -> None:
    till = await Till().open()
    booking, opened = await till.held()
    session = till.session(opened)
    if what == "taken":
        till.world.clock.advance(2 * HOUR)
        other = await till.world.book(await till.world.a_caller(), till.room, 40, 41)
        assert other.status is BookingStatus.PENDING
    elif what == "cancelled":
        await till.world.cancel_booking(till.member, booking.id, Cancellation())
    else:
        till.world.clock.advance(timedelta(minutes=30, seconds=30))
        second = await till.open_checkout(till.member, booking.id)
        assert second.session_id != opened.session_id
        await till.deliver(till.event("checkout.session.completed", till.session(second)))
    await till.deliver(till.event("checkout.session.completed", session))
    till.stripe.is_away = True
    assert await till.send_refunds() == 0
    till.stripe.is_away = False
    till.world.clock.advance(timedelta(minutes=1))
    assert await till.send_refunds() == 1
    assert await till.send_refunds() == 0
    after = await till.world.booking(booking.id)
    is_paid_twice = what == "twice"
    assert after.status is (BookingStatus.CONFIRMED if is_paid_twice else BookingStatus.CANCELLED)
    assert (after.paid, after.refunded) == (TEN + TEN if is_paid_twice else TEN, TEN)
    assert await agrees(till)


@pytest.mark.parametrize("kind", ["succeeded", "failed"])
async def test_a_payment_that_takes_days_ends_the_same_in_whatever_order(kind: str) -> None:
    ends = set()
    for order in permutations(range(2)):
        till = await Till().open()
        booking, opened = await till.held()
        unpaid = till.session(opened, payment_status="unpaid")
        last = unpaid | {"payment_status": "paid" if kind == "succeeded" else "unpaid"}
        events = [
            till.event("checkout.session.completed", unpaid),
            till.event(f"checkout.session.async_payment_{kind}", last),
        ]
        for place in (*order, *order):
            await till.deliver(events[place])
        after = await till.world.booking(booking.id)
        ends.add((after.status, after.paid))
        assert await agrees(till)
    wanted = {
        "succeeded": (BookingStatus.CONFIRMED, TEN),
        "failed": (BookingStatus.CANCELLED, Money(0)),
    }
    assert ends == {wanted[kind]}


def subscription(status: str, end: int, *, is_old: bool) -> dict[str, Any]:
    period = {"current_period_start": 1772400000, "current_period_end": end}
    item: dict[str, Any] = {"price": {"id": "price_hot"}}
    return {
        "id": "sub_1",
        "customer": "cus_1",
        "status": status,
        "items": {"data": [item if is_old else item | period]},
        "cancel_at_period_end": False,
    } | (period if is_old else {})


@pytest.mark.parametrize("is_old", [True, False], ids=["older shape", "current shape"])
@pytest.mark.parametrize("order", list(permutations(range(4))))
async def test_a_subscriptions_life_ends_the_same_in_whatever_order(
    order: tuple[int, ...], is_old: bool
) -> None:
    till = await Till().open()
    async with till.world.unit_of_work() as uow:
        member = await uow.members.of_user(till.member.user_id)
        assert member is not None
        uow.members.save(member.with_payment_customer("cus_1", at=till.world.clock.now()))
        await uow.commit()
    line = {"period": {"start": 1772400000, "end": 1775000000}, "price": {"id": "price_hot"}}
    parent = {"parent": {"subscription_details": {"subscription": "sub_1"}}}
    bill = {
        "id": "in_1",
        "customer": "cus_1",
        "amount_paid": 19900,
        "currency": "usd",
        "created": 1772400000,
        "lines": {"data": [line]},
    } | ({"subscription": "sub_1"} if is_old else parent)
    make: Callable[..., bytes] = till.event
    kind = "customer.subscription"
    started = subscription("incomplete", 1775000000, is_old=is_old)
    events = [
        make(f"{kind}.created", started, created=1),
        make(f"{kind}.updated", subscription("active", 1775000000, is_old=is_old), created=2),
        make("invoice.paid", bill, created=2),
        make(f"{kind}.deleted", subscription("canceled", 1775000000, is_old=is_old), created=9),
    ]
    for place in (*order, *order):
        await till.deliver(events[place])
    async with till.world.unit_of_work() as uow:
        [plan] = await uow.subscriptions.of_member(member.id)
        assert await uow.ledger.count() == 1
    assert plan.status is SubscriptionStatus.CANCELLED
    assert await agrees(till)


@pytest.mark.parametrize(
    "fields", [{"amount_total": 999}, {"currency": "eur"}, {"livemode": True}], ids=str
)
async def test_what_was_not_asked_for_confirms_nothing_and_is_an_error(
    fields: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    till = await Till().open()
    booking, opened = await till.held()
    session = till.session(opened, **fields)
    event = till.event(
        "checkout.session.completed", session, livemode=fields.get("livemode", False)
    )
    await till.deliver(event)
    assert (await till.world.booking(booking.id)).status is BookingStatus.PENDING
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


@pytest.mark.parametrize("seconds", [-301, 301])
async def test_a_stale_or_future_signature_is_refused(seconds: int) -> None:
    till = Till()
    body = till.event("charge.refunded", {})
    at = till.world.clock.now() + timedelta(seconds=seconds)
    with pytest.raises(InvalidSignature):
        await till.handle(body, signed(body, at))


@pytest.mark.parametrize(
    "header", [None, "", "t=1", "v1=00", "t=x,v1=0", "t=1,v1=\u00e9", "t=" + "9" * 5000, ",,=,"]
)
async def test_an_odd_signature_is_refused(header: str | None) -> None:
    with pytest.raises(InvalidSignature):
        await Till().handle(b"\xff{}", header)


@pytest.mark.parametrize("body", [b"\xff", b"[]", b"1", b"{}", b"[" * 100_000, b"\x00"])
async def test_a_signed_body_that_is_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidSignature):
        await Till().deliver(body)


async def test_with_all_events_lost_the_booking_is_confirmed_when_stripe_is_asked() -> None:
    till = await Till().open()
    booking, opened = await till.held()
    till.stripe.pay(opened.session_id)
    assert await till.reconcile() == 1
    assert (await till.world.booking(booking.id)).status is BookingStatus.CONFIRMED
    assert await till.reconcile() == 0
    assert await agrees(till)


async def test_a_checkout_is_handed_out_again() -> None:
    till = await Till().open()
    booking, opened = await till.held()
    assert await till.open_checkout(till.member, booking.id) == opened
    assert (await till.world.booking(booking.id)).hold_expires_at == opened.expires_at


async def test_of_many_deliveries_at_once_one_takes_effect(postgres_till: Till) -> None:
    till = await postgres_till.open()
    booking, opened = await till.held()
    event = till.event("checkout.session.completed", till.session(opened))
    await asyncio.gather(*(till.deliver(event) for _ in range(32)))
    after = await till.world.booking(booking.id)
    assert (after.status, after.paid) == (BookingStatus.CONFIRMED, TEN)
    assert await agrees(till)
    await till.world.cancel_booking(till.member, booking.id, Cancellation())
    await asyncio.gather(*(till.send_refunds() for _ in range(4)))
    assert (await till.world.booking(booking.id)).refunded == TEN
    assert await till.number() == 1
    assert await agrees(till)


async def reinstates_over_an_expired_hold(till: Till) -> None:
    booking, opened = await till.held()
    till.world.clock.advance(2 * HOUR)
    other = await till.world.book(await till.world.a_caller(), till.room, 40.5, 41.5)
    assert (await till.world.booking(booking.id)).lapsed
    till.world.clock.advance(2 * HOUR)
    await till.deliver(till.event("checkout.session.completed", till.session(opened)))
    assert (await till.world.booking(booking.id)).status is BookingStatus.CONFIRMED
    released = await till.world.booking(other.id)
    assert (released.status, released.lapsed) == (BookingStatus.CANCELLED, True)
    assert await agrees(till)


async def test_a_late_payment_reinstates_over_an_expired_hold() -> None:
    await reinstates_over_an_expired_hold(await Till().open())


async def test_a_late_payment_reinstates_over_an_expired_hold_in_postgresql(
    postgres_till: Till,
) -> None:
    await reinstates_over_an_expired_hold(await postgres_till.open())


async def test_a_lapsed_booking_comes_back_in_postgresql(postgres_till: Till) -> None:
    till = await postgres_till.open()
    booking, opened = await till.held()
    till.world.clock.advance(2 * HOUR)
    await till.world.expire_holds()
    await till.deliver(till.event("checkout.session.completed", till.session(opened)))
    assert (await till.world.booking(booking.id)).status is BookingStatus.CONFIRMED
    assert await agrees(till)
