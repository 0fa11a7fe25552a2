"""Reminders: which bookings are reminded of, and when."""

from datetime import datetime

from domain.bookings import Booking, BookingStatus
from domain.house import REMINDER_LEAD_TIME
from domain.users import User


def is_reminder_relevant(booking: Booking, user: User, *, now: datetime) -> bool:
    """Whether a reminder still makes sense: CONFIRMED, not begun, and its active user wants one."""
    return (
        booking.status is BookingStatus.CONFIRMED
        and now < booking.period.start
        and user.reminders
        and user.is_active
    )


def is_reminder_due(booking: Booking, user: User, *, now: datetime) -> bool:
    """Whether a relevant reminder is to be sent: the booking begins within REMINDER_LEAD_TIME.

    A booking that was made within that time gets none, since its confirmation has just been sent.
    """
    reminded_from = booking.period.start - REMINDER_LEAD_TIME
    return (
        is_reminder_relevant(booking, user, now=now)
        and reminded_from <= now
        and booking.created_at < reminded_from
    )


def reminder_key(booking: Booking) -> str:
    """Return what identifies a reminder: the booking and its start, in whole seconds of the epoch.

    A booking that is moved to another start gets another reminder.
    """
    return f"{booking.id}/{int(booking.period.start.timestamp())}"
