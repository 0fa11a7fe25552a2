"""IcalendarCalendars: calendars with one VEVENT per booking, which tracks its changes."""

from collections.abc import Iterable

from icalendar import Calendar, Event

from application.ports.calendar_feeds import CalendarEntry
from domain.bookings import Booking, BookingStatus

PRODUCT = "-//cowork-api//bookings//EN"
_STATUS = {BookingStatus.PENDING: "TENTATIVE", BookingStatus.CANCELLED: "CANCELLED"}


class IcalendarCalendars:
    """Implements the port Calendars.

    The UID of an event never changes, and its SEQUENCE increases with each change of the booking.
    So a calendar program that already has the event moves it, or removes it when it is CANCELLED.
    Times are in UTC.
    """

    def write(self, entries: Iterable[CalendarEntry]) -> bytes:
        """Return a calendar with these bookings, in UTF-8."""
        calendar = Calendar()
        calendar.add("prodid", PRODUCT)
        calendar.add("version", "2.0")
        for entry in entries:
            calendar.add_component(_event(entry.booking, entry.space_name))
        text: bytes = calendar.to_ical()
        return text


def _event(booking: Booking, space_name: str) -> Event:
    event = Event()
    event.add("uid", f"{booking.id}@cowork-api")
    event.add("dtstamp", booking.updated_at)
    event.add("created", booking.created_at)
    event.add("last-modified", booking.updated_at)
    event.add("dtstart", booking.period.start)
    event.add("dtend", booking.period.end)
    event.add("summary", space_name)
    event.add("sequence", booking.version - 1)
    event.add("status", _STATUS.get(booking.status, "CONFIRMED"))
    return event
