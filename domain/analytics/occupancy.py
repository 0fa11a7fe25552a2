"""Occupancy report: booked against bookable time, by day, by space, and by weekday and hour."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from domain.analytics.days import ReportDays
from domain.analytics.supply import Supply, supply_of
from domain.analytics.usage import Usage
from domain.bookings import BookingStatus
from domain.ids import SpaceId
from domain.space_history import SpaceVersion

COUNTED_STATUSES = frozenset(
    {
        BookingStatus.CONFIRMED,
        BookingStatus.CHECKED_IN,
        BookingStatus.COMPLETED,
        BookingStatus.NO_SHOW,
    }
)
"""Statuses that count as booked: the desk was or is reserved, also for a no-show."""
_PLACES = Decimal("0.0001")
_HOUR = 3_600_000_000


@dataclass(frozen=True, slots=True)
class OccupancyFigures:
    """The input of the report: the matching spaces, oldest first, and their usage.

    `booked_by_space` is in microseconds.
    """

    names: Mapping[SpaceId, str]
    history: Mapping[SpaceId, Sequence[SpaceVersion]]
    booked_by_space: Mapping[SpaceId, int]
    booked: Usage
    occupied: Usage


@dataclass(frozen=True, slots=True)
class DayOccupancy:
    """One day of the house. Hours have four decimals, so that they are exact to the second."""

    date: date
    bookable_hours: Decimal
    booked_hours: Decimal
    occupied_hours: Decimal
    occupancy_rate: Decimal


@dataclass(frozen=True, slots=True)
class SpaceOccupancy:
    """One space over all days."""

    space_id: SpaceId
    name: str
    booked_hours: Decimal
    bookable_hours: Decimal
    occupancy_rate: Decimal


@dataclass(frozen=True, slots=True)
class HourOccupancy:
    """An hour of a weekday (Monday is 0) over all days."""

    weekday: int
    hour: int
    occupancy_rate: Decimal


@dataclass(frozen=True, slots=True)
class Occupancy:
    """The report. A rate is booked time divided by bookable time, and 0 without bookable time.

    It is at most 1, although more can be booked than is bookable: opening hours may have been
    shortened since, and a desk is free again after an early check-out.
    """

    days: tuple[DayOccupancy, ...]
    spaces: tuple[SpaceOccupancy, ...]
    heatmap: tuple[HourOccupancy, ...]


def occupancy(figures: OccupancyFigures, days: ReportDays) -> Occupancy:
    """Return the report on these figures."""
    supply = supply_of(figures.history, days)
    booked = figures.booked.in_stretches(days)
    return Occupancy(
        _days(days, supply, booked, figures.occupied.in_stretches(days)),
        tuple(
            SpaceOccupancy(space_id, name, hours_of(used), hours_of(offered), rate(used, offered))
            for space_id, name in figures.names.items()
            if (offered := supply.by_space.get(space_id, 0))
            + (used := figures.booked_by_space.get(space_id, 0))
        ),
        _heatmap(days, supply, booked),
    )


def hours_of(microseconds: int) -> Decimal:
    """Return the time in hours, with four decimals."""
    return _rounded(Fraction(microseconds, _HOUR))


def rate(part: int, whole: int) -> Decimal:
    """Return part divided by whole, with four decimals: at most 1, and 0 if the whole is 0."""
    return _rounded(Fraction(min(part, whole), whole)) if whole else Decimal(0).quantize(_PLACES)


def _rounded(exact: Fraction) -> Decimal:
    # Half up on the exact fraction: a Decimal division could round before the half is decided.
    scaled = exact * 10_000
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    return (Decimal(whole + (2 * rest >= scaled.denominator)) / 10_000).quantize(
        _PLACES, ROUND_HALF_UP
    )


def _days(
    days: ReportDays, supply: Supply, booked: Sequence[int], occupied: Sequence[int]
) -> tuple[DayOccupancy, ...]:
    used, stayed = [0] * len(days.dates), [0] * len(days.dates)
    for stretch, booked_time, occupied_time in zip(days.stretches, booked, occupied, strict=True):
        used[stretch.day] += booked_time
        stayed[stretch.day] += occupied_time
    return tuple(
        DayOccupancy(
            day,
            hours_of(supply.by_day[number]),
            hours_of(used[number]),
            hours_of(stayed[number]),
            rate(used[number], supply.by_day[number]),
        )
        for number, day in enumerate(days.dates)
    )


def _heatmap(days: ReportDays, supply: Supply, booked: Sequence[int]) -> tuple[HourOccupancy, ...]:
    used: dict[tuple[int, int], int] = defaultdict(int)
    weekdays = [day.weekday() for day in days.dates]
    for stretch, booked_time in zip(days.stretches, booked, strict=True):
        used[weekdays[stretch.day], stretch.hour] += booked_time
    return tuple(
        HourOccupancy(weekday, hour, rate(used[weekday, hour], supply.by_hour[weekday, hour]))
        for weekday in range(7)
        for hour in range(24)
    )
