"""GeoJSON areas (RFC 7946) with members of our own; sets of FIRs as EUROCONTROL publishes them.

docs/howto/bring-areas.md has the members and examples.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np

from comity.adapters.area_files.limits import limit_from_text
from comity.adapters.area_files.outlines import Ring, area_outline, circle, refuse_crossings
from comity.domain.airspace import Altitude, Datum
from comity.domain.alerts.areas import Area, AreaKind, AreaSet, HotTime
from comity.domain.geometry.area_outlines import AreaOutline
from comity.domain.geometry.kinds import EdgeKind
from comity.kernel.errors import InputError
from comity.kernel.instants import instant_from_rfc3339

FEATURES_MAX = 100_000
ERROR_M_MAX = 100_000.0
_KNOWN = frozenset(
    {"id", "name", "kind", "edge", "buffer_m", "lower", "upper", "hot", "error_m"}
)  # fmt: skip
_FIR_KNOWN = frozenset(
    {"ICAO", "IDENT", "NAME", "TYPE", "UPPERLIMIT", "UPPERUNIT", "LOWERLIMIT", "LOWERUNIT", "EFFECTDATE"}
)  # fmt: skip

Object = Mapping[str, Any]


def read_geojson_areas(
    file_bytes: bytes, name: str, digest: str, kind: str | None = None
) -> AreaSet:
    """A FeatureCollection as a set of areas.

    Raises:
        InputError: not JSON, not such a collection, or an area that cannot be read.
    """
    try:
        whole = msgspec.json.decode(file_bytes.lstrip(b"\xef\xbb\xbf"))
    except msgspec.DecodeError as error:
        raise InputError("areas", f"not JSON: {error}") from error
    except RecursionError as error:
        raise InputError("areas", "nested too deep") from error
    if not isinstance(whole, dict) or whole.get("type") != "FeatureCollection":
        raise InputError("areas.type", "not a FeatureCollection")
    features = whole.get("features")
    if not isinstance(features, list) or not 1 <= len(features) <= FEATURES_MAX:
        raise InputError("areas.features", f"not a list of 1 to {FEATURES_MAX}")
    set_name = _text(whole, "name", "areas", default=name)
    areas = tuple(
        _area(feature, f"areas.features[{number}]", number, set_name, kind)
        for number, feature in enumerate(features)
    )
    return AreaSet(
        set_name,
        _text(whole, "version", "areas", default=""),
        digest,
        _number(whole, "error_m", "areas", 0.0, ERROR_M_MAX),
        _text(whole, "view", "areas", default="as its author draws it"),
        areas,
    )


def _area(feature: object, path: str, number: int, set_name: str, kind: str | None) -> Area:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise InputError(f"{path}.type", "not a Feature")
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        raise InputError(f"{path}.properties", "not an object")
    if "IDENT" in properties and "UPPERLIMIT" in properties:
        return _fir(feature, properties, f"{path}.properties", set_name)
    at = f"{path}.properties"
    for member in sorted(set(properties) - _KNOWN):
        raise InputError(f"{at}.{member}", f"unknown; known are {', '.join(sorted(_KNOWN))}")
    given = _text(properties, "kind", at, default=kind or "")
    if given not in set(AreaKind):
        raise InputError(f"{at}.kind", f"{given[:40]!r} is none of {', '.join(AreaKind)}")
    edge = _text(properties, "edge", at, default=str(EdgeKind.CHORD))
    if edge not in set(EdgeKind):
        raise InputError(f"{at}.edge", f"{edge[:40]!r} is none of {', '.join(EdgeKind)}")
    name = _text(properties, "name", at, default=f"area {number + 1}")
    own_id = _text(properties, "id", at, default=str(feature.get("id") or name))
    buffer_m = _number(properties, "buffer_m", at, 1.0, 200_000.0) or 0.0
    return Area(
        f"{set_name}:{own_id}"[:120],
        name,
        AreaKind(given),
        _outline(feature.get("geometry"), f"{path}.geometry", EdgeKind(edge), buffer_m),
        _limit(properties.get("lower"), f"{at}.lower"),
        _limit(properties.get("upper"), f"{at}.upper"),
        _hot(properties.get("hot"), f"{at}.hot"),
        buffer_m,
    )


def _fir(feature: Object, properties: Object, at: str, set_name: str) -> Area:
    for member in sorted(set(properties) - _FIR_KNOWN):
        raise InputError(f"{at}.{member}", f"unknown; known are {', '.join(sorted(_FIR_KNOWN))}")
    limits = []
    for side in ("LOWER", "UPPER"):
        value, unit = str(properties.get(f"{side}LIMIT")), str(properties.get(f"{side}UNIT"))
        text = f"FL{value}" if unit == "FL" else f"{value} {unit}"
        limits.append(limit_from_text(text, f"{at}.{side}LIMIT"))
    ident = _text(properties, "IDENT", at)
    name = _text(properties, "NAME", at, default=ident)
    outline = _outline(feature.get("geometry"), f"{at}.geometry", EdgeKind.CHORD, 0.0)
    # one FIR may stand there several times, for parts of it at different heights
    own_id = f"{set_name}:{ident}:{properties.get('LOWERLIMIT')}-{properties.get('UPPERLIMIT')}"
    return Area(own_id[:120], name, AreaKind.FIR, outline, limits[0], limits[1])


def _outline(geometry: object, path: str, edge: EdgeKind, buffer_m: float) -> AreaOutline:
    if not isinstance(geometry, dict):
        raise InputError(path, "missing")
    form, coordinates = geometry.get("type"), geometry.get("coordinates")
    if form == "Point":
        if buffer_m <= 0.0:
            raise InputError(path, "a Point needs buffer_m")
        place = _positions([coordinates], f"{path}.coordinates")
        return circle(float(place[0][0]), float(place[1][0]), buffer_m, path)
    if form == "Polygon":
        coordinates = [coordinates]
    elif form != "MultiPolygon":
        raise InputError(
            f"{path}.type", f"{str(form)[:40]!r} is not Polygon, MultiPolygon or Point"
        )
    polygons: list[list[Ring]] = []
    if not isinstance(coordinates, list) or not coordinates:
        raise InputError(f"{path}.coordinates", "not a list of polygons")
    for number, polygon in enumerate(coordinates):
        if not isinstance(polygon, list) or not polygon:
            raise InputError(f"{path}.coordinates[{number}]", "not a list of rings")
        polygons.append([])
        for order, ring in enumerate(polygon):
            at = f"{path}.coordinates[{number}][{order}]"
            if not isinstance(ring, list) or len(ring) < 4:
                raise InputError(at, "not a ring of four positions or more")
            if ring[0] != ring[-1]:
                raise InputError(at, "the ring is not closed: its last position is not its first")
            polygons[-1].append(_positions(ring, at))
    rings = [ring for polygon in polygons for ring in polygon]
    outline = area_outline(rings, edge, buffer_m, path)
    refuse_crossings(polygons, path)
    return outline


def _positions(values: list[Any], path: str) -> Ring:
    """Latitudes and longitudes; what follows them in a position (a height) has no meaning here."""
    try:
        pairs = np.array([(position[0], position[1]) for position in values], np.float64)
    except (TypeError, ValueError, IndexError, KeyError) as error:
        raise InputError(path, "a position is not a longitude and a latitude") from error
    return pairs[:, 1].copy(), pairs[:, 0].copy()


def _limit(value: object, path: str) -> Altitude | None:
    """`{"height_m": 2000, "datum": "EGM2008"}`, a text such as FL95, or nothing."""
    if value is None:
        return None
    if isinstance(value, str):
        return limit_from_text(value, path)
    if not isinstance(value, dict) or set(value) != {"height_m", "datum"}:
        raise InputError(path, "not a text such as FL95, nor an object of height_m and datum")
    height_m = _number(value, "height_m", path, -1_000.0, 100_000.0)
    if value["datum"] not in set(Datum) or height_m is None:
        raise InputError(f"{path}.datum", f"none of {', '.join(Datum)}")
    return Altitude(height_m, Datum(value["datum"]))


def _hot(value: object, path: str) -> tuple[HotTime, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        raise InputError(path, "not a list of pairs of times")
    times = []
    for number, pair in enumerate(value):
        at = f"{path}[{number}]"
        if not (
            isinstance(pair, list) and len(pair) == 2 and all(isinstance(t, str) for t in pair)
        ):
            raise InputError(at, "not a pair of times, RFC 3339 with zone")
        start, end = (instant_from_rfc3339(text, at) for text in pair)
        try:
            times.append(HotTime(start, end))
        except InputError as error:
            raise InputError(f"{at}.{error.field}", error.why) from error
    return tuple(times)


def _text(fields: Object, member: str, path: str, default: str | None = None) -> str:
    value = fields.get(member)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise InputError(f"{path}.{member}", "not a text" if value is not None else "missing")
    return value


def _number(fields: Object, member: str, path: str, least: float, most: float) -> float | None:
    value = fields.get(member)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise InputError(
            f"{path}.{member}", f"{str(value)[:40]} is not a number from {least:g} to {most:g}"
        )
    return float(value)
