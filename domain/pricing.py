"""Pricing: the cheapest way to cover a period with months, then days, then hours, at a tariff.

The contract's rule. Months count from the start on the house's wall clock, clamped to the end of
the month; days follow on the same wall clock, so that a day with a clock change is one day; the
rest is elapsed time by the minute. A started month or day may cover all of the rest. A longer
booking with the same start never costs less.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import count
from zoneinfo import ZoneInfo

from domain.local_time import DAY, MINUTE, add_months, clock_changes, instant_of, wall_clock
from domain.money import ZERO, Money
from domain.period import Period
from domain.tariff import Tariff

_HOUR = 60


class Unit(StrEnum):
    """Unit of a quote line."""

    MONTH = "month"
    DAY = "day"
    HOUR = "hour"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a quote. `count` is whole months or days, and minutes for hours."""

    unit: Unit
    count: int
    unit_price: Money

    @property
    def amount(self) -> Money:
        """Return the price of the line; the sum of the hours is rounded half up to the cent."""
        if self.unit is not Unit.HOUR:
            return self.unit_price * self.count
        return Money(_hours_cents(self.unit_price, self.count))

    @property
    def quantity(self) -> str:
        """Return whole months or days, or hours with up to four decimals: "2", "1.5", "0.3333"."""
        if self.unit is not Unit.HOUR:
            return str(self.count)
        hours = (Decimal(self.count) / _HOUR).quantize(Decimal("0.0001"))
        return f"{hours:f}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class Quote:
    """The price of a period: the lines of the full price, and whether a plan covers it."""

    lines: tuple[Line, ...]
    covered_by_plan: bool = False

    @property
    def full_price(self) -> Money:
        """Return the sum of the lines."""
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def amount(self) -> Money:
        """Return what the member pays."""
        return ZERO if self.covered_by_plan else self.full_price


def cheapest_cover(period: Period, tariff: Tariff, zone: ZoneInfo) -> tuple[Line, ...]:
    """Return the lines of the cheapest cover; of equally cheap ones, that in the longest units."""
    _, months, days, minutes = min(
        _covers(period, tariff, zone), key=lambda cover: (cover[0], -cover[1], -cover[2])
    )
    counts = (
        (Unit.MONTH, months, tariff.monthly),
        (Unit.DAY, days, tariff.daily),
        (Unit.HOUR, minutes, tariff.hourly),
    )
    return tuple(Line(unit, n, rate) for unit, n, rate in counts if n and rate is not None)


def _covers(period: Period, tariff: Tariff, zone: ZoneInfo) -> Iterator[tuple[int, int, int, int]]:
    """Yield every cover that can be the cheapest, as (cents, months, days, minutes)."""
    wall = wall_clock(period.start, zone)
    turns = [wall_clock(instant, zone) for instant in (*clock_changes(period, zone), period.end)]
    for months in (0,) if tariff.monthly is None else count():
        month_wall = add_months(wall, months)
        for days in (0,) if tariff.daily is None else _day_counts(month_wall, turns):
            # Zero months and days is the start itself, also in an hour that a clock change repeats.
            reached = (
                instant_of(month_wall + timedelta(days=days), zone)
                if months or days
                else period.start
            )
            cents = _cents(tariff.monthly, months) + _cents(tariff.daily, days)
            if reached >= period.end:
                yield cents, months, days, 0
                break
            if tariff.hourly is not None:
                minutes = -((reached - period.end) // MINUTE)
                yield cents + _hours_cents(tariff.hourly, minutes), months, days, minutes
        if instant_of(month_wall, zone) >= period.end:
            return


def _day_counts(month_wall: datetime, turns: Sequence[datetime]) -> list[int]:
    """Return the numbers of days after the months that can be the cheapest, in order.

    Between clock changes, each further day adds the daily rate and takes exactly 24 hours from the
    rest: the price is monotonic. So the minimum is next to one of the turns, which are the clock
    changes and the end. Clocks move by a day at most, hence two days around each.
    """
    near = {(turn - month_wall) // DAY + n for turn in turns for n in range(-2, 3)}
    return sorted({0, *(days for days in near if days > 0)})


def _cents(rate: Money | None, units: int) -> int:
    return 0 if rate is None else rate.cents * units


def _hours_cents(rate: Money, minutes: int) -> int:
    """Rounded half up to the cent."""
    return (rate.cents * minutes * 2 + _HOUR) // (2 * _HOUR)
