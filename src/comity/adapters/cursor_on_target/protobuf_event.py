"""An event spelt as TAK protocol version 1, read with the package takproto (extra `feeds`)."""

from typing import Any

from comity.adapters.cursor_on_target.events import CotEvent
from comity.kernel.errors import InputError


def event_of_protobuf(message_bytes: bytes) -> CotEvent | None:
    """Read one `TakMessage`; None where it carries no event.

    Raises:
        ValueError: not a `TakMessage`.
        InputError: takproto is not installed.
    """
    message_type, decode_error = _library()
    message = message_type()
    try:
        message.ParseFromString(message_bytes)
    except decode_error as error:
        raise ValueError(f"not a TakMessage: {error}") from error
    if not message.HasField("cotEvent"):
        return None
    event = message.cotEvent
    detail = event.detail
    has_track = event.HasField("detail") and detail.HasField("track")
    has_contact = event.HasField("detail") and detail.HasField("contact")
    return CotEvent(
        uid=event.uid,
        type=event.type,
        at_ms=float(event.sendTime) if event.sendTime else None,
        stale_ms=float(event.staleTime) if event.staleTime else None,
        latitude_deg=event.lat,
        longitude_deg=event.lon,
        height_ellipsoid_m=event.hae,
        circular_error_m=event.ce,
        course_deg=detail.track.course if has_track else None,
        speed_mps=detail.track.speed if has_track else None,
        callsign=detail.contact.callsign if has_contact else None,
    )


def _library() -> tuple[Any, type[Exception]]:
    try:
        from google.protobuf.message import DecodeError  # noqa: PLC0415  # takes 0.2 s
        from takproto.proto import TakMessage  # noqa: PLC0415
    except ImportError as error:
        raise InputError(
            "takproto", "is not installed; TAK protocol messages need the extra `feeds`"
        ) from error
    return TakMessage, DecodeError
