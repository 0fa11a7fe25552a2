"""Calendars as RFC 5545 text, written with the icalendar package."""

from adapters.calendar.icalendar_calendars import IcalendarCalendars

__all__ = ["IcalendarCalendars"]
