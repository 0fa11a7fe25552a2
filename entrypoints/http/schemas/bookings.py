"""Bodies of `/api/bookings`."""

from datetime import datetime
from typing import Annotated, cast
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from application.bookings.change_booking import BookingChanges
from application.bookings.quote_booking import Offer
from application.bookings.requests import BookingRequest
from domain.bookings import Booking, BookingStatus
from domain.cancellation import RefundChoice
from domain.ids import SpaceId, UserId
from domain.pricing import Unit
from entrypoints.http.fields import Instant
from entrypoints.http.schemas.common import Request, given_fields

Notes = Annotated[str, msgspec.Meta(max_length=2000)]
Reason = Annotated[str, msgspec.Meta(max_length=500)]


class CreateBookingBody(Request, kw_only=True):
    """A booking to be made. Only an admin may name somebody else in `user_id`."""

    space_id: UUID
    start_time: Instant
    end_time: Instant
    notes: Notes | None = None
    user_id: UUID | None = None

    def wanted(self) -> BookingRequest:
        """What the use case is asked for."""
        return BookingRequest(
            space_id=SpaceId(self.space_id),
            start=self.start_time.value,
            end=self.end_time.value,
            notes=self.notes,
            user_id=None if self.user_id is None else UserId(self.user_id),
        )


class ChangeBookingBody(Request, kw_only=True):
    """Changes of a booking: a field that is left out stays as it is."""

    start_time: Instant | UnsetType = UNSET
    end_time: Instant | UnsetType = UNSET
    space_id: UUID | UnsetType = UNSET
    notes: Notes | UnsetType | None = UNSET

    def changes(self) -> BookingChanges:
        """The fields that were given, by the names that the use case has for them."""
        given = given_fields(self)
        return cast("BookingChanges", {_CHANGED.get(name, name): given[name] for name in given})


_CHANGED = {"start_time": "start", "end_time": "end"}


class CancelBookingBody(Request, kw_only=True):
    """Why a booking is cancelled. Only an admin may decide on the refund."""

    reason: Reason | None = None
    refund: RefundChoice | None = None


class BookingBody(msgspec.Struct, frozen=True):
    """A booking. Amounts are US dollars; times are UTC."""

    id: UUID
    user_id: UUID
    space_id: UUID
    desk: int
    start_time: datetime
    end_time: datetime
    status: BookingStatus
    amount_usd: str
    paid_usd: str
    refunded_usd: str
    covered_by_plan: bool
    notes: str | None
    hold_expires_at: datetime | None
    checked_in_at: datetime | None
    checked_out_at: datetime | None
    cancelled_at: datetime | None
    cancel_reason: str | None
    version: int
    created_at: datetime
    updated_at: datetime


class QuoteLineBody(msgspec.Struct, frozen=True):
    """A line of a quote. `quantity` is whole, but for hours it has up to four places."""

    unit: Unit
    quantity: str
    unit_price_usd: str
    amount_usd: str


class QuoteBody(msgspec.Struct, frozen=True):
    """What a booking would cost, and whether it could be made now.

    The lines are the full price, also when a plan covers it.
    """

    amount_usd: str
    covered_by_plan: bool
    lines: list[QuoteLineBody]
    available: bool


class CalendarFeedBody(msgspec.Struct, frozen=True):
    """The private address of one's own bookings, for calendar programs."""

    feed_url: str


def booking_body(booking: Booking) -> BookingBody:
    """The booking as the contract has it."""
    return BookingBody(
        id=booking.id,
        user_id=booking.user_id,
        space_id=booking.space_id,
        desk=booking.desk,
        start_time=booking.period.start,
        end_time=booking.period.end,
        status=booking.status,
        amount_usd=str(booking.amount),
        paid_usd=str(booking.paid),
        refunded_usd=str(booking.refunded),
        covered_by_plan=booking.covered_by_plan,
        notes=booking.notes,
        hold_expires_at=booking.hold_expires_at,
        checked_in_at=booking.checked_in_at,
        checked_out_at=booking.checked_out_at,
        cancelled_at=booking.cancelled_at,
        cancel_reason=booking.cancel_reason,
        version=booking.version,
        created_at=booking.created_at,
        updated_at=booking.updated_at,
    )


def quote_body(offer: Offer) -> QuoteBody:
    """The quote as the contract has it."""
    quote = offer.quote
    return QuoteBody(
        amount_usd=str(quote.amount),
        covered_by_plan=quote.covered_by_plan,
        lines=[
            QuoteLineBody(line.unit, line.quantity, str(line.unit_price), str(line.amount))
            for line in quote.lines
        ],
        available=offer.available,
    )
