"""Reservation: the booking of a free slot, its price and its invoice."""

from dataclasses import dataclass
from datetime import datetime

from domain.bookings import Booking, BookingStatus
from domain.house import Confirmation, House
from domain.ids import BookingId, InvoiceId, UserId
from domain.invoices import Invoice, InvoiceStatus
from domain.local_time import wall_clock
from domain.period import Period
from domain.pricing import Quote, cheapest_cover
from domain.spaces import Space
from domain.subscriptions import Subscription


@dataclass(frozen=True, slots=True)
class Reservation:
    """A new booking, with its invoice if it costs something, or the plan that covers it."""

    booking: Booking
    invoice: Invoice | None
    covered_by: Subscription | None


def quote(period: Period, space: Space, subscription: Subscription | None, house: House) -> Quote:
    """Return the price of the period; `subscription` is the member's plan if it is not in use."""
    covered = subscription is not None and subscription.covers(space.space_type, period)
    return Quote(cheapest_cover(period, space.tariff, house.timezone), covered)


def reserve(
    *,
    booking_id: BookingId,
    invoice_id: InvoiceId,
    user_id: UserId,
    space: Space,
    desk: int,
    period: Period,
    subscription: Subscription | None,
    notes: str | None,
    house: House,
    now: datetime,
) -> Reservation:
    """Take a desk that is free for the whole period.

    A booking that costs nothing is CONFIRMED immediately. Any other is PENDING with a DRAFT invoice
    until it is paid or its hold expires, or, in a house that confirms immediately, CONFIRMED with
    an OPEN one.
    """
    price = quote(period, space, subscription, house)
    held = bool(price.amount) and house.confirmation is Confirmation.PAYMENT
    booking = Booking(
        id=booking_id,
        user_id=user_id,
        space_id=space.id,
        desk=desk,
        period=period,
        status=BookingStatus.PENDING if held else BookingStatus.CONFIRMED,
        amount=price.amount,
        covered_by_plan=price.covered_by_plan,
        notes=notes,
        hold_expires_at=now + house.booking_hold if held else None,
        created_at=now,
        updated_at=now,
    )
    return Reservation(
        booking,
        invoice_for(booking, space, house, invoice_id=invoice_id, now=now)
        if booking.amount
        else None,
        subscription.with_usage_recorded(at=now)
        if subscription and price.covered_by_plan
        else None,
    )


def invoice_for(
    booking: Booking, space: Space, house: House, *, invoice_id: InvoiceId, now: datetime
) -> Invoice:
    """Return the invoice of a booking in that space: DRAFT while it is only held, else OPEN."""
    is_held = booking.status is BookingStatus.PENDING
    return Invoice(
        id=invoice_id,
        user_id=booking.user_id,
        booking_id=booking.id,
        space_id=space.id,
        subscription_id=None,
        amount=booking.amount,
        status=InvoiceStatus.DRAFT if is_held else InvoiceStatus.OPEN,
        description=description_of(booking, space, house),
        issued_at=now,
    )


def description_of(booking: Booking, space: Space, house: House) -> str:
    """Return the description on an invoice: the space, and the time in the house's zone."""
    start = wall_clock(booking.period.start, house.timezone)
    end = wall_clock(booking.period.end, house.timezone)
    return f"{space.name}, {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}"
