"""Revenue report: payments and refunds, by the local day of the payment or refund.

All amounts are whole cents. A net amount is negative when the refunds exceed the payments.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.analytics.days import ReportDays
from domain.ids import SpaceId
from domain.spaces import SpaceType


class Grouping(StrEnum):
    """Length of the periods of a revenue series."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class SpaceTakings:
    """Payments for bookings of one space."""

    space_id: SpaceId
    name: str
    space_type: SpaceType
    bookings: int


@dataclass(frozen=True, slots=True)
class RevenueFigures:
    """Cents by the index of the day, and by space. `mrr` is the monthly recurring revenue."""

    bookings: Mapping[int, int]
    subscriptions: Mapping[int, int]
    refunds: Mapping[int, int]
    spaces: Sequence[SpaceTakings]
    mrr: int


@dataclass(frozen=True, slots=True)
class Takings:
    """Payments and refunds of one period: `2026-03-01`, `2026-W09` or `2026-03`."""

    period: str
    bookings: int
    subscriptions: int
    refunded: int

    @property
    def total(self) -> int:
        """Return the sum of all payments."""
        return self.bookings + self.subscriptions

    @property
    def net(self) -> int:
        """Return the payments less the refunds."""
        return self.total - self.refunded


@dataclass(frozen=True, slots=True)
class Revenue:
    """The report. The parts add up to the whole, to the cent; periods are cut to the range."""

    whole: Takings
    series: tuple[Takings, ...]
    by_space: tuple[SpaceTakings, ...]
    by_space_type: Mapping[SpaceType, int]
    mrr: int


def revenue(figures: RevenueFigures, days: ReportDays, grouping: Grouping) -> Revenue:
    """Return the report on these figures, with a series by day, ISO week or month."""
    periods: dict[str, list[int]] = {}
    for number, day in enumerate(days.dates):
        sums = periods.setdefault(_name_of(day, grouping), [0, 0, 0])
        for place, part in enumerate((figures.bookings, figures.subscriptions, figures.refunds)):
            sums[place] += part.get(number, 0)
    series = tuple(Takings(name, *sums) for name, sums in periods.items())
    by_type = dict.fromkeys(SpaceType, 0)
    for space in figures.spaces:
        by_type[space.space_type] += space.bookings
    whole = Takings(
        f"{days.start_date}/{days.end_date}",
        sum(takings.bookings for takings in series),
        sum(takings.subscriptions for takings in series),
        sum(takings.refunded for takings in series),
    )
    return Revenue(whole, series, tuple(figures.spaces), by_type, figures.mrr)


def _name_of(day: date, grouping: Grouping) -> str:
    if grouping is Grouping.DAY:
        return day.isoformat()
    if grouping is Grouping.MONTH:
        return f"{day:%Y-%m}"
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"
