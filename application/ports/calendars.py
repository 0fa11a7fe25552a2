"""Calendars: bookings as iCalendar files."""

from collections.abc import Iterable
from typing import Protocol

from application.ports.calendar_feeds import CalendarEntry


class Calendars(Protocol):
    """Writes iCalendar (RFC 5545), one event per booking; a changed booking updates its event."""

    def write(self, entries: Iterable[CalendarEntry]) -> bytes:
        """Return the iCalendar file with those bookings, in UTF-8."""
        ...
