"""GetBookingCalendar: a booking as an iCalendar event."""

from datetime import UTC, datetime
from typing import Any

import pytest
from icalendar import Calendar, Component

from application.bookings.cancel_booking import Cancellation
from application.common.caller import Caller
from domain.bookings import Booking
from domain.errors import NotFound
from tests.unit.application.world import World


def events(text: bytes) -> list[Any]:
    """Return the events of an iCalendar file."""
    calendar = Calendar.from_ical(text)
    assert isinstance(calendar, Component)
    return list(calendar.walk("VEVENT"))


async def event_of(world: World, caller: Caller, booking: Booking) -> Any:
    [event] = events(await world.get_booking_calendar(caller, booking.id))
    return event


async def test_a_booking_is_one_event(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space(name="Harbour, upper deck")
    booking = await world.book(member, room, 9, 10.5)
    text = await world.get_booking_calendar(member, booking.id)
    assert text.startswith(b"BEGIN:VCALENDAR\r\n")
    assert b"\r\nVERSION:2.0\r\n" in text
    [event] = events(text)
    assert event["UID"] == f"{booking.id}@cowork-api"
    assert event["SUMMARY"] == "Harbour, upper deck"
    assert event["DTSTART"].to_ical() == b"20260302T090000Z"
    assert event["DTEND"].to_ical() == b"20260302T103000Z"
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == world.clock.now()
    assert (event["SEQUENCE"], event["STATUS"]) == (0, "CONFIRMED")


async def test_an_event_keeps_its_uid_and_counts_its_changes(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 9, 10)
    before = await event_of(world, member, booking)
    world.set_time(8.5)
    await world.move(member, booking, 12, 13)
    moved = await event_of(world, member, booking)
    assert moved["UID"] == before["UID"]
    assert moved["SEQUENCE"] == 1
    assert moved["DTSTART"].dt == datetime(2026, 3, 2, 12, tzinfo=UTC)
    await world.cancel_booking(member, booking.id, Cancellation())
    cancelled = await event_of(world, member, booking)
    assert (cancelled["SEQUENCE"], cancelled["STATUS"]) == (2, "CANCELLED")


async def test_a_hold_is_tentative(paying_world: World) -> None:
    world = paying_world
    member = await world.a_caller()
    booking = await world.book(member, await world.a_space(), 9, 10)
    assert (await event_of(world, member, booking))["STATUS"] == "TENTATIVE"


async def test_another_users_booking_is_visible_to_admins_only(world: World) -> None:
    booking = await world.book(await world.a_caller(), await world.a_space(), 9, 10)
    with pytest.raises(NotFound):
        await world.get_booking_calendar(await world.a_caller(), booking.id)
    assert events(await world.get_booking_calendar(await world.an_admin(), booking.id))
