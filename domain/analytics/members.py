"""Members report: totals, new members, churn, no-shows and top members."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.analytics.days import ReportDays
from domain.analytics.occupancy import hours_of, rate
from domain.ids import UserId
from domain.subscriptions import PlanType

MAX_TOP_MEMBERS = 10


@dataclass(frozen=True, slots=True)
class TopMember:
    """A member's bookings, booked time in microseconds, and payments in cents, in the range."""

    user_id: UserId
    full_name: str
    bookings: int
    booked: int
    spent: int

    @property
    def booked_hours(self) -> Decimal:
        """Return the booked time in hours."""
        return hours_of(self.booked)


@dataclass(frozen=True, slots=True)
class MemberFigures:
    """Counts. `joined` is by the index of the day; `expected` includes `no_shows`.

    `of_those_ended` counts the ended subscriptions among `subscribed_before`.
    """

    earlier: int
    joined: Mapping[int, int]
    active: int
    by_plan: Mapping[PlanType, int]
    subscribed_before: int
    of_those_ended: int
    ended: int
    expected: int
    no_shows: int
    top: Sequence[TopMember]


@dataclass(frozen=True, slots=True)
class MemberDay:
    """New members on a day, and all members at its end."""

    date: date
    new: int
    total: int


@dataclass(frozen=True, slots=True)
class Membership:
    """The report. Rates are from 0 to 1, with four decimals."""

    total: int
    active: int
    new: int
    by_plan: Mapping[PlanType, int]
    churned: int
    churn_rate: Decimal
    no_show_rate: Decimal
    series: tuple[MemberDay, ...]
    top: tuple[TopMember, ...]


def membership(figures: MemberFigures, days: ReportDays) -> Membership:
    """Return the report on these figures."""
    total = figures.earlier
    series = []
    for number, day in enumerate(days.dates):
        new = figures.joined.get(number, 0)
        total += new
        series.append(MemberDay(day, new, total))
    return Membership(
        total,
        figures.active,
        sum(figures.joined.values()),
        {plan: figures.by_plan.get(plan, 0) for plan in PlanType},
        figures.ended,
        rate(figures.of_those_ended, figures.subscribed_before),
        rate(figures.no_shows, figures.expected),
        tuple(series),
        tuple(figures.top),
    )
