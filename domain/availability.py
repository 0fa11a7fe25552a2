"""Availability: when a space is free and busy within a window. Public, without personal data."""

from dataclasses import dataclass
from datetime import datetime

from domain.booking_rules import check_booking_time
from domain.errors import HouseRule
from domain.house import House
from domain.period import Period
from domain.schedule import FreePeriod, Schedule
from domain.spans import Span


@dataclass(frozen=True, slots=True)
class Availability:
    """Free and busy times of one window, without names or ids of users.

    `is_available` is whether a booking of exactly this window would be accepted now. `free` starts
    now at the earliest; `busy` may lie in the past.
    """

    window: Period
    is_available: bool
    free: list[FreePeriod]
    busy: list[Span]


def availability(
    schedule: Schedule, window: Period, house: House, *, now: datetime
) -> Availability:
    """Return the availability; the schedule must have all occupations that overlap the window."""
    from_now = Period(max(window.start, now), window.end) if now < window.end else None
    return Availability(
        window,
        is_available=can_be_booked(schedule, window, house, now=now),
        free=schedule.free_periods(from_now, house, at=now) if from_now else [],
        busy=schedule.busy_spans(window, house, at=now),
    )


def can_be_booked(schedule: Schedule, period: Period, house: House, *, now: datetime) -> bool:
    """Whether a member's booking of exactly this period would be accepted now."""
    try:
        check_booking_time(period, schedule.space, house, now=now, by_admin=False)
    except HouseRule:
        return False
    return schedule.space.is_active and bool(schedule.free_desks(period, at=now))
