"""Settlement: what a payment does to its booking and invoice."""

from dataclasses import dataclass, replace
from datetime import datetime

from domain.bookings import Booking, BookingStatus
from domain.house import House
from domain.ids import RefundId
from domain.invoices import Invoice, InvoiceStatus
from domain.money import ZERO, Money
from domain.refunds import Refund
from domain.schedule import choose_desk

_PAYABLE = frozenset({InvoiceStatus.DRAFT, InvoiceStatus.OPEN, InvoiceStatus.UNCOLLECTIBLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A payment that succeeded. `refunded` is the total that was already refunded of it."""

    id: str
    amount: Money
    refunded: Money = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """A payment that pays for its booking.

    `booking` and `invoice` are their next versions, and `refunded` is the part of the payment that
    was already refunded. The booking is CONFIRMED by the payment if `is_confirmation`; if
    `is_reinstatement`, it lapsed before and takes a desk again, perhaps another one.
    """

    booking: Booking
    invoice: Invoice | None
    refunded: Money
    is_confirmation: bool
    is_reinstatement: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedPayment:
    """A payment that is refunded in full: a duplicate, of another price, or too late."""

    booking: Booking
    refund: Refund


def can_be_reinstated(booking: Booking, amount: Money, *, house: House, now: datetime) -> bool:
    """Whether a payment of that amount reinstates the booking if a desk is free for it."""
    return booking.lapsed and _is_acceptable(booking, amount, house, now)


def settle_payment(
    booking: Booking,
    invoice: Invoice | None,
    payment: Payment,
    *,
    free_desks: list[int],
    refund_id: RefundId,
    house: House,
    now: datetime,
) -> Settlement | ReturnedPayment:
    """Decide what a new payment does to its booking and the booking's invoice.

    It confirms a PENDING booking, reinstates a lapsed one if one of `free_desks` is free for it (on
    the same desk if possible), and settles the owed invoice of any other. Otherwise it is returned:
    the price has changed, the booking is already paid, or its hold expired and by now it would be a
    no-show.
    """
    settled = _settled(booking, invoice, payment.amount, free_desks, house, now)
    if settled is None:
        return _returned(booking, payment, refund_id, now)
    refunded = min(payment.refunded, payment.amount)
    return Settlement(
        booking=replace(settled, refunded=settled.refunded + refunded),
        invoice=None if invoice is None else _paid(invoice, refunded, now),
        refunded=refunded,
        is_confirmation=settled.status is not booking.status,
        is_reinstatement=booking.lapsed,
    )


def _is_acceptable(booking: Booking, amount: Money, house: House, now: datetime) -> bool:
    is_paid = booking.paid > booking.refunded and booking.status is not BookingStatus.PENDING
    if booking.amount != amount or is_paid:
        return False
    is_late = booking.lapsed or booking.is_hold_expired(at=now)
    return not is_late or now < booking.no_show_from(house.no_show_grace)


def _settled(
    booking: Booking,
    invoice: Invoice | None,
    amount: Money,
    free_desks: list[int],
    house: House,
    now: datetime,
) -> Booking | None:
    """The next version of the booking, None when the payment is returned."""
    if not _is_acceptable(booking, amount, house, now):
        return None
    if booking.status is BookingStatus.PENDING:
        return booking.paid_and_confirmed(at=now)
    if booking.lapsed:
        return _reinstated(booking, free_desks, now) if free_desks else None
    is_owed = invoice is not None and invoice.status in _PAYABLE
    return booking.with_payment(amount, at=now) if is_owed and booking.awaits_payment else None


def _reinstated(booking: Booking, free_desks: list[int], now: datetime) -> Booking:
    is_still_free = booking.desk in free_desks
    desk = booking.desk if is_still_free else choose_desk(free_desks, booking.id)
    return booking.reinstated(desk=desk, at=now)


def _paid(invoice: Invoice, refunded: Money, now: datetime) -> Invoice:
    is_void = invoice.status is InvoiceStatus.VOID
    paid = invoice.reinstated(at=now) if is_void else invoice.paid(at=now)
    return replace(paid, refunded=paid.refunded + refunded)


def _returned(
    booking: Booking, payment: Payment, refund_id: RefundId, now: datetime
) -> ReturnedPayment:
    refund = Refund(
        id=refund_id,
        booking_id=booking.id,
        space_id=booking.space_id,
        amount=payment.amount,
        decided_at=now,
        payment_id=payment.id,
    )
    return ReturnedPayment(booking=booking.with_payment(payment.amount, at=now), refund=refund)
