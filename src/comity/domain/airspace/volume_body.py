"""Volumes as records carry them: whole 1e-7 degrees, whole millimetres, canonical instants."""

import math
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from comity.domain.airspace.altitude import Altitude, Datum
from comity.domain.airspace.volume import VOLUMES_MAX, Volume4D, check_pieces
from comity.domain.geometry import VERTICES_MAX, EdgeKind, Shape, ShapeKind
from comity.kernel.errors import InputError, RecordError
from comity.kernel.instants import Instant, instant_from_canonical
from comity.kernel.units import MM_PER_METRE, degrees_from_e7, e7_from_degrees

MALFORMED = "volume-malformed"  # docs/spec/volume.md: a field is missing, or not of its type
INVALID = "volume-invalid"  # docs/spec/volume.md: well-formed, but outside a limit or no area
INTEGER_MAX = 2**53 - 1  # docs/spec/record.md: beyond it JSON readers part
ROUNDING_MM = 1e-3  # heights are whole mm; the float nearest to one is off by at most 2e-8 mm

Name = TypeVar("Name", bound=StrEnum)
Made = TypeVar("Made")


def volume_to_body(volume: Volume4D) -> dict[str, object]:
    """The record form of a volume.

    Positions round to the nearest 1e-7 degree (at most 8 mm, within the tolerance of distances);
    radius and heights round outwards to the millimetre, so that the form contains the volume.
    """
    return {
        "shape": shape_to_body(volume.shape),
        "lower": {
            "height_mm": math.floor(volume.lower.height_m * MM_PER_METRE + ROUNDING_MM),
            "datum": volume.lower.datum.value,
        },
        "upper": {
            "height_mm": math.ceil(volume.upper.height_m * MM_PER_METRE - ROUNDING_MM),
            "datum": volume.upper.datum.value,
        },
        "start": str(volume.start),
        "end": str(volume.end),
    }


def volume_from_body(body: object, field: str = "volume") -> Volume4D:
    """Read a volume from a record's body.

    Args:
        body: decoded canonical JSON.
        field: path of the volume in the record, for the message.

    Raises:
        RecordError: `volume-malformed` or `volume-invalid`, naming the field and the limit.

    Source: docs/spec/volume.md.
    """
    fields = _mapping(body, field)
    return _checked(
        field,
        lambda: Volume4D(
            shape_from_body(fields.get("shape"), f"{field}.shape"),
            _altitude(fields.get("lower"), f"{field}.lower"),
            _altitude(fields.get("upper"), f"{field}.upper"),
            _instant(fields.get("start"), f"{field}.start"),
            _instant(fields.get("end"), f"{field}.end"),
        ),
    )


def shape_to_body(shape: Shape) -> dict[str, object]:
    """The record form of a shape."""
    return {
        "kind": shape.kind.value,
        "edge": shape.edge.value,
        "latitude_deg_e7": [e7_from_degrees(value) for value in shape.latitude_deg],
        "longitude_deg_e7": [e7_from_degrees(value) for value in shape.longitude_deg],
        "radius_mm": math.ceil(shape.radius_m * MM_PER_METRE - ROUNDING_MM),
    }


def shape_from_body(body: object, field: str = "shape") -> Shape:
    """Read a shape from a record's body.

    Raises:
        RecordError: `volume-malformed` or `volume-invalid`, naming the field and the limit.
    """
    fields = _mapping(body, field)
    return _checked(
        field,
        lambda: Shape(
            _name(ShapeKind, fields.get("kind"), f"{field}.kind"),
            _degrees(fields.get("latitude_deg_e7"), f"{field}.latitude_deg_e7"),
            _degrees(fields.get("longitude_deg_e7"), f"{field}.longitude_deg_e7"),
            _integer(fields.get("radius_mm"), f"{field}.radius_mm") / MM_PER_METRE,
            _name(EdgeKind, fields.get("edge"), f"{field}.edge"),
        ),
    )


def volumes_to_body(volumes: Sequence[Volume4D]) -> list[object]:
    """The record form of a flight's volumes."""
    return [volume_to_body(volume) for volume in volumes]


def volumes_from_body(body: object, field: str = "volumes") -> tuple[Volume4D, ...]:
    """Read a flight's volumes.

    Raises:
        RecordError: as `volume_from_body`, or none, or more than the limit.
    """
    if not isinstance(body, list):
        raise RecordError(MALFORMED, f"{field}: not a list")
    if not 1 <= len(body) <= VOLUMES_MAX:
        raise RecordError(INVALID, f"{field}: {len(body)} volumes; 1 to {VOLUMES_MAX}")
    volumes: list[Volume4D] = []
    pieces = 0
    for index, item in enumerate(body):
        volumes.append(volume_from_body(item, f"{field}[{index}]"))
        pieces += len(volumes[-1].shape.prepared.points)
        try:  # at once: cutting them is what takes long
            check_pieces(pieces)
        except InputError as error:
            raise RecordError(INVALID, f"{field}: {error.why}") from error
    return tuple(volumes)


def _altitude(body: object, field: str) -> Altitude:
    fields = _mapping(body, field)
    height_mm = _integer(fields.get("height_mm"), f"{field}.height_mm")
    datum = _name(Datum, fields.get("datum"), f"{field}.datum")
    return _checked(field, lambda: Altitude(height_mm / MM_PER_METRE, datum))


def _instant(value: object, field: str) -> Instant:
    if not isinstance(value, str):
        raise RecordError(MALFORMED, f"{field}: {value!r} is not a string")
    try:
        return instant_from_canonical(value)
    except InputError as error:
        raise RecordError(MALFORMED, f"{field}: {error.why}") from error


def _degrees(value: object, field: str) -> tuple[float, ...]:
    if not isinstance(value, list):
        raise RecordError(MALFORMED, f"{field}: not a list")
    if len(value) > VERTICES_MAX:
        raise RecordError(INVALID, f"{field}: {len(value)} vertices; at most {VERTICES_MAX}")
    return tuple(
        degrees_from_e7(_integer(item, f"{field}[{index}]")) for index, item in enumerate(value)
    )


def _integer(value: object, field: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise RecordError(MALFORMED, f"{field}: {value!r} is not an integer")
    if abs(value) > INTEGER_MAX:
        raise RecordError(INVALID, f"{field}: {value} is outside ±(2^53-1)")
    return value


def _mapping(value: object, field: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise RecordError(MALFORMED, f"{field}: not an object")
    return value


def _name(names: type[Name], value: object, field: str) -> Name:
    if isinstance(value, str):
        try:
            return names(value)
        except ValueError:
            pass
    known = ", ".join(name.value for name in names)
    raise RecordError(MALFORMED, f"{field}: {value!r} is not one of {known}")


def _checked(field: str, make: Callable[[], Made]) -> Made:
    try:
        return make()
    except InputError as error:
        raise RecordError(INVALID, f"{field}.{error.field}: {error.why}") from error
