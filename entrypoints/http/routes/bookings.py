"""`/api/bookings`: create, list, change and cancel bookings, check in and check out."""

from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from application.bookings.cancel_booking import CancelBooking, Cancellation
from application.bookings.change_booking import ChangeBooking
from application.bookings.check_in import CheckIn
from application.bookings.check_out import CheckOut
from application.bookings.confirm_booking import ConfirmBooking
from application.bookings.create_booking import CreateBooking
from application.bookings.find_bookings import FindBookingsQuery
from application.bookings.get_booking import GetBooking
from application.bookings.list_bookings import ListBookings
from application.bookings.quote_booking import QuoteBooking, QuoteResult
from application.common.paging import DEFAULT_PAGE_SIZE
from application.payments.refresh_checkout import RefreshCheckout
from application.ports.bookings import BookingFilter, BookingPosition
from application.ports.idempotency_keys import StoredResponse
from domain import errors
from domain.bookings import Booking, BookingStatus
from domain.ids import BookingId, SpaceId, UserId
from entrypoints.http.cursors import decode_time_cursor, encode_cursor
from entrypoints.http.etags import etag, expected_version
from entrypoints.http.fields import Instant
from entrypoints.http.idempotency import (
    IdempotencyKey,
    response_to_store,
    run_idempotent,
    store_validation_error,
)
from entrypoints.http.middleware.strict_query import REPEATABLE
from entrypoints.http.openapi.problem_responses import problem_responses
from entrypoints.http.parameters import BookingIdPath, Cursor, IfMatch, Limit
from entrypoints.http.request import ApiRequest
from entrypoints.http.responses import JsonResponse, list_response
from entrypoints.http.schemas.bookings import (
    BookingBody,
    CancelBookingBody,
    ChangeBookingBody,
    CreateBookingBody,
    QuoteBody,
    booking_body,
    quote_body,
)
from entrypoints.http.schemas.common import ListBody, plain

HOUSE_RULES = (
    errors.EndBeforeStart,
    errors.DurationTooShort,
    errors.DurationTooLong,
    errors.MisalignedTime,
    errors.StartInPast,
    errors.TooFarAhead,
    errors.OutsideOpeningHours,
)
_OWN_BOOKING = (errors.InvalidToken, errors.NotFound)
_KEYED = (errors.InvalidValue, errors.IdempotencyKeyReused)


@post(
    summary="Create a booking",
    before_request=store_validation_error,
    responses=problem_responses(
        *_KEYED, *_OWN_BOOKING, errors.Forbidden, errors.BookingConflict, *HOUSE_RULES
    ),
)
async def create_booking_handler(
    request: ApiRequest,
    data: JSONBody[CreateBookingBody],
    create_booking: NamedDependency[CreateBooking],
    idempotency_key: IdempotencyKey = None,
) -> Response[BookingBody]:
    """Book a space, or a desk of a HOT_DESK zone, for a period.

    A booking that has to be paid first is PENDING and holds its slot until `hold_expires_at`;
    any other is CONFIRMED at once.
    """
    booking_request = data.booking_request()
    return await run_idempotent(
        request,
        idempotency_key,
        lambda idempotency: create_booking(request.caller, booking_request, idempotency),
        _created,
    )


@post(
    "/quote",
    summary="Quote a booking",
    status_code=200,
    before_request=store_validation_error,
    responses=problem_responses(*_KEYED, *_OWN_BOOKING, errors.Forbidden, *HOUSE_RULES),
)
async def quote_booking_handler(
    request: ApiRequest,
    data: JSONBody[CreateBookingBody],
    quote_booking: NamedDependency[QuoteBooking],
    idempotency_key: IdempotencyKey = None,
) -> Response[QuoteBody]:
    """Calculate the price of a booking and whether it could be made now. Nothing is booked."""
    booking_request = data.booking_request()
    return await run_idempotent(
        request,
        idempotency_key,
        lambda idempotency: quote_booking(request.caller, booking_request, idempotency),
        _quoted,
    )


@get(
    summary="List bookings",
    opt={REPEATABLE: ("status",)},
    responses=problem_responses(errors.InvalidValue, errors.InvalidToken),
)
async def find_bookings_handler(
    request: ApiRequest,
    list_bookings: NamedDependency[ListBookings],
    status: Annotated[
        list[BookingStatus] | None,
        QueryParameter(description="Filter by status. Repeat the parameter for several statuses."),
    ] = None,
    space_id: Annotated[UUID | None, QueryParameter(description="Filter by space, by ID.")] = None,
    user_id: Annotated[
        UUID | None,
        QueryParameter(
            description="Filter by user, by ID. For members, another user's ID matches nothing."
        ),
    ] = None,
    overlaps_from: Annotated[
        Instant | None,
        QueryParameter(name="from", description="Only bookings that end after this time."),
    ] = None,
    overlaps_to: Annotated[
        Instant | None,
        QueryParameter(name="to", description="Only bookings that start before this time."),
    ] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE_SIZE,
) -> Response[ListBody[BookingBody]]:
    """List bookings, latest start first. Members see their own, admins see all."""
    page = await list_bookings(
        request.caller,
        FindBookingsQuery(
            criteria=BookingFilter(
                user_id=None if user_id is None else UserId(user_id),
                space_id=None if space_id is None else SpaceId(space_id),
                statuses=frozenset(status or ()),
                overlaps_from=plain(overlaps_from),
                overlaps_to=plain(overlaps_to),
            ),
            after=_position(cursor),
            limit=limit,
        ),
    )
    next_position = page.next and (page.next.start, page.next.id)
    return list_response(page.items, encode_cursor(next_position))


@get("/{booking_id:uuid}", summary="Get a booking", responses=problem_responses(*_OWN_BOOKING))
async def get_booking_handler(
    request: ApiRequest,
    booking_id: BookingIdPath,
    refresh_checkout: NamedDependency[RefreshCheckout],
    get_booking: NamedDependency[GetBooking],
) -> Response[BookingBody]:
    """Return a booking. The status of an open checkout is refreshed from Stripe first."""
    await refresh_checkout(request.caller, BookingId(booking_id))
    return _booking_response(await get_booking(request.caller, BookingId(booking_id)))


@put(
    "/{booking_id:uuid}",
    summary="Change a booking",
    responses=problem_responses(
        errors.InvalidValue,
        *_OWN_BOOKING,
        errors.InvalidTransition,
        errors.BookingConflict,
        errors.PaymentRequired,
        errors.VersionMismatch,
        *HOUSE_RULES,
    ),
)
async def change_booking_handler(
    request: ApiRequest,
    booking_id: BookingIdPath,
    data: JSONBody[ChangeBookingBody],
    change_booking: NamedDependency[ChangeBooking],
    if_match: IfMatch = None,
) -> Response[BookingBody]:
    """Change the time, space or notes of a booking that has not started.

    A new time or space is priced again. If the new price is lower, the difference of what was paid
    is refunded.
    """
    booking = await change_booking(
        request.caller, BookingId(booking_id), data.changes(), expected_version(if_match)
    )
    return _booking_response(booking)


@post(
    "/{booking_id:uuid}/cancel",
    summary="Cancel a booking",
    status_code=200,
    before_request=store_validation_error,
    responses=problem_responses(
        *_KEYED, *_OWN_BOOKING, errors.Forbidden, errors.InvalidTransition, errors.BookingStarted
    ),
)
async def cancel_booking_handler(
    request: ApiRequest,
    booking_id: BookingIdPath,
    cancel_booking: NamedDependency[CancelBooking],
    data: JSONBody[CancelBookingBody | None] = None,
    idempotency_key: IdempotencyKey = None,
) -> Response[BookingBody]:
    """Cancel a booking. Its slot is free immediately; a refund follows in the background.

    Members can cancel until the start, admins also after it.
    """
    cancellation = Cancellation(reason=data.reason, refund=data.refund) if data else Cancellation()
    return await run_idempotent(
        request,
        idempotency_key,
        lambda idempotency: cancel_booking(
            request.caller, BookingId(booking_id), cancellation, idempotency
        ),
        _changed,
    )


@post(
    "/{booking_id:uuid}/confirm",
    summary="Confirm a booking",
    status_code=200,
    responses=problem_responses(*_KEYED, *_OWN_BOOKING, errors.Forbidden, errors.InvalidTransition),
)
async def confirm_booking_handler(
    request: ApiRequest,
    booking_id: BookingIdPath,
    confirm_booking: NamedDependency[ConfirmBooking],
    idempotency_key: IdempotencyKey = None,
) -> Response[BookingBody]:
    """Confirm a PENDING booking that was paid in cash or by bank transfer. Admins only."""
    return await run_idempotent(
        request,
        idempotency_key,
        lambda idempotency: confirm_booking(request.caller, BookingId(booking_id), idempotency),
        _changed,
    )


@post(
    "/{booking_id:uuid}/check-in",
    summary="Check in",
    status_code=200,
    responses=problem_responses(
        *_KEYED, *_OWN_BOOKING, errors.InvalidTransition, errors.OutsideCheckInWindow
    ),
)
async def check_in_handler(
    request: ApiRequest,
    booking_id: BookingIdPath,
    check_in: NamedDependency[CheckIn],
    idempotency_key: IdempotencyKey = None,
) -> Response[BookingBody]:
    """Check in to a booking, from 15 minutes before its start until its end."""
    return await run_idempotent(
        request,
        idempotency_key,
        lambda idempotency: check_in(request.caller, BookingId(booking_id), idempotency),
        _changed,
    )


@post(
    "/{booking_id:uuid}/check-out",
    summary="Check out",
    status_code=200,
    responses=problem_responses(*_KEYED, *_OWN_BOOKING, errors.InvalidTransition),
)
async def check_out_handler(
    request: ApiRequest,
    booking_id: BookingIdPath,
    check_out: NamedDependency[CheckOut],
    idempotency_key: IdempotencyKey = None,
) -> Response[BookingBody]:
    """Check out of a booking. The rest of its slot is free immediately."""
    return await run_idempotent(
        request,
        idempotency_key,
        lambda idempotency: check_out(request.caller, BookingId(booking_id), idempotency),
        _changed,
    )


def _booking_response(booking: Booking) -> Response[BookingBody]:
    return JsonResponse(booking_body(booking), headers={"ETag": etag(booking.version)})


def _changed(booking: Booking) -> StoredResponse:
    return response_to_store(200, booking_body(booking), {"ETag": etag(booking.version)})


def _created(booking: Booking) -> StoredResponse:
    headers = {"ETag": etag(booking.version), "Location": f"/api/bookings/{booking.id}"}
    return response_to_store(201, booking_body(booking), headers)


def _quoted(offer: QuoteResult) -> StoredResponse:
    return response_to_store(200, quote_body(offer))


def _position(cursor: str | None) -> BookingPosition | None:
    position = decode_time_cursor(cursor)
    return None if position is None else BookingPosition(position[0], BookingId(position[1]))


router = Router(
    "/api/bookings",
    tags=["Bookings"],
    route_handlers=[
        create_booking_handler,
        quote_booking_handler,
        find_bookings_handler,
        get_booking_handler,
        change_booking_handler,
        cancel_booking_handler,
        confirm_booking_handler,
        check_in_handler,
        check_out_handler,
    ],
)
