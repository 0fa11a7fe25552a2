"""A third-party program that books a room with a client generated from the OpenAPI document."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from house_client import AuthenticatedClient, Client
from house_client.api.auth import sign_up
from house_client.api.bookings import create_booking, get_booking
from house_client.api.spaces import find_spaces
from house_client.models import Booking, CreateBooking, Problem, Session, SignUp, SpaceList
from house_client.models.space_type import SpaceType

PERSON = SignUp(email="ada@example.com", password="nine green umbrellas", full_name="Ada Example")


@dataclass(frozen=True, slots=True)
class Visit:
    """The result of a visit: the booking, and the code of the refused second attempt."""

    booking: Booking
    refusal: Problem


async def visit(address: str, start: datetime, end: datetime, **options: Any) -> Visit:
    """Sign up, find a meeting room, book it, read the booking, and book it again."""
    anybody = Client(address, httpx_args=options)
    session = await sign_up.asyncio(client=anybody, body=PERSON)
    assert isinstance(session, Session), session
    member = AuthenticatedClient(address, session.access_token, httpx_args=options)
    rooms = await find_spaces.asyncio(
        client=member, space_type=SpaceType.MEETING_ROOM, available_from=start, available_to=end
    )
    assert isinstance(rooms, SpaceList), rooms
    request = CreateBooking(space_id=rooms.items[0].id, start_time=start, end_time=end)
    booked = await create_booking.asyncio(client=member, body=request, idempotency_key="visit-1")
    assert isinstance(booked, Booking), booked
    seen = await get_booking.asyncio(booking_id=booked.id, client=member)
    assert isinstance(seen, Booking), seen
    refusal = await create_booking.asyncio(client=member, body=request)
    assert isinstance(refusal, Problem), refusal
    return Visit(seen, refusal)
