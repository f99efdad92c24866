"""Write a meeting as one VEVENT."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from comity.kernel.instants import Instant

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class EventStatus(StrEnum):
    """STATUS of RFC 5545 §3.8.1.11."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


def load_library() -> None:
    """Load what files are read and written with: 0.12 s of a processor and 91 modules from disk, once.

    On a busy machine that takes seconds; whoever may not wait has it done in a thread of its own.
    """
    import icalendar  # noqa: F401, PLC0415 - with the first file, so that commands start at once


def write_event(
    uid: str,
    title: str,
    start: Instant,
    end: Instant,
    made_at: Instant,
    place: str,
    status: EventStatus,
    notes: Sequence[str],
) -> bytes:
    """One calendar with one event, in UTC; a calendar program shows it in its reader's zone."""
    from icalendar import Calendar, Event  # noqa: PLC0415 - with the first file, so that commands start at once

    calendar, event = Calendar(), Event()
    calendar.add("prodid", "-//Comity//meetings//EN")
    calendar.add("version", "2.0")
    event.add("uid", uid)
    event.add("dtstamp", _moment(made_at))
    event.add("dtstart", _moment(start))
    event.add("dtend", _moment(end))
    event.add("summary", title)
    event.add("status", status.value)
    if place:
        event.add("location", place)
    if notes:
        event.add("description", "\n".join(notes))
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _moment(at: Instant) -> datetime:
    return (_EPOCH + timedelta(milliseconds=at.unix_ms)).replace(microsecond=0)
