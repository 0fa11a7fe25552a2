"""Invariants: entities that cannot exist, and steps that their status does not allow."""

from collections.abc import Callable
from typing import Any

import pytest

from domain.bookings import BookingStatus
from domain.checkouts import Checkout, CheckoutStatus
from domain.errors import InvalidTransition
from domain.ids import CheckoutId
from domain.invoices import InvoiceStatus
from domain.money import ZERO, Money
from domain.subscriptions import PlanType, SubscriptionStatus
from tests.entities import (
    IDS,
    MONDAY,
    a_booking,
    a_ledger_entry,
    a_member,
    a_refund,
    a_space,
    a_subscription,
    a_user,
    an_invoice,
    hours,
)

USER = a_user()
BOOKING = a_booking(USER, a_space(), hours(9, 10))
INVOICE = an_invoice(BOOKING)
MEMBER = a_member(USER)


def a_checkout(**fields: Any) -> Checkout:
    """The checkout of a booking."""
    defaults: dict[str, Any] = {
        "id": CheckoutId(IDS.new()),
        "user_id": USER.id,
        "booking_id": BOOKING.id,
        "plan_type": None,
        "amount": Money(12_50),
        "status": CheckoutStatus.OPENING,
        "created_at": MONDAY,
    }
    return Checkout(**defaults | fields)


@pytest.mark.parametrize(
    "create, reason",
    [
        (lambda: a_booking(USER, a_space(), hours(9, 10), lapsed=True), "lapsed"),
        (lambda: a_checkout(plan_type=PlanType.HOT_DESK), "booking or for a plan"),
        (lambda: a_checkout(booking_id=None), "booking or for a plan"),
        (lambda: a_checkout(amount=None), "amount"),
        (lambda: a_checkout(booking_id=None, plan_type=PlanType.HOT_DESK), "amount"),
        (lambda: an_invoice(BOOKING, refunded=Money(12_51)), "invoiced"),
        (lambda: an_invoice(BOOKING, status=InvoiceStatus.DRAFT, number="1"), "draft"),
        (lambda: a_ledger_entry(INVOICE, booking_id=None), "subscription"),
        (lambda: a_ledger_entry(INVOICE, amount=ZERO), "ledger entry is positive"),
        (lambda: a_refund(BOOKING, amount=ZERO), "refund"),
    ],
    ids=[
        "a lapsed booking that is CONFIRMED",
        "a checkout for two things",
        "a checkout for nothing",
        "a booking's checkout without an amount",
        "a plan's checkout with an amount",
        "an invoice refunded beyond its amount",
        "a draft with a number",
        "an entry for nothing",
        "an entry of no amount",
        "a refund of no amount",
    ],
)
def test_an_entity_that_contradicts_itself_is_refused(
    create: Callable[[], object], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        create()


@pytest.mark.parametrize(
    "step",
    [
        lambda: BOOKING.reinstated(desk=1, at=MONDAY),
        lambda: BOOKING.payment_lapsed("The payment failed.", at=MONDAY),
        lambda: INVOICE.reinstated(at=MONDAY),
        lambda: an_invoice(BOOKING, status=InvoiceStatus.VOID, number="1").reinstated(at=MONDAY),
        lambda: INVOICE.redrafted(BOOKING.space_id, Money(1), "Harbour room"),
    ],
    ids=[
        "reinstate a CONFIRMED booking",
        "lapse a CONFIRMED booking",
        "reinstate an OPEN invoice",
        "reinstate a numbered invoice",
        "redraft an OPEN invoice",
    ],
)
def test_a_step_that_the_status_does_not_allow_is_refused(step: Callable[[], object]) -> None:
    with pytest.raises(InvalidTransition):
        step()


def test_an_invoice_that_has_a_number_takes_no_other() -> None:
    with pytest.raises(ValueError, match="number"):
        INVOICE.numbered("2026-0001").numbered("2026-0002")


def test_a_member_has_one_id_at_the_payment_provider() -> None:
    customer = MEMBER.with_payment_customer("cus_1", at=MONDAY)
    assert (customer.payment_customer_id, customer.version) == ("cus_1", MEMBER.version + 1)
    with pytest.raises(ValueError, match="customer"):
        customer.with_payment_customer("cus_2", at=MONDAY)


def test_a_subscription_that_has_ended_is_not_suspended() -> None:
    live = a_subscription(MEMBER)
    ended = a_subscription(MEMBER, status=SubscriptionStatus.CANCELLED)
    assert live.suspended().status is SubscriptionStatus.CANCELLED
    assert ended.suspended() is ended


def test_a_held_booking_whose_payment_fails_lapses() -> None:
    held = a_booking(USER, a_space(), hours(9, 10), status=BookingStatus.PENDING)
    lapsed = held.payment_lapsed("The payment failed.", at=MONDAY)
    assert (lapsed.status, lapsed.lapsed) == (BookingStatus.CANCELLED, True)
    assert lapsed.cancel_reason == "The payment failed."
