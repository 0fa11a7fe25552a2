"""LocaleFormatter: formats times and amounts for a language, in the house's time zone."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_timezone_gmt
from babel.numbers import format_currency

from domain.money import Money
from domain.period import Period
from domain.users import Locale


class LocaleFormatter:
    """Formats for one language. Amounts are US dollars."""

    def __init__(self, locale: Locale, timezone: ZoneInfo) -> None:
        self._locale = locale.value
        self._timezone = timezone

    def money(self, amount: Money) -> str:
        """Return an amount, such as $12.50."""
        text: str = format_currency(Decimal(amount.cents) / 100, "USD", locale=self._locale)
        return text

    def day(self, instant: datetime) -> str:
        """Return the date with its weekday."""
        return self._day(instant.astimezone(self._timezone))

    def last_day(self, end: datetime) -> str:
        """Return the last day of a half-open period that ends at `end`."""
        return self.day(end - timedelta(microseconds=1))

    def period(self, period: Period) -> str:
        """Return start and end with the UTC offset, or with both if the offset changes in between.

        Without an offset, a booking in the hour that repeats in autumn would be ambiguous.
        """
        start = period.start.astimezone(self._timezone)
        end = period.end.astimezone(self._timezone)
        same_offset = start.utcoffset() == end.utcoffset()
        first, last = self._time(start), self._time(end)
        if not same_offset:
            first = f"{first} ({_offset(start)})"
        if start.date() != end.date():
            last = f"{self._day(end)}, {last}"
        return f"{self._day(start)}, {first} \N{EN DASH} {last} ({_offset(end)})"

    def _day(self, local: datetime) -> str:
        text: str = format_date(local.date(), "full", locale=self._locale)
        return text

    def _time(self, local: datetime) -> str:
        text: str = format_time(local.time(), "short", locale=self._locale)
        return text


def _offset(local: datetime) -> str:
    if not local.utcoffset():
        return "UTC"
    text: str = get_timezone_gmt(local, "long", locale="en")
    return text
