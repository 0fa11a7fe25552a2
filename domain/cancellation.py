"""Cancellation: whether it is free of charge, and what releasing a booking does to its money."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.bookings import PAYMENT_FAILED, Booking
from domain.ids import RefundId
from domain.invoices import Invoice, InvoiceStatus
from domain.refunds import Refund


class RefundChoice(StrEnum):
    """How much a cancellation refunds. Admins choose; members always get the house's policy."""

    POLICY = "policy"
    FULL = "full"
    NONE = "none"


def is_free_of_charge(
    booking: Booking, *, at: datetime, choice: RefundChoice, free_cancellation: timedelta
) -> bool:
    """Whether a cancellation at that time is free of charge.

    By the policy of the house it is, up to `free_cancellation` before the start (the contract).
    """
    if choice is RefundChoice.POLICY:
        return at <= booking.period.start - free_cancellation
    return choice is RefundChoice.FULL


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A released booking and all that changes with it.

    `voided_invoice` is the next version of its invoice if nothing is owed any more. The member is
    always notified, even of a hold; `payment_failed` selects the message about a failed payment.
    """

    booking: Booking
    voided_invoice: Invoice | None
    refund: Refund | None
    payment_failed: bool


def release(
    cancelled: Booking,
    invoice: Invoice | None,
    *,
    free_of_charge: bool,
    refund_id: RefundId,
    now: datetime,
) -> Release:
    """Decide on invoice and refund of a booking that was just cancelled or whose hold expired.

    A DRAFT invoice is voided, because a held booking owes nothing; an OPEN one is voided when the
    release is free of charge. What was paid stays on its invoice, and is refunded when the release
    is free of charge.
    """
    return Release(
        booking=cancelled,
        voided_invoice=_voided(invoice, free_of_charge=free_of_charge),
        refund=_refund(cancelled, refund_id, now=now) if free_of_charge else None,
        payment_failed=cancelled.lapsed and cancelled.cancel_reason == PAYMENT_FAILED,
    )


def _voided(invoice: Invoice | None, *, free_of_charge: bool) -> Invoice | None:
    if invoice is None:
        return None
    is_waived = invoice.status is InvoiceStatus.OPEN and free_of_charge
    return invoice.voided() if is_waived or invoice.status is InvoiceStatus.DRAFT else None


def _refund(cancelled: Booking, refund_id: RefundId, *, now: datetime) -> Refund | None:
    if not cancelled.refundable_amount:
        return None
    return Refund(
        id=refund_id,
        booking_id=cancelled.id,
        space_id=cancelled.space_id,
        amount=cancelled.refundable_amount,
        decided_at=now,
    )
