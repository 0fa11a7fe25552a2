"""Calling use cases with an idempotency key, as an entry point does."""

from application.bookings.booking_request import BookingRequest
from application.common.caller import Caller
from application.idempotency.idempotent_executor import ExecutionResult
from application.idempotency.request_key import RequestKey, fingerprint_of
from application.ports.idempotency_keys import StoredResponse
from domain.bookings import Booking
from domain.errors import DomainError, InvalidToken, NotFound
from domain.spaces import Space
from tests.entities import hours
from tests.unit.application.world import World

STATUS: dict[type[DomainError], int] = {InvalidToken: 401, NotFound: 404}


def key_of(caller: Caller, key: str, request: object = "") -> RequestKey:
    """Return the key of a request whose body is the object's `repr`."""
    body = repr(request).encode()
    return RequestKey(caller.user_id, key, fingerprint_of("POST", "/api/bookings", body))


def render(booking: Booking) -> StoredResponse:
    """Return the response to a created booking."""
    text = f"{booking.id} {booking.status} v{booking.version}"
    return StoredResponse(201, {"Location": f"/api/bookings/{booking.id}"}, text.encode())


def render_refusal(refusal: DomainError) -> StoredResponse:
    """Return the response to a refusal: its status and its error code."""
    return StoredResponse(STATUS.get(type(refusal), 409), {}, refusal.code.encode())


def is_final(refusal: DomainError) -> bool:
    """Whether the refusal is stored: all but InvalidToken."""
    return not isinstance(refusal, InvalidToken)


async def book_once(
    world: World, caller: Caller, key: str | None, space: Space, start: float, end: float
) -> ExecutionResult:
    """Book from one hour of MONDAY to another, with an idempotency key if it has one."""
    period = hours(start, end)
    request = BookingRequest(space_id=space.id, start=period.start, end=period.end)
    return await world.idempotent_executor(
        None if key is None else key_of(caller, key, request),
        lambda idempotency: world.create_booking(caller, request, idempotency),
        render,
        render_refusal=render_refusal,
        is_final=is_final,
    )
