"""Reminders: which bookings are reminded of, and when."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.bookings import BookingStatus
from domain.reminders import is_reminder_due, is_reminder_relevant, reminder_key
from tests.entities import HOUR, MONDAY, a_booking, a_space, a_user, hours

DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)
START = MONDAY + 9 * HOUR
LONG_AGO: dict[str, Any] = {"created_at": MONDAY - 9 * DAY}


@pytest.mark.parametrize(
    "now, is_due",
    [
        (START - DAY - MICROSECOND, False),
        (START - DAY, True),
        (START - MICROSECOND, True),
        (START, False),
        (START + HOUR, False),
    ],
)
def test_a_reminder_is_due_within_a_day_of_the_start(now: datetime, *, is_due: bool) -> None:
    user = a_user()
    booking = a_booking(user, a_space(), hours(9, 10), **LONG_AGO)
    assert is_reminder_due(booking, user, now=now) is is_due


@pytest.mark.parametrize(
    "created_at, is_due", [(START - DAY - MICROSECOND, True), (START - DAY, False)]
)
def test_a_booking_that_was_made_within_the_day_gets_no_reminder(
    created_at: datetime, *, is_due: bool
) -> None:
    user = a_user()
    booking = a_booking(user, a_space(), hours(9, 10), created_at=created_at)
    assert is_reminder_due(booking, user, now=START - HOUR) is is_due
    assert is_reminder_relevant(booking, user, now=START - HOUR)


@pytest.mark.parametrize("status", BookingStatus)
def test_only_a_confirmed_booking_gets_a_reminder(status: BookingStatus) -> None:
    user = a_user()
    booking = a_booking(user, a_space(), hours(9, 10), status=status, **LONG_AGO)
    is_confirmed = status is BookingStatus.CONFIRMED
    assert is_reminder_due(booking, user, now=START - HOUR) is is_confirmed
    assert is_reminder_relevant(booking, user, now=START - HOUR) is is_confirmed


@pytest.mark.parametrize("fields", [{"reminders": False}, {"is_active": False}])
def test_only_an_active_user_who_wants_reminders_gets_one(fields: dict[str, Any]) -> None:
    user = a_user(**fields)
    booking = a_booking(user, a_space(), hours(9, 10), **LONG_AGO)
    assert not is_reminder_due(booking, user, now=START - HOUR)
    assert not is_reminder_relevant(booking, user, now=START - HOUR)


def test_a_booking_that_moves_to_another_start_gets_another_reminder() -> None:
    user, room = a_user(), a_space()
    booking = a_booking(user, room, hours(9, 10))
    longer = a_booking(user, room, hours(9, 11), id=booking.id)
    later = a_booking(user, room, hours(10, 11), id=booking.id)
    assert reminder_key(booking) == f"{booking.id}/{int(START.timestamp())}"
    assert reminder_key(longer) == reminder_key(booking)
    assert reminder_key(later) != reminder_key(booking)
