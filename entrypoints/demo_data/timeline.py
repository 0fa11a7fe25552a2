"""Timeline: the days of the demo data, and the present among them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from domain.house import House
from domain.local_time import DAY, instant_of, start_of_day, wall_clock
from entrypoints.demo_data.plan import DemoPlan

_OPENED_BEFORE = 300 * DAY


@dataclass(frozen=True, slots=True)
class Timeline:
    """The days of a plan in the house's time zone, seen from `now` in UTC."""

    plan: DemoPlan
    house: House
    now: datetime

    def __post_init__(self) -> None:
        if self.now.tzinfo is not UTC:
            raise ValueError("Expected `now` in UTC.")

    @property
    def today(self) -> date:
        """The date in the house."""
        return wall_clock(self.now, self.house.timezone).date()

    @property
    def start_of_today(self) -> datetime:
        """The start of today in the house.

        What depends on it instead of `now` is the same all day.
        """
        return start_of_day(self.today, self.house.timezone)

    @property
    def first_day(self) -> date:
        """The day of the first bookings."""
        return self.today - timedelta(days=self.plan.days_back)

    @property
    def days(self) -> list[date]:
        """All days, in order."""
        count = self.plan.days_back + 1 + self.plan.days_ahead
        return [self.first_day + timedelta(days=n) for n in range(count)]

    @property
    def opened_at(self) -> datetime:
        """When the house opened, long before the first day."""
        return start_of_day(self.first_day, self.house.timezone) - _OPENED_BEFORE

    def instant(self, day: date, minute: int) -> datetime:
        """Return the instant, in UTC, of a minute since midnight on that day's wall clock."""
        midnight = datetime.combine(day, time())
        return instant_of(midnight + timedelta(minutes=minute), self.house.timezone)
