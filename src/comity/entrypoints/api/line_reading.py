"""From the API's words to the line's: degrees, metres and RFC 3339 into what records carry."""

import base64
import binascii
from collections.abc import Sequence

from comity.domain.airspace import Datum
from comity.domain.line import (
    NO_PARTICULARS,
    Attachment,
    HeightSaid,
    HorizontalDatum,
    NumberSaid,
    Particulars,
    PositionSaid,
    Reference,
    ReferenceKind,
    TimeSaid,
    make_attachment,
)
from comity.entrypoints.api.line_messages import (
    AttachmentAsked,
    HeightAsked,
    ParticularsAsked,
    PositionAsked,
    ReferenceAsked,
    TimeAsked,
)
from comity.kernel.errors import InputError
from comity.kernel.ids import record_digest
from comity.kernel.instants import instant_from_rfc3339
from comity.kernel.units import MM_PER_METRE, e7_from_degrees

ATTACHMENTS_READ_MAX = 4
DEGREES_MAX = {"latitude_deg": 90.0, "longitude_deg": 180.0}


def read_particulars(asked: ParticularsAsked | None) -> Particulars:
    """What can be read back.

    Raises:
        InputError: names the field and the limit.
    """
    if asked is None:
        return NO_PARTICULARS
    number = asked.number
    return Particulars(
        position=None if asked.position is None else _position(asked.position),
        height=None if asked.height is None else _height(asked.height),
        time=None if asked.time is None else _time(asked.time),
        number=None if number is None else NumberSaid(number.value, number.of),
    )


def read_references(asked: Sequence[ReferenceAsked]) -> tuple[Reference, ...]:
    """What it is about."""
    return tuple(
        Reference(
            ReferenceKind(each.kind),
            each.id,
            None if each.digest is None else record_digest(each.digest),
        )
        for each in asked
    )


def read_attachments(asked: Sequence[AttachmentAsked]) -> tuple[Attachment, ...]:
    """Files, each of the type that its bytes show.

    Raises:
        InputError: not base64, too many, too large, or of another type than is said.
    """
    if len(asked) > ATTACHMENTS_READ_MAX:
        raise InputError("attachments", f"{len(asked)}, at most {ATTACHMENTS_READ_MAX}")
    found: list[Attachment] = []
    for each in asked:
        try:
            content = base64.b64decode(each.content_base64, validate=True)
        except (binascii.Error, ValueError) as error:
            raise InputError("attachments", f"{each.name[:80]!r} is not base64") from error
        found.append(make_attachment(each.name, each.media_type, content))
    return tuple(found)


def radius_mm(radius_m: float | None) -> int | None:
    """A radius as records carry it, rounded up."""
    return None if radius_m is None else _millimetres(radius_m, "radius_m")


def _position(asked: PositionAsked) -> PositionSaid:
    for name, most in DEGREES_MAX.items():
        value = getattr(asked, name)
        if not -most <= value <= most:
            raise InputError(name, f"{value} is outside -{most:g} to {most:g}")
    return PositionSaid(
        e7_from_degrees(asked.latitude_deg),
        e7_from_degrees(asked.longitude_deg),
        HorizontalDatum(asked.datum),
        None if asked.accuracy_m is None else _millimetres(asked.accuracy_m, "accuracy_m"),
    )


def _height(asked: HeightAsked) -> HeightSaid:
    return HeightSaid(_millimetres(asked.height_m, "height_m"), Datum(asked.datum))


def _time(asked: TimeAsked) -> TimeSaid:
    at = instant_from_rfc3339(asked.at, "time")
    stated = asked.at.strip()
    zone = "Z" if stated[-1:] in {"Z", "z"} else stated[-6:]
    return TimeSaid(at, asked.as_stated or stated, asked.zone or zone)


def _millimetres(metres: float, field: str) -> int:
    if not abs(metres) <= 1e9:
        raise InputError(field, f"{metres} m is out of range")
    return round(metres * MM_PER_METRE)
