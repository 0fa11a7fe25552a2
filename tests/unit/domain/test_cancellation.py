"""Release: what the end of a booking does to its invoice and to what was paid."""

from typing import Any

import pytest

from domain.bookings import CHECKOUT_EXPIRED, HOLD_EXPIRED, PAYMENT_FAILED, BookingStatus
from domain.cancellation import Release, release
from domain.ids import RefundId
from domain.invoices import InvoiceStatus
from domain.money import ZERO, Money
from tests.entities import IDS, MONDAY, a_booking, a_space, a_user, an_invoice, hours

PRICE = Money(12_50)
USER, ROOM = a_user(), a_space()
FREE = pytest.mark.parametrize("free_of_charge", [True, False])


def released(
    invoice_status: InvoiceStatus | None = None, *, free_of_charge: bool = True, **fields: Any
) -> Release:
    booking = a_booking(USER, ROOM, hours(9, 10), status=BookingStatus.CANCELLED, **fields)
    paid_at = MONDAY if invoice_status is InvoiceStatus.PAID else None
    invoice = (
        None
        if invoice_status is None
        else an_invoice(booking, status=invoice_status, paid_at=paid_at)
    )
    refund_id = RefundId(IDS.new())
    return release(booking, invoice, free_of_charge=free_of_charge, refund_id=refund_id, now=MONDAY)


@pytest.mark.parametrize(
    "status, free_of_charge, is_voided",
    [
        (None, True, False),
        (InvoiceStatus.DRAFT, True, True),
        (InvoiceStatus.DRAFT, False, True),
        (InvoiceStatus.OPEN, True, True),
        (InvoiceStatus.OPEN, False, False),
        (InvoiceStatus.PAID, True, False),
        (InvoiceStatus.PAID, False, False),
        (InvoiceStatus.VOID, True, False),
        (InvoiceStatus.UNCOLLECTIBLE, True, False),
    ],
)
def test_an_invoice_is_voided_when_nothing_is_owed_any_more(
    status: InvoiceStatus | None, *, free_of_charge: bool, is_voided: bool
) -> None:
    voided = released(status, free_of_charge=free_of_charge).voided_invoice
    assert (voided is not None) is is_voided
    if voided is not None:
        assert voided.status is InvoiceStatus.VOID


@pytest.mark.parametrize(
    "paid, refunded, free_of_charge, refund",
    [
        (PRICE, ZERO, True, PRICE),
        (PRICE, Money(2_50), True, Money(10_00)),
        (PRICE, PRICE, True, None),
        (Money(20_00), ZERO, True, PRICE),
        (ZERO, ZERO, True, None),
        (PRICE, ZERO, False, None),
    ],
)
def test_what_was_paid_is_refunded_when_the_release_is_free_of_charge(
    paid: Money, refunded: Money, refund: Money | None, *, free_of_charge: bool
) -> None:
    outcome = released(free_of_charge=free_of_charge, paid=paid, refunded=refunded)
    decided = outcome.refund
    assert (decided and decided.amount) == refund
    if decided is not None:
        assert (decided.booking_id, decided.space_id) == (outcome.booking.id, ROOM.id)
        assert (decided.decided_at, decided.payment_id) == (MONDAY, None)


@FREE
@pytest.mark.parametrize(
    "fields, payment_failed",
    [
        ({"lapsed": True, "cancel_reason": PAYMENT_FAILED}, True),
        ({"lapsed": True, "cancel_reason": HOLD_EXPIRED}, False),
        ({"lapsed": True, "cancel_reason": CHECKOUT_EXPIRED}, False),
        ({"cancel_reason": PAYMENT_FAILED}, False),
        ({}, False),
    ],
)
def test_only_a_booking_whose_payment_failed_gets_the_mail_about_that(
    fields: dict[str, Any], *, free_of_charge: bool, payment_failed: bool
) -> None:
    outcome = released(free_of_charge=free_of_charge, **fields)
    assert outcome.payment_failed is payment_failed
