"""A short outline round a country, for an area of interest in an agreement's text."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod, Transformer

from comity.adapters.natural_earth.data_set import Country
from comity.kernel.errors import InputError

Floats = NDArray[np.float64]

VERTICES_MAX = 60  # an area a person can still read in an agreement's text
SLACK_GROWTH = 1.5  # each try allows half as much simplification again
TRIES_MAX = 24  # 1 km of slack grows to 11,000 km: more than any country needs
RADIUS_M_MAX = 6_000_000.0  # the projection must stay far from its far point
COARSE_PART = (
    40  # a coast is simplified by that part of the buffer, and the buffer made wider by it
)
EDGE_STEP_M = 20_000.0  # geodesic edges are followed in steps; a bow within one is under 10 m
_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class Outline:
    """A closed area: geodesic edges, counter-clockwise, the first vertex not repeated.

    Attributes:
        latitude_deg: (V,).
        longitude_deg: (V,), in [-180, 180].
        slack_m: how far beyond the buffer asked for the outline may reach.
    """

    latitude_deg: Floats
    longitude_deg: Floats
    slack_m: float


def outlines(
    country: Country, buffer_m: float, vertices_max: int = VERTICES_MAX
) -> tuple[Outline, ...]:
    """Outlines that together contain a country's land and a buffer round it; largest first.

    Land further apart than two buffers and the slack gets outlines of its own (a mainland, an
    archipelago). Inner seas are filled. Over-approximates: the outline reaches up to `slack_m`
    beyond the buffer, never less far than it.

    Args:
        country: whose land.
        buffer_m: how far round the land; at least 1 km.
        vertices_max: the most vertices of one outline.

    Raises:
        InputError: the country has no area here, the buffer is too small, or no outline of so few
            vertices was found.
    """
    if not buffer_m >= 1000.0:
        raise InputError("buffer_m", f"{buffer_m} is under 1000 m")
    if country.geometry.is_empty:
        raise InputError("country", f"{country.name}: quantisation left no area of it")
    found = [
        outline
        for group in _groups(list(country.geometry.geoms), 2 * buffer_m)
        for outline in _outlines_of(group, buffer_m, vertices_max)
    ]
    return tuple(sorted(found, key=_area_m2, reverse=True))


def _area_m2(outline: Outline) -> float:
    area_m2, _ = _GEOD.polygon_area_perimeter(outline.longitude_deg, outline.latitude_deg)
    return abs(float(area_m2))


def _groups(parts: list[shapely.Polygon], gap_m: float) -> list[list[shapely.Polygon]]:
    """Put together parts whose bounding circles come within `gap_m`."""
    groups: list[tuple[list[shapely.Polygon], Floats]] = []
    for part in parts:
        members, circle = [part], _circle(shapely.get_coordinates(part))
        apart = []
        for others, other in groups:
            (_, _, distance_m) = _GEOD.inv(circle[0], circle[1], other[0], other[1])
            if distance_m - circle[2] - other[2] > gap_m:
                apart.append((others, other))
                continue
            members = others + members
            circle = _circle(np.concatenate([shapely.get_coordinates(m) for m in members]))
        groups = [*apart, (members, circle)]
    return [members for members, _ in groups]


def _circle(points_deg: Floats) -> Floats:
    """Longitude, latitude of a middle, and the distance to the furthest point."""
    latitude_rad, longitude_rad = np.radians(points_deg[:, 1]), np.radians(points_deg[:, 0])
    unit = np.column_stack(
        (
            np.cos(latitude_rad) * np.cos(longitude_rad),
            np.cos(latitude_rad) * np.sin(longitude_rad),
            np.sin(latitude_rad),
        )
    )
    middle = (unit.min(axis=0) + unit.max(axis=0)) / 2
    longitude_deg = np.degrees(np.arctan2(middle[1], middle[0]))
    latitude_deg = np.degrees(np.arctan2(middle[2], np.hypot(middle[0], middle[1])))
    count = len(points_deg)
    _, _, distance_m = _GEOD.inv(
        np.full(count, longitude_deg),
        np.full(count, latitude_deg),
        points_deg[:, 0],
        points_deg[:, 1],
    )
    return np.array((longitude_deg, latitude_deg, distance_m.max()))


def _outlines_of(parts: list[shapely.Polygon], buffer_m: float, vertices_max: int) -> list[Outline]:
    centre = _circle(np.concatenate([shapely.get_coordinates(part) for part in parts]))
    if centre[2] > RADIUS_M_MAX:
        raise InputError("country", f"land within {centre[2]:.0f} m of one point is over 6000 km")
    plane = f"+proj=aeqd +lon_0={centre[0]} +lat_0={centre[1]} +ellps=WGS84"
    to_plane = Transformer.from_crs("OGC:CRS84", plane, always_xy=True)
    coarse_m = buffer_m / COARSE_PART
    land = _projected(parts, to_plane).simplify(coarse_m)
    needed = _buffered(land, _plane_m(buffer_m, centre[2] + buffer_m) + coarse_m)
    slack_m = max(1000.0, buffer_m / 8)
    for _ in range(TRIES_MAX):
        wide = _buffered(needed, _plane_m(slack_m, centre[2] + buffer_m + 2 * slack_m))
        rings = [
            shapely.Polygon(part.exterior).simplify(slack_m) for part in shapely.get_parts(wide)
        ]
        found = [_outline(ring, to_plane, slack_m) for ring in rings]
        if all(len(o.latitude_deg) <= vertices_max for o in found) and shapely.covers(
            shapely.union_all([_geodesic_polygon(outline, to_plane) for outline in found]), needed
        ):
            return found
        slack_m *= SLACK_GROWTH
    raise InputError("vertices_max", f"{vertices_max}: no outline that short was found")


def _plane_m(distance_m: float, radius_m: float) -> float:
    """The plane length that is at least `distance_m` everywhere within `radius_m` of the centre.

    Across the radius an azimuthal equidistant map stretches by (r/R) / sin(r/R), and along it it
    is true; so a length of the plane is never more than its length on the ground times that.
    """
    angle_rad = radius_m / 6_356_752.0  # the polar radius: the more curved, the more stretched
    return float(distance_m * angle_rad / np.sin(angle_rad))


def _projected(parts: list[shapely.Polygon], to_plane: Transformer) -> shapely.Geometry:
    def project(points_deg: Floats) -> Floats:
        return np.column_stack(to_plane.transform(points_deg[:, 0], points_deg[:, 1]))

    return shapely.union_all(
        [shapely.make_valid(shapely.transform(part, project)) for part in parts]
    )


def _buffered(geometry: shapely.Geometry, distance_m: float) -> shapely.Geometry:
    """Never less than `distance_m`: the chords of its quarter circles lie outside the circle."""
    quarter_segments = 8
    outside = 1 / np.cos(np.pi / (4 * quarter_segments))
    return shapely.buffer(geometry, distance_m * outside, quad_segs=quarter_segments)


def _outline(ring: shapely.Polygon, to_plane: Transformer, slack_m: float) -> Outline:
    points = shapely.get_coordinates(shapely.orient_polygons(ring).exterior)[:-1]
    longitude_deg, latitude_deg = to_plane.transform(
        points[:, 0], points[:, 1], direction="INVERSE"
    )
    return Outline(np.round(latitude_deg, 4), np.round(longitude_deg, 4), slack_m)


def _geodesic_polygon(outline: Outline, to_plane: Transformer) -> shapely.Geometry:
    """The outline with its geodesic edges followed closely, in the plane."""
    along: list[tuple[float, float]] = []
    corners = list(zip(outline.longitude_deg, outline.latitude_deg, strict=True))
    for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
        _, _, length_m = _GEOD.inv(*start, *end)
        steps = int(length_m // EDGE_STEP_M)
        along += [start, *_GEOD.npts(*start, *end, steps)] if steps else [start]
    points_deg = np.array(along)
    points = np.column_stack(to_plane.transform(points_deg[:, 0], points_deg[:, 1]))
    return shapely.make_valid(shapely.Polygon(points))
