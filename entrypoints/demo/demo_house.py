"""DemoPlan, what is asked for; DemoHouse, what came of it; Season, the days in between."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self

from domain.bookings import Booking
from domain.house import House
from domain.invoices import Invoice
from domain.local_time import DAY, instant_of, start_of_day, wall_clock
from domain.occupancy import OccupancyLog
from domain.spaces import Space
from domain.subscriptions import Subscription
from domain.users import Member, User

MOST_BOOKINGS = 1_000_000
MOST_DAYS_BACK = 20 * 366
MOST_DAYS_AHEAD = 90
"""Nobody books much earlier than that."""
_OPENED_BEFORE = 300 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPlan:
    """What to make: some number of bookings, over days that are past and days that come."""

    seed: int = 1
    bookings: int = 10_000
    days_back: int = 90
    days_ahead: int = 30

    def __post_init__(self) -> None:
        if not 0 <= self.bookings <= MOST_BOOKINGS:
            raise ValueError(f"Expected 0 to {MOST_BOOKINGS:,} bookings.")
        if not (0 <= self.days_back <= MOST_DAYS_BACK and 0 <= self.days_ahead <= MOST_DAYS_AHEAD):
            raise ValueError(
                f"Expected up to {MOST_DAYS_BACK:,} days back and up to {MOST_DAYS_AHEAD} ahead."
            )

    @classmethod
    def over(cls, days: int, *, seed: int = 1, bookings: int = 10_000) -> Self:
        """A quarter of the days to come, 30 of them at most, and the others past."""
        ahead = min(days // 4, 30)
        return cls(seed=seed, bookings=bookings, days_back=days - ahead, days_ahead=ahead)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoHouse:
    """All that there is in the house at `now`, each list in the order in which it came about."""

    plan: DemoPlan
    now: datetime
    users: list[User]
    members: list[Member]
    spaces: list[Space]
    subscriptions: list[Subscription]
    bookings: list[Booking]
    occupancy_logs: list[OccupancyLog]
    invoices: list[Invoice]
    unplaced: int
    """How many of the bookings asked for found no desk free, the house being full."""


@dataclass(frozen=True, slots=True)
class Season:
    """The days that are told of, in the house's zone, and how far they are by now."""

    plan: DemoPlan
    house: House
    now: datetime

    def __post_init__(self) -> None:
        if self.now.tzinfo is not UTC:
            raise ValueError("The present is given in UTC.")

    @property
    def today(self) -> date:
        """The day in the house."""
        return wall_clock(self.now, self.house.timezone).date()

    @property
    def daybreak(self) -> datetime:
        """The midnight in the house with which today began.

        What is decided with it instead of `now` is the same all day.
        """
        return start_of_day(self.today, self.house.timezone)

    @property
    def first_day(self) -> date:
        """The day of the first bookings."""
        return self.today - timedelta(days=self.plan.days_back)

    @property
    def days(self) -> list[date]:
        """All of the days, in order."""
        count = self.plan.days_back + 1 + self.plan.days_ahead
        return [self.first_day + timedelta(days=n) for n in range(count)]

    @property
    def opened(self) -> datetime:
        """When the house was opened, long before the first of the days."""
        return start_of_day(self.first_day, self.house.timezone) - _OPENED_BEFORE

    def instant(self, day: date, minute: int) -> datetime:
        """The instant, in UTC, of a minute since midnight on that day's wall clock."""
        midnight = datetime.combine(day, time())
        return instant_of(midnight + timedelta(minutes=minute), self.house.timezone)
