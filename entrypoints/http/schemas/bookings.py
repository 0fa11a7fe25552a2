"""Request and response bodies of `/api/bookings`."""

from datetime import datetime
from typing import Annotated, cast
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from application.bookings.booking_request import BookingRequest
from application.bookings.change_booking import BookingChanges
from application.bookings.quote_booking import QuoteResult
from domain.bookings import Booking, BookingStatus
from domain.cancellation import RefundChoice
from domain.ids import SpaceId, UserId
from domain.pricing import Unit
from entrypoints.http.fields import Instant
from entrypoints.http.schemas.common import Request, set_fields

Notes = Annotated[str, Meta(max_length=2000)]
Reason = Annotated[str, Meta(max_length=500)]


class CreateBookingBody(Request, kw_only=True):
    """A new booking."""

    space_id: Annotated[UUID, Meta(description="ID of the space to book.")]
    start_time: Annotated[
        Instant,
        Meta(
            description=(
                "Start of the booking, on the house's step grid (15 minutes by default). For "
                "members at most one step in the past; at most 730 days ahead."
            )
        ),
    ]
    end_time: Annotated[
        Instant,
        Meta(
            description=(
                "End of the booking (exclusive), on the step grid, 15 minutes to 366 days after "
                "the start."
            )
        ),
    ]
    notes: Annotated[Notes, Meta(description="Free text for the house. Optional.")] | None = None
    user_id: Annotated[
        UUID | None,
        Meta(
            description="User to book for. Default: the caller. Only admins may set another user."
        ),
    ] = None

    def booking_request(self) -> BookingRequest:
        """Return the request in the application's terms."""
        return BookingRequest(
            space_id=SpaceId(self.space_id),
            start=self.start_time.value,
            end=self.end_time.value,
            notes=self.notes,
            user_id=None if self.user_id is None else UserId(self.user_id),
        )


class ChangeBookingBody(Request, kw_only=True):
    """Changes to a booking. Fields that are left out do not change."""

    start_time: Annotated[
        Instant | UnsetType, Meta(description="New start, by the rules of a new booking.")
    ] = UNSET
    end_time: Annotated[
        Instant | UnsetType,
        Meta(description="New end (exclusive), by the rules of a new booking."),
    ] = UNSET
    space_id: Annotated[
        UUID | UnsetType, Meta(description="ID of the space to move the booking to.")
    ] = UNSET
    notes: (
        Annotated[Notes, Meta(description="Free text for the house. Null removes it.")]
        | UnsetType
        | None
    ) = UNSET

    def changes(self) -> BookingChanges:
        """Return the fields to change, by the application's names."""
        fields = set_fields(self)
        renamed = {_APPLICATION_NAMES.get(name, name): value for name, value in fields.items()}
        return cast("BookingChanges", renamed)


_APPLICATION_NAMES = {"start_time": "start", "end_time": "end"}


class CancelBookingBody(Request, kw_only=True):
    """The reason for a cancellation, and the refund."""

    reason: Annotated[Reason, Meta(description="Reason for the cancellation. Optional.")] | None = (
        None
    )
    refund: Annotated[
        RefundChoice | None,
        Meta(
            description=(
                "Refund: `policy` (the default) follows the house's cancellation policy, `full` "
                "refunds everything, `none` nothing. Only admins may set it."
            )
        ),
    ] = None


class BookingBody(msgspec.Struct, frozen=True):
    """A booking."""

    id: Annotated[UUID, Meta(description="ID of the booking, a UUIDv7.")]
    user_id: Annotated[UUID, Meta(description="ID of the user who the booking is for.")]
    space_id: Annotated[UUID, Meta(description="ID of the booked space.")]
    desk: Annotated[
        int,
        Meta(
            description=(
                "Number of the booked desk in a HOT_DESK zone, from 1. Always 1 for other types of "
                "space."
            )
        ),
    ]
    start_time: Annotated[datetime, Meta(description="Start of the booking, in UTC.")]
    end_time: Annotated[datetime, Meta(description="End of the booking (exclusive), in UTC.")]
    status: Annotated[
        BookingStatus,
        Meta(description="Status. PENDING, CONFIRMED and CHECKED_IN bookings occupy their slot."),
    ]
    amount_usd: Annotated[
        str,
        Meta(
            description="Price in US dollars. `0.00` if a plan covers the booking.",
            examples=["36.00"],
        ),
    ]
    paid_usd: Annotated[
        str, Meta(description="Amount paid so far, in US dollars.", examples=["36.00"])
    ]
    refunded_usd: Annotated[
        str,
        Meta(
            description=(
                "Amount refunded so far, in US dollars. It increases when the payment provider has "
                "accepted a refund."
            ),
            examples=["0.00"],
        ),
    ]
    covered_by_plan: Annotated[
        bool, Meta(description="Whether the user's plan covers the booking, so that it is free.")
    ]
    notes: Annotated[str | None, Meta(description="Free text for the house, or null.")]
    hold_expires_at: Annotated[
        datetime | None,
        Meta(
            description=(
                "When the booking expires if it is not paid, in UTC. Null unless it is PENDING."
            )
        ),
    ]
    checked_in_at: Annotated[
        datetime | None, Meta(description="Time of the check-in, in UTC. Null before it.")
    ]
    checked_out_at: Annotated[
        datetime | None, Meta(description="Time of the check-out, in UTC. Null before it.")
    ]
    cancelled_at: Annotated[
        datetime | None,
        Meta(description="Time of the cancellation, in UTC. Null unless it is CANCELLED."),
    ]
    cancel_reason: Annotated[
        str | None, Meta(description="Reason for the cancellation. Null if none was stated.")
    ]
    version: Annotated[
        int, Meta(description="Increases with each change. `ETag` carries the same number.")
    ]
    created_at: Annotated[datetime, Meta(description="Time of creation, in UTC.")]
    updated_at: Annotated[datetime, Meta(description="Time of the last change, in UTC.")]


class QuoteLineBody(msgspec.Struct, frozen=True):
    """A line of a quote."""

    unit: Annotated[Unit, Meta(description="Unit that is priced.")]
    quantity: Annotated[
        str,
        Meta(
            description=(
                "Number of units. A whole number of months or days; hours have up to four decimal "
                "places."
            ),
            examples=["2", "1.5"],
        ),
    ]
    unit_price_usd: Annotated[
        str, Meta(description="Price of one unit, in US dollars.", examples=["18.00"])
    ]
    amount_usd: Annotated[
        str, Meta(description="Price of the line, in US dollars.", examples=["36.00"])
    ]


class QuoteBody(msgspec.Struct, frozen=True):
    """The price of a booking, and whether it could be made now."""

    amount_usd: Annotated[
        str,
        Meta(
            description="Amount to pay, in US dollars. `0.00` if a plan covers the booking.",
            examples=["36.00"],
        ),
    ]
    covered_by_plan: Annotated[
        bool, Meta(description="Whether the user's plan would cover the booking.")
    ]
    lines: Annotated[
        list[QuoteLineBody],
        Meta(description="How the full price is calculated, even if a plan covers the booking."),
    ]
    available: Annotated[bool, Meta(description="Whether a desk is free for the whole period.")]


class CalendarFeedBody(msgspec.Struct, frozen=True):
    """The address of a calendar feed."""

    feed_url: Annotated[
        str,
        Meta(
            description=(
                "Private URL to subscribe to in a calendar application. Anyone who has it can read "
                "the bookings, so keep it secret."
            )
        ),
    ]


def booking_body(booking: Booking) -> BookingBody:
    """Return the response body for a booking."""
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


def quote_body(offer: QuoteResult) -> QuoteBody:
    """Return the response body for a quote."""
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
