"""Calendar exports: single bookings, and private feeds of a user's bookings."""

from typing import Annotated

from litestar import Response, Router, delete, get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter

from application.calendar.create_calendar_feed import CreateCalendarFeed
from application.calendar.get_booking_calendar import GetBookingCalendar
from application.calendar.read_calendar_feed import ReadCalendarFeed
from application.calendar.revoke_calendar_feed import RevokeCalendarFeed
from domain import errors
from domain.ids import BookingId
from entrypoints.http.middleware.authentication import PUBLIC
from entrypoints.http.openapi.problem_responses import problem_responses
from entrypoints.http.parameters import BookingIdPath
from entrypoints.http.request import ApiRequest
from entrypoints.http.schemas.bookings import CalendarFeedBody

MEDIA_TYPE = "text/calendar"
"""Litestar adds `charset=utf-8` to text types."""
_SUFFIX = ".ics"


@get(
    "/api/bookings/{booking_id:uuid}/calendar.ics",
    summary="Get a booking as a calendar event",
    response_description="The calendar file.",
    media_type=MEDIA_TYPE,
    responses=problem_responses(errors.InvalidToken, errors.NotFound),
)
async def get_booking_calendar_handler(
    request: ApiRequest,
    booking_id: BookingIdPath,
    get_booking_calendar: NamedDependency[GetBookingCalendar],
) -> Response[bytes]:
    """Return a booking as an iCalendar event (RFC 5545)."""
    return _calendar(await get_booking_calendar(request.caller, BookingId(booking_id)))


@post(
    "/api/calendar-feed",
    summary="Create a calendar feed",
    status_code=200,
    responses=problem_responses(errors.InvalidToken),
)
async def open_calendar_feed_handler(
    request: ApiRequest, create_calendar_feed: NamedDependency[CreateCalendarFeed]
) -> CalendarFeedBody:
    """Create a private URL of your bookings for calendar applications.

    It replaces the previous URL, which stops working.
    """
    token = await create_calendar_feed(request.caller)
    return CalendarFeedBody(f"{str(request.base_url).rstrip('/')}/calendar/{token}{_SUFFIX}")


@delete(
    "/api/calendar-feed",
    summary="Delete the calendar feed",
    responses=problem_responses(errors.InvalidToken),
)
async def close_calendar_feed_handler(
    request: ApiRequest, revoke_calendar_feed: NamedDependency[RevokeCalendarFeed]
) -> None:
    """Revoke the private URL."""
    await revoke_calendar_feed(request.caller)


@get(
    "/calendar/{file:str}",
    summary="Read a calendar feed",
    response_description="The calendar file.",
    opt=PUBLIC,
    media_type=MEDIA_TYPE,
    responses=problem_responses(errors.NotFound),
)
async def read_calendar_feed_handler(
    file: Annotated[str, PathParameter(description="Token of the feed, followed by `.ics`.")],
    read_calendar_feed: NamedDependency[ReadCalendarFeed],
) -> Response[bytes]:
    """Return the bookings of the user who created the feed, in iCalendar format (RFC 5545)."""
    if not file.endswith(_SUFFIX):
        raise errors.NotFound("This calendar does not exist.")
    return _calendar(await read_calendar_feed(file.removesuffix(_SUFFIX)))


def _calendar(text: bytes) -> Response[bytes]:
    return Response(text, media_type=MEDIA_TYPE, headers={"Cache-Control": "private, no-cache"})


router = Router(
    "/",
    tags=["Calendar"],
    route_handlers=[
        get_booking_calendar_handler,
        open_calendar_feed_handler,
        close_calendar_feed_handler,
        read_calendar_feed_handler,
    ],
)
