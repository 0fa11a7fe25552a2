"""DemoPlan: the size of the demo data and the days it covers."""

from dataclasses import dataclass
from typing import Self

MAX_BOOKINGS = 1_000_000
MAX_DAYS_BACK = 20 * 366
MAX_DAYS_AHEAD = 90
"""Well within the booking horizon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPlan:
    """The seed, the number of bookings, and the number of days before and after today."""

    seed: int = 1
    bookings: int = 10_000
    days_back: int = 90
    days_ahead: int = 30

    def __post_init__(self) -> None:
        if not 0 <= self.bookings <= MAX_BOOKINGS:
            raise ValueError(f"Expected 0 to {MAX_BOOKINGS:,} bookings.")
        if not (0 <= self.days_back <= MAX_DAYS_BACK and 0 <= self.days_ahead <= MAX_DAYS_AHEAD):
            raise ValueError(
                f"Expected up to {MAX_DAYS_BACK:,} days back and up to {MAX_DAYS_AHEAD} ahead."
            )

    @classmethod
    def for_days(cls, days: int, *, seed: int = 1, bookings: int = 10_000) -> Self:
        """Return a plan with a quarter of the days ahead, at most 30, and the others back."""
        ahead = min(days // 4, 30)
        return cls(seed=seed, bookings=bookings, days_back=days - ahead, days_ahead=ahead)
