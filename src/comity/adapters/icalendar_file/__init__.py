"""Meetings as iCalendar files (RFC 5545): one event out, a few bounded ones in."""

from comity.adapters.icalendar_file.reading import CalendarEvent, read_calendar
from comity.adapters.icalendar_file.writing import EventStatus, load_library, write_event

__all__ = ["CalendarEvent", "EventStatus", "load_library", "read_calendar", "write_event"]
