"""GeoJSON features with an altitude band and a time window.

Source: RFC 7946; docs/howto/flight-plan-formats.md.
"""

import itertools
from collections.abc import Sequence

import shapely

from comity.adapters.flight_plans.fields import Fields, checked, items, number
from comity.adapters.flight_plans.plan import (
    CALLSIGN,
    PRIORITY,
    PRIORITY_DEFAULT,
    FlightPlan,
)
from comity.domain.airspace import (
    EdgeKind,
    Footprint,
    Shape,
    ShapeKind,
    Volume4D,
)
from comity.domain.geometry import RADIUS_M_MAX, VERTICES_MAX
from comity.kernel.errors import InputError
from comity.kernel.instants import StatedTime

FEATURES_MAX = 10_000  # a busy day of a national centre; larger days come in several files
POLYGONS_MAX = 1_000  # as many as a flight may have volumes
RINGS_MAX = 100
HALF_TURN_DEG = 180.0

Position = tuple[float, float]


def read_geojson(fields: Fields) -> list[FlightPlan]:
    """Read a FeatureCollection or one Feature; features of one callsign make one flight."""
    if fields.text("type") == "Feature":
        features = [_Feature(fields)]
    else:
        path = fields.at("features")
        found = fields.items("features", 1, FEATURES_MAX)
        features = [_Feature(Fields(item, f"{path}[{n}]")) for n, item in enumerate(found)]
        fields.has("bbox")
        fields.finish()
    flights: dict[str, list[_Feature]] = {}
    for feature in features:
        flights.setdefault(feature.callsign, []).append(feature)
    return [_plan(parts) for parts in flights.values()]


class _Feature:
    """One feature: its volumes and what it says of its flight."""

    def __init__(self, fields: Fields) -> None:
        for ignored in ("id", "bbox"):  # RFC 7946 §5, §3.2: they add nothing to the geometry
            fields.has(ignored)
        if fields.text("type") != "Feature":
            raise InputError(fields.at("type"), f"{fields.text('type')!r} is not 'Feature'")
        self.path = fields.path
        properties = fields.fields("properties")
        self.callsign = properties.text("callsign", CALLSIGN)
        self.flight_class = properties.text("flight_class")
        self.priority = properties.text("priority", PRIORITY, PRIORITY_DEFAULT)
        self.start, self.end = properties.time("start"), properties.time("end")
        lower, upper = properties.altitude("lower"), properties.altitude("upper")
        shapes = _shapes(fields.fields("geometry"), properties)
        properties.finish()
        fields.finish()
        self.volumes = tuple(
            checked(
                properties.path,
                lambda shape=shape: Volume4D(  # type: ignore[misc]  # bound now, used now
                    shape, lower, upper, self.start.instant, self.end.instant
                ),
            )
            for shape in shapes
        )


def _plan(parts: Sequence[_Feature]) -> FlightPlan:
    first = parts[0]
    for part in parts[1:]:
        for name in ("flight_class", "priority"):
            said, other = getattr(first, name), getattr(part, name)
            if said != other:
                raise InputError(
                    f"{part.path}.properties.{name}",
                    f"{other!r}, but {first.path} of the same callsign says {said!r}",
                )
    volumes = tuple(volume for part in parts for volume in part.volumes)

    def instant(time: StatedTime) -> int:
        return time.instant.unix_ms

    return FlightPlan(
        first.callsign,
        first.priority,
        checked(first.path, lambda: Footprint(volumes, None, first.flight_class)),
        min((part.start for part in parts), key=instant),
        max((part.end for part in parts), key=instant),
        first.path,
    )


def _shapes(geometry: Fields, properties: Fields) -> list[Shape]:
    kind, path = geometry.text("type"), geometry.at("coordinates")
    geometry.has("bbox")
    coordinates = geometry.value("coordinates")
    geometry.finish()
    filled = properties.has("holes")
    if filled and properties.text("holes") != "filled":
        raise InputError(properties.at("holes"), f"{properties.text('holes')!r} is not 'filled'")
    match kind:
        case "Polygon":
            return [_polygon(coordinates, path, filled)]
        case "MultiPolygon":
            polygons = items(coordinates, path, 1, POLYGONS_MAX)
            return [_polygon(item, f"{path}[{n}]", filled) for n, item in enumerate(polygons)]
        case "LineString":
            line = _line(items(coordinates, path, 2, VERTICES_MAX), path)
            return [_path(line, properties, "half_width", path)]
        case "Point":
            return [_path([_position(coordinates, path)], properties, "radius", path)]
    raise InputError(
        geometry.at("type"), f"{kind!r} is not Polygon, MultiPolygon, LineString or Point"
    )


def _path(line: list[Position], properties: Fields, width_name: str, path: str) -> Shape:
    width_m = properties.length_m(width_name, RADIUS_M_MAX)
    if width_m == 0.0:
        raise InputError(properties.at(width_name), "0: a line has no room for a flight")
    return checked(path, lambda: _shape(ShapeKind.PATH, line, width_m))


def _polygon(value: object, path: str, filled: bool) -> Shape:
    rings = items(value, path, 1, RINGS_MAX)
    if len(rings) > 1 and not filled:
        raise InputError(
            f"{path}[1]", 'a hole; a flight\'s area has none, or "holes": "filled" in properties'
        )
    corners = [_ring(ring, f"{path}[{n}]") for n, ring in enumerate(rings)]
    return checked(f"{path}[0]", lambda: _shape(ShapeKind.RING, corners[0], 0.0))


def _ring(value: object, path: str) -> list[Position]:
    """A ring without its repeated last position; the order round it does not matter (§3.1.6)."""
    line = _line(items(value, path, 4, VERTICES_MAX + 1), path)
    if line[0] != line[-1]:
        raise InputError(f"{path}[{len(line) - 1}]", f"{line[-1]} does not close on {line[0]}")
    longitudes = [longitude for longitude, _ in line]
    span_deg = max(longitudes) - min(longitudes)
    if span_deg > HALF_TURN_DEG:
        raise InputError(path, f"spans {span_deg:g} degrees of longitude; at most 180")
    polygon = shapely.Polygon(line)
    if not polygon.is_valid:
        raise InputError(path, f"not a simple area: {shapely.is_valid_reason(polygon)}")
    return line[:-1]


def _line(values: Sequence[object], path: str) -> list[Position]:
    line = [_position(value, f"{path}[{n}]") for n, value in enumerate(values)]
    for n, ((west, _), (east, _)) in enumerate(itertools.pairwise(line)):
        if abs(east - west) >= HALF_TURN_DEG:
            raise InputError(
                f"{path}[{n + 1}]",
                f"from longitude {west:g} to {east:g}; cut at ±180 degrees (RFC 7946 §3.1.9)",
            )
    return line


def _position(value: object, path: str) -> Position:
    position = items(value, path, 2, 2)  # a third value, a height, would contradict the band
    return (
        number(position[0], f"{path}[0]", -180.0, 180.0),
        number(position[1], f"{path}[1]", -90.0, 90.0),
    )


def _shape(kind: ShapeKind, line: Sequence[Position], radius_m: float) -> Shape:
    return Shape(
        kind,
        tuple(latitude for _, latitude in line),
        tuple(longitude for longitude, _ in line),
        radius_m,
        EdgeKind.CHORD,  # RFC 7946 §3.1.1: straight in longitude and latitude
    )
