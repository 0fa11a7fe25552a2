"""Calendars: bookings as iCalendar files."""

from collections.abc import Iterable
from typing import Protocol

from application.ports.calendar_feeds import CalendarEntry


class Calendars(Protocol):
    """Writes RFC 5545 with one event for each booking, whose UID stays the same on changes."""

    def write(self, entries: Iterable[CalendarEntry]) -> bytes:
        """Return a calendar of the bookings, encoded in UTF-8."""
        ...
