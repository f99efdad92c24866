"""Read events of a calendar file that somebody else wrote; bounded before it is parsed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from comity.adapters.icalendar_file.zones import instant_in_zone, zone_named
from comity.domain.records import fault_of_words
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

FILE_SIZE_BYTES_MAX = 64 * 1024  # one invitation is 1 to 3 KB
LINES_MAX = 1_000
LINE_LENGTH_MAX = 4_096  # unfolded lines of a description
DEPTH_MAX = 4  # VCALENDAR, VEVENT, VALARM, one more
EVENTS_MAX = 20
TITLE_LENGTH_MAX = 120
PLACE_LENGTH_MAX = 200
_NOT_READ = (
    *(ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError),
    OSError,  # a zone named as a folder of the zone files, "Europe"
)
_REPEATS = ("RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID")


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One event: what a meeting can be proposed from.

    Attributes:
        zone: UTC where the file names none.
        uid: as its maker named it; empty where it has none, or not one.
    """

    title: str
    place: str
    start: Instant
    end: Instant
    stated: str
    zone: str
    uid: str = ""


def read_calendar(content: bytes) -> tuple[CalendarEvent, ...]:
    """The events of a file.

    Raises:
        InputError: `calendar` or `events[n].…`: too large, too deep, not iCalendar, recurring, floating,
            all-day, in a zone or at a local time that cannot be told for certain, or hostile words.

    Source: RFC 5545; docs/spec/meeting.md §9.
    """
    from icalendar import Calendar  # noqa: PLC0415 - with the first file, so that commands start at once

    _check_bounds(content)
    try:
        calendar = Calendar.from_ical(content)
        events = [each for each in calendar.walk() if each.name == "VEVENT"]
        if calendar.name != "VCALENDAR" or not 0 < len(events) <= EVENTS_MAX:
            raise InputError("calendar", f"{len(events)} events; 1 to {EVENTS_MAX} in one calendar")
        return tuple(_event(each, f"events[{number}]") for number, each in enumerate(events))
    except _NOT_READ as error:
        raise InputError("calendar", f"not iCalendar: {str(error)[:120]}") from error


def _check_bounds(content: bytes) -> None:
    if len(content) > FILE_SIZE_BYTES_MAX:
        raise InputError("calendar", f"{len(content)} bytes, at most {FILE_SIZE_BYTES_MAX}")
    lines = content.splitlines()
    if len(lines) > LINES_MAX:
        raise InputError("calendar", f"{len(lines)} lines, at most {LINES_MAX}")
    depth = 0
    for line in lines:
        if len(line) > LINE_LENGTH_MAX:
            raise InputError("calendar", f"a line of {len(line)} bytes, at most {LINE_LENGTH_MAX}")
        word = line[:6].upper()
        depth += (word == b"BEGIN:") - (word[:4] == b"END:")
        if not 0 <= depth <= DEPTH_MAX:
            raise InputError("calendar", f"components {depth} deep, at most {DEPTH_MAX}")


def _event(event: Any, field: str) -> CalendarEvent:
    for name in _REPEATS:
        if name in event:
            raise InputError(f"{field}.{name}", "recurring events are not taken; give each meeting")
    start, zone, stated = _moment(event, "DTSTART", field)
    if "DTEND" in event:
        end = _moment(event, "DTEND", field)[0]
    elif "DURATION" in event:
        length = getattr(event["DURATION"], "dt", None)
        if not isinstance(length, timedelta) or not timedelta(0) < length <= timedelta(days=7):
            raise InputError(f"{field}.DURATION", "not within 0 to 7 days")
        end = start.plus_s(length.total_seconds())
    else:
        raise InputError(f"{field}.DTEND", "neither DTEND nor DURATION")
    if end <= start:
        raise InputError(f"{field}.DTEND", "not after DTSTART")
    return CalendarEvent(
        title=_words(event, "SUMMARY", field, TITLE_LENGTH_MAX),
        place=_words(event, "LOCATION", field, PLACE_LENGTH_MAX, empty=True),
        start=start,
        end=end,
        stated=stated,
        zone=zone,
        uid="" if isinstance(event.get("UID", ""), list) else str(event.get("UID", "")),
    )


def _moment(event: Any, name: str, field: str) -> tuple[Instant, str, str]:
    """An instant, its zone, and the time as the file states it."""
    where = f"{field}.{name}"
    stated = event.get(name)
    if stated is None or isinstance(stated, list):
        raise InputError(where, "missing, or given more than once")
    moment = getattr(stated, "dt", None)
    if not isinstance(moment, datetime):
        raise InputError(where, "a day without a time; meetings have a time with a zone")
    tzid = stated.params.get("TZID")
    local = moment.replace(tzinfo=None)
    if tzid is None:
        if moment.tzinfo is None:
            raise InputError(where, f"{local.isoformat()} has no time zone (floating)")
        if moment.utcoffset() != timedelta(0):
            raise InputError(where, "an offset without a TZID")
        zone = ZoneInfo("UTC")
    else:
        zone = zone_named(
            str(tzid), where
        )  # by its IANA name; a VTIMEZONE of the file is not believed
    if local.year < 1971 or local.year > 9_990:
        raise InputError(where, f"the year {local.year} is outside 1971 to 9990")
    at = instant_in_zone(local, zone, where)
    return at, zone.key, local.isoformat() + ("Z" if zone.key == "UTC" else f" {zone.key}")


def _words(event: Any, name: str, field: str, length_max: int, *, empty: bool = False) -> str:
    stated = event.get(name, "")
    if isinstance(stated, list):
        raise InputError(f"{field}.{name}", "given more than once")
    words = " ".join(str(stated).split())
    fault = fault_of_words(words, length_max)
    if fault is None and not words and not empty:
        fault = "empty"
    if fault is not None:
        raise InputError(f"{field}.{name}", fault)
    return words
