"""The days that a benchmark's house is about, counted from today."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

DAYS_TO_BOOK = 600
"""With the two months before them they lie within the 730 days that may be booked ahead."""


@dataclass(frozen=True, slots=True)
class Dates:
    """The past ends with `history_end`; from `first_free` on there are no bookings at all.

    `reported` is a month that is over, as reports are asked for; `coming` is one of which
    availability still tells all, because nothing of it has passed.
    """

    reported: tuple[date, date]
    history_end: date
    coming: tuple[date, date]
    first_free: date

    @classmethod
    def around(cls, today: date) -> "Dates":
        """Months of thirty days, so that each size of the house has the same in them."""
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
    """When the day begins, in the house's time zone, UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def instant(day: date) -> str:
    """The same as requests have it."""
    return f"{day.isoformat()}T00:00:00Z"


def _month_after(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
