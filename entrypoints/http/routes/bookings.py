"""`/api/bookings`: booking, looking bookings up, changing and giving them up, coming and going."""

from uuid import UUID

from litestar import Response, Router, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from application.bookings.cancel_booking import CancelBooking, Cancellation
from application.bookings.change_booking import ChangeBooking
from application.bookings.come_and_go import CheckIn, CheckOut
from application.bookings.confirm_booking import ConfirmBooking
from application.bookings.create_booking import CreateBooking
from application.bookings.find_bookings import FindBookingsQuery, GetBooking, ListBookings
from application.bookings.quote_booking import Offer, QuoteBooking
from application.payments.look_at_checkout import LookAtCheckout
from application.ports.bookings import BookingFilter, BookingPosition
from application.ports.idempotency_keys import KeptAnswer
from domain import errors
from domain.bookings import Booking, BookingStatus
from domain.ids import BookingId, SpaceId, UserId
from entrypoints.http.answers import JsonResponse, list_response
from entrypoints.http.cursors import decode_time_cursor, encode_cursor
from entrypoints.http.etags import etag, expected_version
from entrypoints.http.once import IdempotencyKey, answered_once, keep_misfit, kept
from entrypoints.http.parameters import Cursor, From, IfMatch, Limit, To
from entrypoints.http.problems import failures
from entrypoints.http.query import REPEATABLE
from entrypoints.http.request import ApiRequest
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
_USUAL = (errors.InvalidToken, errors.NotFound)
_KEYED = (errors.InvalidValue, errors.IdempotencyKeyReused)


@post(
    before_request=keep_misfit,
    responses=failures(*_KEYED, *_USUAL, errors.Forbidden, errors.BookingConflict, *HOUSE_RULES),
)
async def create_booking_handler(
    request: ApiRequest,
    data: JSONBody[CreateBookingBody],
    create_booking: NamedDependency[CreateBooking],
    idempotency_key: IdempotencyKey = None,  # noqa: ARG001 - read by `answered_once`
) -> Response[BookingBody]:
    """Book a space, or a desk of a zone, for a period."""
    wanted = data.wanted()
    return await answered_once(
        request, lambda keyed: create_booking(request.caller, wanted, keyed), _created
    )


@post(
    "/quote",
    status_code=200,
    before_request=keep_misfit,
    responses=failures(*_KEYED, *_USUAL, errors.Forbidden, *HOUSE_RULES),
)
async def quote_booking_handler(
    request: ApiRequest,
    data: JSONBody[CreateBookingBody],
    quote_booking: NamedDependency[QuoteBooking],
    idempotency_key: IdempotencyKey = None,  # noqa: ARG001 - read by `answered_once`
) -> Response[QuoteBody]:
    """See what a booking would cost, and whether it could be made. Nothing is stored."""
    wanted = data.wanted()
    return await answered_once(
        request, lambda keyed: quote_booking(request.caller, wanted, keyed), _quoted
    )


@get(opt={REPEATABLE: ("status",)}, responses=failures(errors.InvalidValue, errors.InvalidToken))
async def find_bookings_handler(
    request: ApiRequest,
    list_bookings: NamedDependency[ListBookings],
    status: FromQuery[list[BookingStatus] | None] = None,
    space_id: FromQuery[UUID | None] = None,
    user_id: FromQuery[UUID | None] = None,
    overlaps_from: From = None,
    overlaps_to: To = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response[ListBody[BookingBody]]:
    """List bookings that overlap a period, latest start first: one's own, or an admin's all."""
    page = await list_bookings(
        request.caller,
        FindBookingsQuery(
            wanted=BookingFilter(
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
    following = page.next and (page.next.start, page.next.id)
    return list_response(page.items, encode_cursor(following))


@get("/{booking_id:uuid}", responses=failures(*_USUAL))
async def get_booking_handler(
    request: ApiRequest,
    booking_id: FromPath[UUID],
    look_at_checkout: NamedDependency[LookAtCheckout],
    get_booking: NamedDependency[GetBooking],
) -> Response[BookingBody]:
    """One booking. If a checkout for it is open, Stripe is asked how that went."""
    await look_at_checkout(request.caller, BookingId(booking_id))
    return _answer(await get_booking(request.caller, BookingId(booking_id)))


@put(
    "/{booking_id:uuid}",
    responses=failures(
        errors.InvalidValue,
        *_USUAL,
        errors.InvalidTransition,
        errors.BookingConflict,
        errors.PaymentRequired,
        errors.VersionMismatch,
        *HOUSE_RULES,
    ),
)
async def change_booking_handler(
    request: ApiRequest,
    booking_id: FromPath[UUID],
    data: JSONBody[ChangeBookingBody],
    change_booking: NamedDependency[ChangeBooking],
    if_match: IfMatch = None,
) -> Response[BookingBody]:
    """Move a booking to another time or space, until it begins. It is priced anew."""
    booking = await change_booking(
        request.caller, BookingId(booking_id), data.changes(), expected_version(if_match)
    )
    return _answer(booking)


@post(
    "/{booking_id:uuid}/cancel",
    status_code=200,
    before_request=keep_misfit,
    responses=failures(
        *_KEYED, *_USUAL, errors.Forbidden, errors.InvalidTransition, errors.BookingStarted
    ),
)
async def cancel_booking_handler(
    request: ApiRequest,
    booking_id: FromPath[UUID],
    cancel_booking: NamedDependency[CancelBooking],
    data: JSONBody[CancelBookingBody | None] = None,
    idempotency_key: IdempotencyKey = None,  # noqa: ARG001 - read by `answered_once`
) -> Response[BookingBody]:
    """Give a booking up; its slot is free at once."""
    cancellation = Cancellation(reason=data.reason, refund=data.refund) if data else Cancellation()
    return await answered_once(
        request,
        lambda keyed: cancel_booking(request.caller, BookingId(booking_id), cancellation, keyed),
        _changed,
    )


@post(
    "/{booking_id:uuid}/confirm",
    status_code=200,
    responses=failures(*_KEYED, *_USUAL, errors.Forbidden, errors.InvalidTransition),
)
async def confirm_booking_handler(
    request: ApiRequest,
    booking_id: FromPath[UUID],
    confirm_booking: NamedDependency[ConfirmBooking],
    idempotency_key: IdempotencyKey = None,  # noqa: ARG001 - read by `answered_once`
) -> Response[BookingBody]:
    """Confirm a held booking that was paid in cash or by transfer."""
    return await answered_once(
        request,
        lambda keyed: confirm_booking(request.caller, BookingId(booking_id), keyed),
        _changed,
    )


@post(
    "/{booking_id:uuid}/check-in",
    status_code=200,
    responses=failures(*_KEYED, *_USUAL, errors.InvalidTransition, errors.OutsideCheckInWindow),
)
async def check_in_handler(
    request: ApiRequest,
    booking_id: FromPath[UUID],
    check_in: NamedDependency[CheckIn],
    idempotency_key: IdempotencyKey = None,  # noqa: ARG001 - read by `answered_once`
) -> Response[BookingBody]:
    """Arrive: from 15 minutes before the start until the end."""
    return await answered_once(
        request, lambda keyed: check_in(request.caller, BookingId(booking_id), keyed), _changed
    )


@post(
    "/{booking_id:uuid}/check-out",
    status_code=200,
    responses=failures(*_KEYED, *_USUAL, errors.InvalidTransition),
)
async def check_out_handler(
    request: ApiRequest,
    booking_id: FromPath[UUID],
    check_out: NamedDependency[CheckOut],
    idempotency_key: IdempotencyKey = None,  # noqa: ARG001 - read by `answered_once`
) -> Response[BookingBody]:
    """Leave; what is left of the slot is free at once."""
    return await answered_once(
        request, lambda keyed: check_out(request.caller, BookingId(booking_id), keyed), _changed
    )


def _answer(booking: Booking) -> Response[BookingBody]:
    return JsonResponse(booking_body(booking), headers={"ETag": etag(booking.version)})


def _changed(booking: Booking) -> KeptAnswer:
    return kept(200, booking_body(booking), {"ETag": etag(booking.version)})


def _created(booking: Booking) -> KeptAnswer:
    headers = {"ETag": etag(booking.version), "Location": f"/api/bookings/{booking.id}"}
    return kept(201, booking_body(booking), headers)


def _quoted(offer: Offer) -> KeptAnswer:
    return kept(200, quote_body(offer))


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
