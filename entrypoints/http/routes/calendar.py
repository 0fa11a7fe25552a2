"""Calendars: a booking as an event, and a private feed of one's own for calendar programs."""

from uuid import UUID

from litestar import Response, Router, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.bookings.calendar import (
    CloseCalendarFeed,
    GetBookingCalendar,
    OpenCalendarFeed,
    ReadCalendarFeed,
)
from domain import errors
from domain.ids import BookingId
from entrypoints.http.access import PUBLIC
from entrypoints.http.problems import failures
from entrypoints.http.request import ApiRequest
from entrypoints.http.schemas.bookings import CalendarFeedBody

MEDIA_TYPE = "text/calendar"
"""Litestar adds the charset, UTF-8, to text."""
_SUFFIX = ".ics"


@get(
    "/api/bookings/{booking_id:uuid}/calendar.ics",
    media_type=MEDIA_TYPE,
    responses=failures(errors.InvalidToken, errors.NotFound),
)
async def get_booking_calendar_handler(
    request: ApiRequest,
    booking_id: FromPath[UUID],
    get_booking_calendar: NamedDependency[GetBookingCalendar],
) -> Response[bytes]:
    """One booking as an event of RFC 5545."""
    return _calendar(await get_booking_calendar(request.caller, BookingId(booking_id)))


@post("/api/calendar-feed", status_code=200, responses=failures(errors.InvalidToken))
async def open_calendar_feed_handler(
    request: ApiRequest, open_calendar_feed: NamedDependency[OpenCalendarFeed]
) -> CalendarFeedBody:
    """Get a private address of one's own bookings. One that was there before ends."""
    token = await open_calendar_feed(request.caller)
    return CalendarFeedBody(f"{str(request.base_url).rstrip('/')}/calendar/{token}{_SUFFIX}")


@delete("/api/calendar-feed", responses=failures(errors.InvalidToken))
async def close_calendar_feed_handler(
    request: ApiRequest, close_calendar_feed: NamedDependency[CloseCalendarFeed]
) -> None:
    """End the private address."""
    await close_calendar_feed(request.caller)


@get(
    "/calendar/{file:str}",
    opt=PUBLIC,
    media_type=MEDIA_TYPE,
    responses=failures(errors.NotFound),
)
async def read_calendar_feed_handler(
    file: FromPath[str], read_calendar_feed: NamedDependency[ReadCalendarFeed]
) -> Response[bytes]:
    """The bookings of whoever gave this address to their calendar program."""
    if not file.endswith(_SUFFIX):
        raise errors.NotFound("There is no such calendar.")
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
