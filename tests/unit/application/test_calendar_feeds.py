"""CreateCalendarFeed, ReadCalendarFeed and RevokeCalendarFeed: the private feed of a member."""

from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar, Component

from application.bookings.cancel_booking import Cancellation
from application.calendar.read_calendar_feed import SHOWN_AFTER_CANCELLATION, SHOWN_AFTER_END
from domain.errors import NotFound
from tests.entities import hours
from tests.unit.application.world import World

MOMENT = timedelta(microseconds=1)


def events(text: bytes) -> list[Any]:
    """Return the events of an iCalendar file."""
    calendar = Calendar.from_ical(text)
    assert isinstance(calendar, Component)
    return list(calendar.walk("VEVENT"))


async def test_a_feed_has_all_bookings_of_its_owner_and_no_others(world: World) -> None:
    member, zone = await world.a_caller(), await world.a_zone(5)
    own = {(await world.book(member, zone, start, start + 1)).id for start in (9, 40, 900)}
    await world.book(await world.a_caller(), zone, 9, 10)
    token = await world.create_calendar_feed(member)
    shown = events(await world.read_calendar_feed(token))
    assert {event["UID"] for event in shown} == {f"{booking_id}@cowork-api" for booking_id in own}


async def test_a_booking_leaves_the_feed_90_days_after_its_end(world: World) -> None:
    member = await world.a_caller()
    await world.book(member, await world.a_space(), 9, 10)
    token = await world.create_calendar_feed(member)
    world.clock.set(hours(9, 10).end + SHOWN_AFTER_END - MOMENT)
    assert len(events(await world.read_calendar_feed(token))) == 1
    world.clock.advance(MOMENT)
    assert events(await world.read_calendar_feed(token)) == []


async def test_a_cancelled_booking_stays_in_the_feed_for_30_days(world: World) -> None:
    member = await world.a_caller()
    booking = await world.book(member, await world.a_space(), 9, 10)
    await world.cancel_booking(member, booking.id, Cancellation())
    token = await world.create_calendar_feed(member)
    world.clock.advance(SHOWN_AFTER_CANCELLATION - MOMENT)
    [event] = events(await world.read_calendar_feed(token))
    assert event["STATUS"] == "CANCELLED"
    world.clock.advance(MOMENT)
    assert events(await world.read_calendar_feed(token)) == []


async def test_a_new_feed_replaces_the_previous_one(world: World) -> None:
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
async def test_an_invalid_token_is_not_found(world: World, token: str) -> None:
    await world.create_calendar_feed(await world.a_caller())
    with pytest.raises(NotFound):
        await world.read_calendar_feed(token)
