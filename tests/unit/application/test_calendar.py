"""Bookings in calendar programs: one by one, and as a private feed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar, Component

from application.bookings.cancel_booking import Cancellation
from application.calendar.read_calendar_feed import SHOWN_AFTER_CANCELLATION, SHOWN_AFTER_END
from application.common.caller import Caller
from domain.bookings import Booking
from domain.errors import NotFound
from tests.entities import hours
from tests.unit.application.world import World

MOMENT = timedelta(microseconds=1)


def events(text: bytes) -> list[Any]:
    """The events of a calendar, whose properties are of very many types."""
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


async def test_somebody_elses_booking_is_not_found_but_by_admins(world: World) -> None:
    booking = await world.book(await world.a_caller(), await world.a_space(), 9, 10)
    with pytest.raises(NotFound):
        await world.get_booking_calendar(await world.a_caller(), booking.id)
    assert events(await world.get_booking_calendar(await world.an_admin(), booking.id))


async def test_a_feed_has_all_of_ones_own_bookings_and_no_others(world: World) -> None:
    member, zone = await world.a_caller(), await world.a_zone(5)
    own = {(await world.book(member, zone, start, start + 1)).id for start in (9, 40, 900)}
    await world.book(await world.a_caller(), zone, 9, 10)
    token = await world.create_calendar_feed(member)
    found = events(await world.read_calendar_feed(token))
    assert {event["UID"] for event in found} == {f"{one}@cowork-api" for one in own}


async def test_a_booking_leaves_the_feed_90_days_after_its_end(world: World) -> None:
    member = await world.a_caller()
    await world.book(member, await world.a_space(), 9, 10)
    token = await world.create_calendar_feed(member)
    world.clock.set(hours(9, 10).end + SHOWN_AFTER_END - MOMENT)
    assert len(events(await world.read_calendar_feed(token))) == 1
    world.clock.advance(MOMENT)
    assert events(await world.read_calendar_feed(token)) == []


async def test_a_cancelled_booking_is_shown_as_such_for_30_days(world: World) -> None:
    member = await world.a_caller()
    booking = await world.book(member, await world.a_space(), 9, 10)
    await world.cancel_booking(member, booking.id, Cancellation())
    token = await world.create_calendar_feed(member)
    world.clock.advance(SHOWN_AFTER_CANCELLATION - MOMENT)
    [event] = events(await world.read_calendar_feed(token))
    assert event["STATUS"] == "CANCELLED"
    world.clock.advance(MOMENT)
    assert events(await world.read_calendar_feed(token)) == []


async def test_another_feed_ends_the_one_before(world: World) -> None:
    member = await world.a_caller()
    first = await world.create_calendar_feed(member)
    second = await world.create_calendar_feed(member)
    with pytest.raises(NotFound):
        await world.read_calendar_feed(first)
    await world.read_calendar_feed(second)


async def test_a_revoked_feed_is_not_found(world: World) -> None:
    member, other = await world.a_caller(), await world.a_caller()
    token, others = (
        await world.create_calendar_feed(member),
        await world.create_calendar_feed(other),
    )
    for _ in range(2):
        await world.revoke_calendar_feed(member)
    with pytest.raises(NotFound):
        await world.read_calendar_feed(token)
    await world.read_calendar_feed(others)


async def test_the_feed_of_a_deactivated_account_is_not_found(world: World) -> None:
    member = await world.a_caller()
    token = await world.create_calendar_feed(member)
    await world.change_user(await world.an_admin(), member.user_id, {"is_active": False})
    with pytest.raises(NotFound):
        await world.read_calendar_feed(token)


@pytest.mark.parametrize("token", ["", "guessed", "\ud800", "\0"])
async def test_any_other_token_is_not_found(world: World, token: str) -> None:
    await world.create_calendar_feed(await world.a_caller())
    with pytest.raises(NotFound):
        await world.read_calendar_feed(token)
