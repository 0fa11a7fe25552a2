"""Calendars: how bookings look to calendar programs."""

from collections.abc import Iterable
from typing import Protocol

from application.ports.calendar_feeds import CalendarEntry


class Calendars(Protocol):
    """Writes RFC 5545, with one event a booking, that programs know again when it has changed."""

    def write(self, entries: Iterable[CalendarEntry]) -> bytes:
        """The calendar with those bookings, in UTF-8."""
        ...
