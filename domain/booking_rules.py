"""The rules for the time of a booking, independent of other bookings."""

from datetime import datetime

from domain.errors import (
    DurationTooLong,
    DurationTooShort,
    MisalignedTime,
    OutsideOpeningHours,
    StartInPast,
    TooFarAhead,
)
from domain.house import BOOKING_HORIZON, MAX_BOOKING_DURATION, MIN_BOOKING_DURATION, House
from domain.local_time import MINUTE, is_on_grid
from domain.opening_hours import open_periods
from domain.period import Period
from domain.spaces import Space


def check_booking_time(
    period: Period, space: Space, house: House, *, now: datetime, by_admin: bool
) -> None:
    """Raise the first HouseRule, in the contract's order, that the period breaks.

    That the end comes after the start is the first rule, which Period checks.
    """
    if period.duration < MIN_BOOKING_DURATION:
        raise DurationTooShort(
            f"A booking takes at least {MIN_BOOKING_DURATION // MINUTE} minutes."
        )
    if period.duration > MAX_BOOKING_DURATION:
        raise DurationTooLong(f"A booking takes at most {MAX_BOOKING_DURATION.days} days.")
    step, zone = house.booking_step, house.timezone
    if not (is_on_grid(period.start, step, zone) and is_on_grid(period.end, step, zone)):
        raise MisalignedTime(f"Bookings start and end on steps of {step // MINUTE} minutes.")
    if not by_admin and period.start < now - step:
        raise StartInPast("The booking would start in the past.")
    if period.start > now + BOOKING_HORIZON:
        raise TooFarAhead(f"Bookings start at most {BOOKING_HORIZON.days} days ahead.")
    if open_periods(space.opening_hours, period, zone) != [period]:
        raise OutsideOpeningHours("The space is not open for the whole period.")
