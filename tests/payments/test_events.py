"""Events in any order and repeated: booking, invoice and ledger agree in the end."""

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
from tests.payments.payment_fixture import PaymentFixture, signed

TEN = Money(10_00)


async def agrees(fixture: PaymentFixture) -> bool:
    return (await fixture.check_ledger()).agrees


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_a_booking_is_confirmed_and_refunded_in_any_order_of_events(
    order: tuple[int, ...],
) -> None:
    fixture = await PaymentFixture().open()
    booking, opened = await fixture.hold_booking()
    session = fixture.paid_session(opened)
    refunded = {
        "id": "ch_1",
        "payment_intent": session["payment_intent"],
        "amount": 1000,
        "amount_refunded": 400,
    }
    events = [
        fixture.event("checkout.session.completed", session),
        fixture.event("charge.refunded", refunded),
        fixture.event("charge.refunded", refunded | {"amount_refunded": 100}),
    ]
    for index in (*order, *order):
        await fixture.deliver(events[index])
    after = await fixture.world.booking(booking.id)
    assert (after.status, after.paid, after.refunded) == (
        BookingStatus.CONFIRMED,
        TEN,
        Money(400),
    )
    invoice = await fixture.world.invoice(booking)
    assert invoice is not None
    assert (invoice.status, invoice.refunded) == (InvoiceStatus.PAID, Money(400))
    assert await agrees(fixture)


@pytest.mark.parametrize("is_expired", [True, False])
async def test_a_late_payment_confirms_while_the_slot_is_free(is_expired: bool) -> None:
    fixture = await PaymentFixture().open()
    booking, opened = await fixture.hold_booking()
    fixture.world.clock.advance(2 * HOUR)
    if is_expired:
        assert await fixture.world.expire_holds() == 1
    await fixture.deliver(fixture.event("checkout.session.completed", fixture.paid_session(opened)))
    assert (await fixture.world.booking(booking.id)).status is BookingStatus.CONFIRMED
    invoice = await fixture.world.invoice(booking)
    assert invoice is not None
    assert invoice.status is InvoiceStatus.PAID
    assert await fixture.number_invoices() == 1
    numbered = await fixture.world.invoice(booking)
    assert numbered is not None
    assert numbered.number == "2026-000001"
    assert await agrees(fixture)


@pytest.mark.parametrize("reason", ["taken", "cancelled", "twice"])
async def test_a_payment_that_its_booking_does_not_need_is_refunded_in_full(reason: str) -> None:
    fixture = await PaymentFixture().open()
    booking, opened = await fixture.hold_booking()
    session = fixture.paid_session(opened)
    if reason == "taken":
        fixture.world.clock.advance(2 * HOUR)
        other = await fixture.world.book(await fixture.world.a_caller(), fixture.room, 40, 41)
        assert other.status is BookingStatus.PENDING
    elif reason == "cancelled":
        await fixture.world.cancel_booking(fixture.member, booking.id, Cancellation())
    else:
        fixture.world.clock.advance(timedelta(minutes=30, seconds=30))
        second = await fixture.open_checkout(fixture.member, booking.id)
        assert second.session_id != opened.session_id
        await fixture.deliver(
            fixture.event("checkout.session.completed", fixture.paid_session(second))
        )
    await fixture.deliver(fixture.event("checkout.session.completed", session))
    fixture.gateway.is_down = True
    assert await fixture.send_refunds() == 0
    fixture.gateway.is_down = False
    fixture.world.clock.advance(timedelta(minutes=1))
    assert await fixture.send_refunds() == 1
    assert await fixture.send_refunds() == 0
    after = await fixture.world.booking(booking.id)
    is_paid_twice = reason == "twice"
    assert after.status is (BookingStatus.CONFIRMED if is_paid_twice else BookingStatus.CANCELLED)
    assert (after.paid, after.refunded) == (TEN + TEN if is_paid_twice else TEN, TEN)
    assert await agrees(fixture)


@pytest.mark.parametrize("kind", ["succeeded", "failed"])
async def test_a_payment_that_takes_days_ends_the_same_in_any_order_of_events(kind: str) -> None:
    ends = set()
    for order in permutations(range(2)):
        fixture = await PaymentFixture().open()
        booking, opened = await fixture.hold_booking()
        unpaid = fixture.paid_session(opened, payment_status="unpaid")
        last = unpaid | {"payment_status": "paid" if kind == "succeeded" else "unpaid"}
        events = [
            fixture.event("checkout.session.completed", unpaid),
            fixture.event(f"checkout.session.async_payment_{kind}", last),
        ]
        for index in (*order, *order):
            await fixture.deliver(events[index])
        after = await fixture.world.booking(booking.id)
        ends.add((after.status, after.paid))
        assert await agrees(fixture)
    expected = {
        "succeeded": (BookingStatus.CONFIRMED, TEN),
        "failed": (BookingStatus.CANCELLED, Money(0)),
    }
    assert ends == {expected[kind]}


def subscription(status: str, end: int, *, is_legacy: bool) -> dict[str, Any]:
    period = {"current_period_start": 1772400000, "current_period_end": end}
    item: dict[str, Any] = {"price": {"id": "price_hot"}}
    return {
        "id": "sub_1",
        "customer": "cus_1",
        "status": status,
        "items": {"data": [item if is_legacy else item | period]},
        "cancel_at_period_end": False,
    } | (period if is_legacy else {})


@pytest.mark.parametrize("is_legacy", [True, False], ids=["older shape", "current shape"])
@pytest.mark.parametrize("order", list(permutations(range(4))))
async def test_a_subscription_ends_the_same_in_any_order_of_events(
    order: tuple[int, ...], is_legacy: bool
) -> None:
    fixture = await PaymentFixture().open()
    async with fixture.world.unit_of_work() as uow:
        member = await uow.members.of_user(fixture.member.user_id)
        assert member is not None
        uow.members.save(member.with_payment_customer("cus_1", at=fixture.world.clock.now()))
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
    } | ({"subscription": "sub_1"} if is_legacy else parent)
    event: Callable[..., bytes] = fixture.event
    kind = "customer.subscription"
    started = subscription("incomplete", 1775000000, is_legacy=is_legacy)
    events = [
        event(f"{kind}.created", started, created=1),
        event(
            f"{kind}.updated", subscription("active", 1775000000, is_legacy=is_legacy), created=2
        ),
        event("invoice.paid", bill, created=2),
        event(
            f"{kind}.deleted", subscription("canceled", 1775000000, is_legacy=is_legacy), created=9
        ),
    ]
    for index in (*order, *order):
        await fixture.deliver(events[index])
    async with fixture.world.unit_of_work() as uow:
        [plan] = await uow.subscriptions.of_member(member.id)
        assert await uow.ledger.count() == 1
    assert plan.status is SubscriptionStatus.CANCELLED
    assert await agrees(fixture)


@pytest.mark.parametrize(
    "fields", [{"amount_total": 999}, {"currency": "eur"}, {"livemode": True}], ids=str
)
async def test_a_payment_in_another_amount_currency_or_mode_has_no_effect_and_logs_an_error(
    fields: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    fixture = await PaymentFixture().open()
    booking, opened = await fixture.hold_booking()
    session = fixture.paid_session(opened, **fields)
    livemode = fields.get("livemode", False)
    event = fixture.event("checkout.session.completed", session, livemode=livemode)
    await fixture.deliver(event)
    assert (await fixture.world.booking(booking.id)).status is BookingStatus.PENDING
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


@pytest.mark.parametrize("seconds", [-301, 301])
async def test_an_expired_or_future_signature_is_rejected(seconds: int) -> None:
    fixture = PaymentFixture()
    body = fixture.event("charge.refunded", {})
    at = fixture.world.clock.now() + timedelta(seconds=seconds)
    with pytest.raises(InvalidSignature):
        await fixture.process_event(body, signed(body, at))


@pytest.mark.parametrize(
    "header", [None, "", "t=1", "v1=00", "t=x,v1=0", "t=1,v1=\u00e9", "t=" + "9" * 5000, ",,=,"]
)
async def test_a_malformed_signature_is_rejected(header: str | None) -> None:
    with pytest.raises(InvalidSignature):
        await PaymentFixture().process_event(b"\xff{}", header)


@pytest.mark.parametrize("body", [b"\xff", b"[]", b"1", b"{}", b"[" * 100_000, b"\x00"])
async def test_a_signed_body_that_is_no_event_is_rejected(body: bytes) -> None:
    with pytest.raises(InvalidSignature):
        await PaymentFixture().deliver(body)


async def test_with_all_events_lost_reconciliation_confirms_the_booking() -> None:
    fixture = await PaymentFixture().open()
    booking, opened = await fixture.hold_booking()
    fixture.gateway.pay(opened.session_id)
    assert await fixture.reconcile_checkouts() == 1
    assert (await fixture.world.booking(booking.id)).status is BookingStatus.CONFIRMED
    assert await fixture.reconcile_checkouts() == 0
    assert await agrees(fixture)


async def test_an_open_checkout_is_returned_again() -> None:
    fixture = await PaymentFixture().open()
    booking, opened = await fixture.hold_booking()
    assert await fixture.open_checkout(fixture.member, booking.id) == opened
    assert (await fixture.world.booking(booking.id)).hold_expires_at == opened.expires_at


async def test_of_concurrent_deliveries_one_takes_effect(
    postgres_fixture: PaymentFixture,
) -> None:
    fixture = await postgres_fixture.open()
    booking, opened = await fixture.hold_booking()
    event = fixture.event("checkout.session.completed", fixture.paid_session(opened))
    await asyncio.gather(*(fixture.deliver(event) for _ in range(32)))
    after = await fixture.world.booking(booking.id)
    assert (after.status, after.paid) == (BookingStatus.CONFIRMED, TEN)
    assert await agrees(fixture)
    await fixture.world.cancel_booking(fixture.member, booking.id, Cancellation())
    await asyncio.gather(*(fixture.send_refunds() for _ in range(4)))
    assert (await fixture.world.booking(booking.id)).refunded == TEN
    assert await fixture.number_invoices() == 1
    assert await agrees(fixture)


async def reinstates_over_an_expired_hold(fixture: PaymentFixture) -> None:
    booking, opened = await fixture.hold_booking()
    fixture.world.clock.advance(2 * HOUR)
    other = await fixture.world.book(await fixture.world.a_caller(), fixture.room, 40.5, 41.5)
    assert (await fixture.world.booking(booking.id)).lapsed
    fixture.world.clock.advance(2 * HOUR)
    await fixture.deliver(fixture.event("checkout.session.completed", fixture.paid_session(opened)))
    assert (await fixture.world.booking(booking.id)).status is BookingStatus.CONFIRMED
    released = await fixture.world.booking(other.id)
    assert (released.status, released.lapsed) == (BookingStatus.CANCELLED, True)
    assert await agrees(fixture)


async def test_a_late_payment_reinstates_over_an_expired_hold() -> None:
    await reinstates_over_an_expired_hold(await PaymentFixture().open())


async def test_a_late_payment_reinstates_over_an_expired_hold_in_postgresql(
    postgres_fixture: PaymentFixture,
) -> None:
    await reinstates_over_an_expired_hold(await postgres_fixture.open())


async def test_a_lapsed_booking_is_reinstated_in_postgresql(
    postgres_fixture: PaymentFixture,
) -> None:
    fixture = await postgres_fixture.open()
    booking, opened = await fixture.hold_booking()
    fixture.world.clock.advance(2 * HOUR)
    await fixture.world.expire_holds()
    await fixture.deliver(fixture.event("checkout.session.completed", fixture.paid_session(opened)))
    assert (await fixture.world.booking(booking.id)).status is BookingStatus.CONFIRMED
    assert await agrees(fixture)
