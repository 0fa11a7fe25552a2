"""A benchmark means the same on whichever day it runs."""

from datetime import date, timedelta

from domain.house import BOOKING_HORIZON
from tests.bench.dates import DAYS_TO_BOOK, Dates

FIRST, DAYS = date(2026, 1, 1), 4 * 366


def test_what_is_booked_reported_and_free_does_not_overlap_on_any_day() -> None:
    for today in (FIRST + timedelta(days=n) for n in range(DAYS)):
        dates = Dates.around(today)
        assert dates.reported[0] < dates.reported[1] < dates.history_end <= today, today
        assert today < dates.coming[0] < dates.coming[1] <= dates.first_free, today
        assert dates.first_free + timedelta(days=DAYS_TO_BOOK) <= today + BOOKING_HORIZON, today
