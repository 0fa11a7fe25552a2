"""Calendars in RFC 5545 format, created with the icalendar package."""

from adapters.calendar.icalendar_calendars import IcalendarCalendars

__all__ = ["IcalendarCalendars"]
