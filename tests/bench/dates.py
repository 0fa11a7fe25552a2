"""The dates of a benchmark dataset, relative to today."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

DAYS_TO_BOOK = 600
"""Together with the two months before, these stay within the 730 days of advance booking."""


@dataclass(frozen=True, slots=True)
class Dates:
    """Past bookings end at `history_end`; there are no bookings from `first_free` on.

    `reported` is a past month, for reports. `coming` is a month that lies completely in the future,
    so that its availability includes all of its bookings.
    """

    reported: tuple[date, date]
    history_end: date
    coming: tuple[date, date]
    first_free: date

    @classmethod
    def around(cls, today: date) -> "Dates":
        """Return dates around today. Months have 30 days, for the same load in every dataset."""
        this_month = today.replace(day=1)
        coming = _month_after(_month_after(this_month))
        # February has fewer days, so that this may be past the first of March.
        end_of_coming = coming + timedelta(days=30)
        return cls(
            reported=(this_month - timedelta(days=30), this_month - timedelta(days=1)),
            history_end=this_month,
            coming=(coming, end_of_coming),
            first_free=end_of_coming,
        )


def midnight(day: date) -> datetime:
    """Return the start of the day in UTC, which is the house's time zone."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def instant(day: date) -> str:
    """Return the start of the day in the format of requests."""
    return f"{day.isoformat()}T00:00:00Z"


def _month_after(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
