"""OpenAir airspace files, by the package `aerofiles`; danger, restricted and prohibited areas, FIRs.

Straight lines are taken for geodesics: the format does not say. Arcs and circles are followed from
outside within 2 m. An activation that cannot be understood counts as always hot.
"""

import io
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from comity.adapters.area_files.limits import limit_from_text
from comity.adapters.area_files.outlines import Ring, area_outline, circle, refuse_crossings
from comity.domain.alerts.areas import HOT_TIMES_MAX, Area, AreaKind, AreaSet, HotTime
from comity.domain.geometry.area_outlines import AreaOutline
from comity.domain.geometry.kinds import EdgeKind
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant
from comity.kernel.units import METRES_PER_NAUTICAL_MILE

AREAS_MAX = 50_000
ELEMENTS_MAX = 20_000
LINE_CHARACTERS_MAX = 2_000
RADIUS_NM_MAX = 100.0
ARC_ERROR_M = 2.0
CLASSES = {
    "P": AreaKind.PROHIBITED,
    "R": AreaKind.RESTRICTED,
    "Q": AreaKind.DANGER,
    "GP": AreaKind.PROHIBITED,
}
TYPES = {
    "P": AreaKind.PROHIBITED, "R": AreaKind.RESTRICTED, "Q": AreaKind.DANGER, "D": AreaKind.DANGER,
    "TRA": AreaKind.RESTRICTED, "TSA": AreaKind.RESTRICTED, "TFR": AreaKind.RESTRICTED,
    "ALERT": AreaKind.DANGER, "WARNING": AreaKind.DANGER, "FIR": AreaKind.FIR, "UIR": AreaKind.FIR,
}  # fmt: skip

Record = Mapping[str, Any]


def read_openair(file_bytes: bytes, name: str, digest: str) -> tuple[AreaSet, dict[str, int]]:
    """The areas that are watched, and how many records of other classes were left out.

    Raises:
        InputError: a line that cannot be read, naming it; no area at all; a limit.
    """
    from aerofiles.openair import Reader  # noqa: PLC0415  only where such a file is read

    text = _decoded(file_bytes)
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > LINE_CHARACTERS_MAX:
            raise InputError(
                f"line {number}", f"{len(line)} characters; at most {LINE_CHARACTERS_MAX}"
            )
    areas: list[Area] = []
    left_out: Counter[str] = Counter()
    used: Counter[str] = Counter()
    for record, error in Reader(io.StringIO(text)):
        if error is not None:
            line_number = getattr(error, "lineno", None)
            raise InputError(
                f"line {line_number}", f"not OpenAir: {str(error)[:120] or 'bad value'}"
            )
        if record["type"] != "airspace":
            left_out["terrain"] += 1
            continue
        kind = TYPES.get(str(record["airspace_type"] or "").upper()) or CLASSES.get(
            str(record["class"]).upper()
        )
        if kind is None:
            left_out[f"class {str(record['airspace_type'] or record['class'])[:20]}"] += 1
            continue
        if len(areas) >= AREAS_MAX:
            raise InputError("areas", f"over {AREAS_MAX} areas")
        areas.append(_area(record, kind, name, used))
    if not areas and not left_out:
        raise InputError("areas", "neither GeoJSON nor OpenAir, or no area in it")
    return (
        AreaSet(name, "", digest, None, "as its author draws it", tuple(areas)),
        dict(sorted(left_out.items())),
    )


def _decoded(file_bytes: bytes) -> str:
    if b"\0" in file_bytes:
        raise InputError("areas", "neither GeoJSON nor OpenAir: holds zero bytes")
    try:
        return file_bytes.decode("utf-8-sig")
    except UnicodeDecodeError:
        return file_bytes.decode("latin-1")  # as most published OpenAir files are


def _area(record: Record, kind: AreaKind, set_name: str, used: Counter[str]) -> Area:
    name = str(record["name"] or "").strip() or "unnamed"
    own_id = str(record["ident"] or name)[:80]
    used[own_id] += 1
    if used[own_id] > 1:
        own_id = f"{own_id}#{used[own_id]}"
    elements: Sequence[Record] = record["elements"]
    if not 1 <= len(elements) <= ELEMENTS_MAX:
        raise InputError(name, f"{len(elements)} elements are outside 1 to {ELEMENTS_MAX}")
    for member in ("floor", "ceiling"):
        if not record[member]:
            raise InputError(f"{name}.{member}", "missing")
    return Area(
        f"{set_name}:{own_id}"[:120],
        name[:120],
        kind,
        _outline(elements, name),
        limit_from_text(record["floor"], f"{name}.floor"),
        limit_from_text(record["ceiling"], f"{name}.ceiling"),
        _hot(record["activation"], name),
    )


def _outline(elements: Sequence[Record], name: str) -> AreaOutline:
    first = elements[0]
    if first["type"] == "circle":
        if len(elements) > 1:
            raise InputError(
                f"{name}, line {elements[1]['lineno']}", "a circle and more is no area"
            )
        north, east = first["center"]
        where = f"{name}, line {first['lineno']}"
        return circle(north, east, _radius_m(first["radius"], first), where)
    latitude: list[float] = []
    longitude: list[float] = []
    for element in elements:
        where = f"{name}, line {element['lineno']}"
        if element["type"] == "point":
            latitude.append(element["location"][0])
            longitude.append(element["location"][1])
        elif element["type"] == "arc":
            arc = _arc(element)
            latitude += arc[0].tolist()
            longitude += arc[1].tolist()
        else:
            raise InputError(where, f"{element['type']} in an area")
    ring = (np.array(latitude), np.array(longitude))
    outline = area_outline([ring], EdgeKind.GEODESIC, 0.0, name)
    refuse_crossings([[ring]], name)
    return outline


def _arc(element: Record) -> Ring:
    from pyproj import Geod  # noqa: PLC0415  slow to import

    earth = Geod(ellps="WGS84")
    latitude, longitude = element["center"]
    ends: list[tuple[float, float]] = []
    if isinstance(element["start"], float):
        radius_m = _radius_m(element["radius"], element)
        begin, end = element["start"], element["end"]
    else:
        begin, _, radius_m = earth.inv(longitude, latitude, *reversed(element["start"]))
        end, _, _ = earth.inv(longitude, latitude, *reversed(element["end"]))
        radius_m = _radius_m(radius_m / METRES_PER_NAUTICAL_MILE, element)
        ends = [tuple(element["start"]), tuple(element["end"])]
    sweep = (end - begin) % 360.0 or 360.0
    if not element["clockwise"]:
        sweep -= 360.0
        sweep = sweep or -360.0
    step_deg = math.degrees(2.0 * math.acos(1.0 - ARC_ERROR_M / max(radius_m, 2.0 * ARC_ERROR_M)))
    count = max(2, math.ceil(abs(sweep) / step_deg))
    outside_m = radius_m / math.cos(math.radians(abs(sweep) / count / 2.0))
    azimuth = begin + sweep * (np.arange(count) + 0.5) / count
    reach = np.full(count, outside_m)
    azimuth = np.concatenate([[begin], azimuth, [begin + sweep]])
    reach = np.concatenate([[radius_m], reach, [radius_m]])
    many = len(azimuth)
    lon, lat, _ = earth.fwd(np.full(many, longitude), np.full(many, latitude), azimuth, reach)
    lat, lon = np.asarray(lat), np.asarray(lon)
    if ends:
        (lat[0], lon[0]), (lat[-1], lon[-1]) = ends
    return lat, lon


def _radius_m(radius_nm: float, element: Record) -> float:
    if not 0.0 < radius_nm <= RADIUS_NM_MAX:
        raise InputError(
            f"line {element['lineno']}",
            f"radius {radius_nm} is outside 0 to {RADIUS_NM_MAX:.0f} NM",
        )
    return radius_nm * METRES_PER_NAUTICAL_MILE


def _hot(activations: Sequence[Record], name: str) -> tuple[HotTime, ...] | None:
    """Times in which the area counts; `None`, always, unless each activation has both its ends."""
    times = []
    for activation in activations[: HOT_TIMES_MAX + 1]:
        start, end = activation.get("start"), activation.get("end")
        if not (isinstance(start, datetime) and isinstance(end, datetime)):
            return None
        if start.tzinfo is None or end.tzinfo is None:
            raise InputError(f"{name}, line {activation['lineno']}", "an activation without a zone")
        times.append(HotTime(_instant(start), _instant(end)))
    return tuple(times) or None


def _instant(when: datetime) -> Instant:
    return Instant(round(when.timestamp() * 1000))
