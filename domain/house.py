"""House: the settings of a coworking house, and the fixed limits of bookings."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

MIN_BOOKING_DURATION = timedelta(minutes=15)
MAX_BOOKING_DURATION = timedelta(days=366)
BOOKING_HORIZON = timedelta(days=730)
CHECK_IN_OPENS_BEFORE = timedelta(minutes=15)
NO_SHOW_AT_END_FROM = timedelta(hours=24)
"""A booking this long becomes a no-show at its end, not after the grace period."""
REMINDER_LEAD_TIME = timedelta(hours=24)
MAX_AVAILABILITY_WINDOW = timedelta(days=62)


class Confirmation(StrEnum):
    """When a booking that costs something is confirmed."""

    PAYMENT = "payment"
    IMMEDIATE = "immediate"


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The settings that the rules of the house depend on.

    `timezone` applies to days, opening hours and prices; `booking_step` divides a day evenly.
    """

    timezone: ZoneInfo
    booking_step: timedelta = timedelta(minutes=15)
    booking_hold: timedelta = timedelta(minutes=15)
    no_show_grace: timedelta = timedelta(minutes=30)
    free_cancellation: timedelta = timedelta(hours=24)
    confirmation: Confirmation = Confirmation.IMMEDIATE
