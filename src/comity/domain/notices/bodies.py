"""Bodies of the notice records, checked to the letter before anything acts on them.

What an author leaves out is no fault of form: a warning that is refused is a warning lost. It is found and told.

Source: docs/spec/notice.md §2 to §4.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, Final

from comity.domain.airspace import Altitude, Datum, shape_from_body, shape_to_body
from comity.domain.airspace.altitude import HEIGHT_M_MAX, HEIGHT_M_MIN
from comity.domain.notices.notice import (
    AREAS_MAX,
    CONTACT_LENGTH_MAX,
    DESCRIPTION_LENGTH_MAX,
    PLACE_LENGTH_MAX,
    REASON_LENGTH_MAX,
    REVISION_MAX,
    STATED_LENGTH_MAX,
    STATEMENTS_MAX,
    WINDOW_S_MAX,
    Acknowledgement,
    Cancellation,
    Notice,
    NoticeArea,
)
from comity.domain.records import Record
from comity.domain.records.body_fields import (
    array,
    choice,
    digest,
    instant,
    integer,
    optional,
    required_field,
    text,
    words,
)
from comity.kernel.errors import RecordError
from comity.kernel.ids import NOTICE_ID, AgreementDigest, NoticeId, RecordDigest
from comity.kernel.instants import StatedTime
from comity.kernel.units import MM_PER_METRE

NOTICE: Final = "notice.notice"
CANCELLATION: Final = "notice.cancellation"
ACKNOWLEDGEMENT: Final = "notice.acknowledgement"
KINDS: Final = frozenset({NOTICE, CANCELLATION, ACKNOWLEDGEMENT})

ACTIVITY = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")

Body = Notice | Cancellation | Acknowledgement


def notice_to_body(notice: Notice) -> dict[str, Any]:
    """The record form of a notice."""
    return {
        "activity": notice.activity,
        "agreement": notice.agreement,
        "areas": [
            {
                "lower": [_altitude_to_body(each) for each in area.lower],
                "shape": shape_to_body(area.shape),
                "upper": [_altitude_to_body(each) for each in area.upper],
            }
            for area in notice.areas
        ],
        "contact": notice.contact,
        "description": notice.description,
        "ends": [_time_to_body(each) for each in notice.ends],
        "notice": notice.id,
        "place": notice.place,
        "replaces": notice.replaces,
        "revision": notice.revision,
        "starts": [_time_to_body(each) for each in notice.starts],
    }


def cancellation_to_body(cancellation: Cancellation) -> dict[str, Any]:
    """The record form of a cancellation."""
    return {
        "notice": cancellation.id,
        "reason": cancellation.reason,
        "record": cancellation.record,
    }


def acknowledgement_to_body(acknowledgement: Acknowledgement) -> dict[str, Any]:
    """The record form of an acknowledgement."""
    return {"record": acknowledgement.record}


def read_body(record: Record) -> Body:
    """Check the body of a notice record completely.

    Raises:
        RecordError: `missing-field`, `field-form`, `field-limit`, `notice-owner`, `notice-revision`,
            `notice-recipients`, `volume-malformed` or `volume-invalid`, with the field and the limit named.
    """
    reader = _READERS.get(record.kind)
    if reader is None:
        raise RecordError("field-form", f"kind: {record.kind!r} is not a notice record")
    if record.kind_version != 1:
        raise RecordError("field-limit", f"kind_version: {record.kind_version}, known is 1")
    if not record.recipients:
        raise RecordError("notice-recipients", "to nobody; a notice is made known to a party")
    return reader(record)


def _read_notice(record: Record) -> Notice:
    return notice_from_body(_own_id(record), record.body)


def notice_from_body(notice_id: NoticeId, body: Mapping[str, Any]) -> Notice:
    """A notice as a record that was taken in has it.

    Raises:
        RecordError: as `read_body`, of what the body says.
    """
    revision = integer(body, "revision", 1, REVISION_MAX)
    replaces = optional(body, "replaces", lambda of, name: RecordDigest(digest(of, name)))
    if (replaces is None) != (revision == 1):
        raise RecordError("notice-revision", f"revision {revision} replaces {replaces}")
    notice = Notice(
        id=notice_id,
        revision=revision,
        replaces=replaces,
        agreement=optional(body, "agreement", lambda of, name: AgreementDigest(digest(of, name))),
        activity=text(body, "activity", ACTIVITY),
        areas=tuple(
            _read_area(item, f"areas[{index}]")
            for index, item in enumerate(array(body, "areas", AREAS_MAX))
        ),
        starts=_read_times(body, "starts"),
        ends=_read_times(body, "ends"),
        place=_read_words(body, "place", PLACE_LENGTH_MAX),
        description=_read_words(body, "description", DESCRIPTION_LENGTH_MAX),
        contact=_read_words(body, "contact", CONTACT_LENGTH_MAX),
    )
    times = [each.instant for each in (*notice.starts, *notice.ends)]
    if times and max(times).minus(min(times)) > WINDOW_S_MAX:
        span_s = max(times).minus(min(times))
        raise RecordError("field-limit", f"ends: {span_s:.0f} s apart, at most {WINDOW_S_MAX:.0f}")
    return notice


def _read_cancellation(record: Record) -> Cancellation:
    return Cancellation(
        _own_id(record),
        RecordDigest(digest(record.body, "record")),
        _read_words(record.body, "reason", REASON_LENGTH_MAX),
    )


def _read_acknowledgement(record: Record) -> Acknowledgement:
    return Acknowledgement(RecordDigest(digest(record.body, "record")))


def _own_id(record: Record) -> NoticeId:
    notice = text(record.body, "notice", NOTICE_ID)
    if notice.split("/")[0] != record.author:
        raise RecordError("notice-owner", f"notice: {notice} is not minted by {record.author}")
    return NoticeId(notice)


def _read_area(item: object, name: str) -> NoticeArea:
    if type(item) is not dict:
        raise RecordError("field-form", f"{name}: not an object")
    return NoticeArea(
        shape_from_body(required_field(item, "shape"), f"{name}.shape"),
        _read_altitudes(item, "lower", name),
        _read_altitudes(item, "upper", name),
    )


def _read_altitudes(area: Mapping[str, Any], side: str, name: str) -> tuple[Altitude, ...]:
    least_mm, most_mm = (round(each * MM_PER_METRE) for each in (HEIGHT_M_MIN, HEIGHT_M_MAX))
    found = []
    for item in array(area, side, STATEMENTS_MAX):
        if type(item) is not dict:
            raise RecordError("field-form", f"{name}.{side}: not an array of objects")
        height_mm = integer(item, "height_mm", least_mm, most_mm)
        found.append(Altitude(height_mm / MM_PER_METRE, choice(item, "datum", Datum)))
    return tuple(found)


def _read_times(body: Mapping[str, Any], name: str) -> tuple[StatedTime, ...]:
    found = []
    for item in array(body, name, STATEMENTS_MAX):
        if type(item) is not dict:
            raise RecordError("field-form", f"{name}: not an array of objects")
        found.append(
            StatedTime(
                instant(item, "at"),
                words(item, "as_stated", STATED_LENGTH_MAX),
                words(item, "zone", STATED_LENGTH_MAX),
            )
        )
    return tuple(found)


def _read_words(body: Mapping[str, Any], name: str, length_max: int) -> str:
    said = words(body, name, length_max, least=0)
    if not unicodedata.is_normalized("NFC", said):
        raise RecordError("field-form", f"{name}: not in form NFC")
    return said


def _altitude_to_body(altitude: Altitude) -> dict[str, Any]:
    return {"datum": altitude.datum.value, "height_mm": round(altitude.height_m * MM_PER_METRE)}


def _time_to_body(time: StatedTime) -> dict[str, Any]:
    return {"at": str(time.instant), "as_stated": time.as_stated, "zone": time.zone}


_READERS: Mapping[str, Callable[[Record], Body]] = {
    NOTICE: _read_notice,
    CANCELLATION: _read_cancellation,
    ACKNOWLEDGEMENT: _read_acknowledgement,
}
