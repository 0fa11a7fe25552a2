"""Rescheduling: how moving a booking changes its price, its invoice and its payment."""

from dataclasses import dataclass
from datetime import datetime

from domain.bookings import Booking, BookingStatus
from domain.errors import PaymentRequired
from domain.house import Confirmation, House
from domain.ids import InvoiceId, RefundId
from domain.invoices import Invoice, InvoiceStatus
from domain.money import Money
from domain.period import Period
from domain.refunds import Refund
from domain.reservation import description_of, invoice_for, quote
from domain.schedule import choose_desk
from domain.spaces import Space
from domain.subscriptions import Subscription

_OWED = frozenset({InvoiceStatus.OPEN, InvoiceStatus.UNCOLLECTIBLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescheduling:
    """A moved booking and all that changes with it.

    `changed_invoice` is the next version of its invoice, `new_invoice` the one that replaces it,
    `refund` is the difference of a lower price, and `covered_by` is the plan that covers the
    booking at its new time.
    """

    booking: Booking
    changed_invoice: Invoice | None
    new_invoice: Invoice | None
    refund: Refund | None
    covered_by: Subscription | None


def reschedule(
    booking: Booking,
    invoice: Invoice | None,
    *,
    space: Space,
    free_desks: list[int],
    period: Period,
    notes: str | None,
    subscription: Subscription | None,
    invoice_id: InvoiceId,
    refund_id: RefundId,
    house: House,
    now: datetime,
) -> Rescheduling:
    """Move a booking to a period for which those desks of the space are free, and price it again.

    It keeps its desk if possible. An unpaid invoice follows the price: a DRAFT one is changed, and
    an issued one is voided and replaced. A settled booking can become cheaper, and the difference
    of what was paid is refunded; a booking is settled when it was paid, or cost nothing in a house
    where payment confirms bookings. Raises PaymentRequired when a settled booking would become more
    expensive, because a confirmed booking never returns to being held.
    """
    price = quote(period, space, subscription, house)
    if price.amount > booking.amount and _is_settled(booking, invoice, house):
        raise PaymentRequired("The change would cost more than was paid.")
    moved = booking.moved(
        space_id=space.id,
        desk=_desk(booking, space, free_desks),
        period=period,
        amount=price.amount,
        covered_by_plan=price.covered_by_plan,
        notes=notes,
        at=now,
    )
    changed_invoice = _follow(invoice, moved, space, house)
    keeps_invoice = invoice is not None and invoice.status in {
        InvoiceStatus.DRAFT,
        InvoiceStatus.PAID,
    }
    needs_invoice = bool(moved.amount) and not moved.paid and not keeps_invoice
    return Rescheduling(
        booking=moved,
        changed_invoice=changed_invoice,
        new_invoice=invoice_for(moved, space, house, invoice_id=invoice_id, now=now)
        if needs_invoice
        else None,
        refund=_difference(booking, moved, refund_id, now=now),
        covered_by=subscription.with_usage_recorded(at=now)
        if subscription and price.covered_by_plan
        else None,
    )


def _is_settled(booking: Booking, invoice: Invoice | None, house: House) -> bool:
    if booking.status is BookingStatus.PENDING:
        return False
    is_owed = invoice is not None and invoice.status in _OWED
    return bool(booking.paid) or (house.confirmation is Confirmation.PAYMENT and not is_owed)


def _desk(booking: Booking, space: Space, free_desks: list[int]) -> int:
    if booking.space_id == space.id and booking.desk in free_desks:
        return booking.desk
    return choose_desk(free_desks, booking.id)


def _follow(invoice: Invoice | None, moved: Booking, space: Space, house: House) -> Invoice | None:
    """Return the next version of the booking's invoice; None when it does not change."""
    if invoice is None:
        return None
    if invoice.status is InvoiceStatus.DRAFT and moved.amount:
        return invoice.redrafted(space.id, moved.amount, description_of(moved, space, house))
    if invoice.status is InvoiceStatus.DRAFT or invoice.status in _OWED:
        return invoice.voided().in_space(space.id)
    return None


def _difference(
    booking: Booking, moved: Booking, refund_id: RefundId, *, now: datetime
) -> Refund | None:
    retained = min(moved.amount, booking.refundable_amount)
    difference: Money = booking.refundable_amount - retained
    if not difference:
        return None
    return Refund(
        id=refund_id,
        booking_id=moved.id,
        space_id=moved.space_id,
        amount=difference,
        decided_at=now,
    )
