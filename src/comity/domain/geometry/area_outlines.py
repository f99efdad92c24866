"""Outlines of areas of any size as pieces of great ellipse: borders, zones, sites with buffers.

Unlike a `Shape`, an outline may have many rings, hundreds of thousands of vertices and contain a
pole. What is inside is told by the even-odd rule from one point that is known to be outside.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry.edges import EDGE_TOLERANCE_M, along_edges
from comity.domain.geometry.ellipsoid import (
    CURVATURE_RADIUS_M_MIN,
    Floats,
    degrees_from_unit,
    unit_from_degrees,
)
from comity.domain.geometry.kinds import EdgeKind
from comity.kernel.errors import InputError

OUTLINE_VERTICES_MAX = 500_000  # Canada at 1:10,000,000 has 69,000
BUFFER_M_MAX = 200_000.0  # as shape.RADIUS_M_MAX
BUFFER_REACH_M_MAX = 500_000.0  # of a buffered outline; beyond it the plane map stretches by 0.1 %
BUFFER_EXCESS_M = 2.0
"""How far a buffered outline may reach beyond its buffer, where 0.1 % of it is not more."""
HALF_TURN_DEG = 180.0
NORTH_POLE = (0.0, 0.0, 1.0)
_SIDES_MAX = 720
_SPREAD = np.array([1.0, 1.6180339887498949, 2.414213562373095])


@dataclass(frozen=True, slots=True, eq=False)
class AreaOutline:
    """The edge of an area.

    Attributes:
        start: (E, 3) unit vectors; piece e runs from `start[e]` to `end[e]`, at most 40 km.
        end: (E, 3).
        outside: (3,) a unit vector that is not in the area.
    """

    start: Floats
    end: Floats
    outside: Floats


def outline_of_rings(
    rings: Sequence[tuple[Floats, Floats]], edge: EdgeKind, outside: Floats | None = None
) -> AreaOutline:
    """The outline of rings of vertices; a ring inside another is a hole (even-odd rule).

    Args:
        rings: latitudes and longitudes (degrees) of each; the last vertex joins the first, whether
            or not it repeats it. Vertices that repeat the one before are left out. Edges that two
            rings share are no edges of the area and are left out too; on ±180°, where maps are cut,
            also where they share a part only.
        edge: what runs between the vertices.
        outside: a unit vector known to be outside; the north pole by default.

    Raises:
        InputError: a vertex is out of range, there are too many, or none; an edge over 9,100 km.
    """
    count = sum(len(latitude) for latitude, _ in rings)
    if not 3 <= count <= OUTLINE_VERTICES_MAX:
        raise InputError("rings", f"{count} vertices are outside 3 to {OUTLINE_VERTICES_MAX}")
    starts: list[Floats] = []
    ends: list[Floats] = []
    cuts: list[Floats] = []
    for latitude, longitude in rings:
        _check_range(latitude, longitude)
        closed_latitude = np.concatenate([latitude, latitude[:1]])
        closed_longitude = np.concatenate([longitude, longitude[:1]])
        closed_longitude = np.where(
            closed_longitude == -HALF_TURN_DEG, HALF_TURN_DEG, closed_longitude
        )
        on_cut = is_on_cut(closed_longitude[:-1], closed_longitude[1:])
        cuts.append(np.stack([closed_latitude[:-1], closed_latitude[1:]], axis=1)[on_cut])
        for run in np.split(np.arange(len(on_cut)), np.flatnonzero(np.diff(on_cut)) + 1):
            if not on_cut[run[0]]:
                vertices = np.append(run, run[-1] + 1)
                start, end = along_edges(
                    closed_latitude[vertices], closed_longitude[vertices], edge
                )
                starts.append(start)
                ends.append(end)
    for south, north in open_cuts(np.concatenate(cuts)):
        meridian = np.array([south, north]), np.full(2, HALF_TURN_DEG)
        start, end = along_edges(*meridian, EdgeKind.GEODESIC)
        starts.append(start)
        ends.append(end)
    nothing = np.empty((0, 3))
    start, end = _without_shared(
        np.concatenate([nothing, *starts]), np.concatenate([nothing, *ends])
    )
    far = np.array(NORTH_POLE) if outside is None else outside
    return AreaOutline(start, end, far)


def is_on_cut(longitude_deg: Floats, next_deg: Floats) -> NDArray[np.bool_]:
    """(E,) whether edges run along ±180°."""
    on: NDArray[np.bool_] = (np.abs(longitude_deg) == HALF_TURN_DEG) & (
        np.abs(next_deg) == HALF_TURN_DEG
    )
    return on


def open_cuts(latitudes_deg: Floats) -> list[tuple[float, float]]:
    """What remains of edges (E, 2) on one meridian where those that lie on each other cancel out."""
    ends = np.unique(latitudes_deg)
    if len(ends) < 2:
        return []
    low, high = latitudes_deg.min(axis=1), latitudes_deg.max(axis=1)
    covers = (low[:, None] <= ends[None, :-1]) & (high[:, None] >= ends[None, 1:])
    odd = np.flatnonzero(covers.sum(axis=0) % 2)
    return [(float(ends[at]), float(ends[at + 1])) for at in odd]


def circle_outline(latitude_deg: float, longitude_deg: float, radius_m: float) -> AreaOutline:
    """Everything within a geodesic distance of a place; over-approximates by `excess_m(radius_m)`."""
    from pyproj import Geod  # noqa: PLC0415  slow to import

    _check_buffer(radius_m)
    sides = _sides(radius_m)
    azimuth = np.arange(sides) * (360.0 / sides)
    # corners of a polygon whose sides touch the circle; 1 mm for the ellipsoid's own bending
    corner_m = radius_m / math.cos(math.pi / sides) + EDGE_TOLERANCE_M
    longitude, latitude, _ = Geod(ellps="WGS84").fwd(
        np.full(sides, longitude_deg), np.full(sides, latitude_deg), azimuth,
        np.full(sides, corner_m),
    )  # fmt: skip
    centre = unit_from_degrees(np.array([latitude_deg]), np.array([longitude_deg]))[0]
    return outline_of_rings([(latitude, longitude)], EdgeKind.GEODESIC, -centre)


def excess_m(buffer_m: float) -> float:
    """How far beyond its buffer a buffered outline may reach."""
    return max(BUFFER_EXCESS_M, buffer_m * 2e-3) + 2.0 * EDGE_TOLERANCE_M


def buffered_outline(outline: AreaOutline, buffer_m: float) -> AreaOutline:
    """An outline and everything within a distance of it; over-approximates by `excess_m(buffer_m)`.

    Raises:
        InputError: the buffer is out of range, or the outline too large for one plane map.
    """
    return _buffered(outline, buffer_m, inside=True)


def buffered_lines(start: Floats, end: Floats, buffer_m: float) -> AreaOutline:
    """Everything within a distance of pieces of line, each of them at most 40 km.

    Over-approximates by `excess_m(buffer_m)`.

    Raises:
        InputError: the buffer is out of range, or the lines reach too far for one plane map.
    """
    outside = -start.sum(axis=0)
    outside /= math.sqrt(float(outside @ outside))
    return _buffered(AreaOutline(start, end, outside), buffer_m, inside=False)


def _buffered(outline: AreaOutline, buffer_m: float, *, inside: bool) -> AreaOutline:
    import shapely  # noqa: PLC0415  only where areas are made
    from pyproj import Transformer  # noqa: PLC0415

    _check_buffer(buffer_m)
    points = np.concatenate([outline.start, outline.end])
    middle = outline.start.mean(axis=0)
    centre = middle / math.sqrt(float(middle @ middle))
    reach_rad = float(np.arccos(np.clip((points @ centre).min(), -1.0, 1.0)))
    reach_m = reach_rad * CURVATURE_RADIUS_M_MIN * 1.02 + buffer_m
    if reach_m > BUFFER_REACH_M_MAX:
        raise InputError(
            "buffer_m",
            f"the area reaches {reach_m / 1000:.0f} km from its middle; a buffer needs at most"
            f" {BUFFER_REACH_M_MAX / 1000:.0f} km",
        )
    latitude_deg, longitude_deg = degrees_from_unit(centre)
    plane = f"+proj=aeqd +lon_0={float(longitude_deg)} +lat_0={float(latitude_deg)} +ellps=WGS84"
    to_plane = Transformer.from_crs("OGC:CRS84", plane, always_xy=True)
    lines = _plane_lines(outline, to_plane)
    meant = shapely.make_valid(_filled(lines)) if inside else shapely.union_all(lines)
    # across the radius the map stretches by (r/R)/sin(r/R), at most 0.11 % at the reach allowed
    angle = reach_m / CURVATURE_RADIUS_M_MIN
    wide_m = buffer_m * angle / math.sin(angle)
    quarter = max(8, _sides(buffer_m) // 4)
    wide_m = wide_m / math.cos(math.pi / (4 * quarter)) + EDGE_TOLERANCE_M
    grown = shapely.buffer(meant, wide_m, quad_segs=quarter)
    rings = []
    for part in shapely.get_parts(grown):
        for ring in (part.exterior, *part.interiors):
            points = shapely.get_coordinates(ring)[:-1]
            longitude, latitude = to_plane.transform(
                points[:, 0], points[:, 1], direction="INVERSE"
            )
            rings.append((np.asarray(latitude), np.asarray(longitude)))
    return outline_of_rings(rings, EdgeKind.GEODESIC, outline.outside)


def _plane_lines(outline: AreaOutline, to_plane: "object") -> "NDArray[np.object_]":
    import shapely  # noqa: PLC0415

    def plane(points: Floats) -> Floats:
        latitude, longitude = degrees_from_unit(points)
        return np.column_stack(to_plane.transform(longitude, latitude))  # type: ignore[attr-defined]

    ends = np.stack([plane(outline.start), plane(outline.end)], axis=1)
    lines: NDArray[np.object_] = shapely.linestrings(ends)
    return lines


def _filled(lines: "NDArray[np.object_]") -> "object":
    import shapely  # noqa: PLC0415

    faces = shapely.get_parts(shapely.polygonize(list(lines)))
    return shapely.union_all(shapely.get_parts(faces))


def _sides(radius_m: float) -> int:
    """Sides of a polygon round a circle that reaches beyond it by half of what is allowed."""
    allowed = max(BUFFER_EXCESS_M, radius_m * 1e-3) / 2.0 / max(radius_m, 1.0)
    return min(_SIDES_MAX, max(16, 4 * math.ceil(math.pi / math.sqrt(2.0 * allowed) / 4.0)))


def _check_buffer(buffer_m: float) -> None:
    if not 1.0 <= buffer_m <= BUFFER_M_MAX:
        raise InputError("buffer_m", f"{buffer_m} is outside 1 to {BUFFER_M_MAX:.0f} m")


def _check_range(latitude: Floats, longitude: Floats) -> None:
    if len(latitude) != len(longitude):
        raise InputError("rings", f"{len(longitude)} longitudes for {len(latitude)} latitudes")
    with np.errstate(invalid="ignore"):
        for name, values, limit in (("latitude", latitude, 90.0), ("longitude", longitude, 180.0)):
            for index in np.flatnonzero(~(np.abs(values) <= limit))[:1].tolist():
                raise InputError(
                    f"{name}_deg[{index}]",
                    f"{values[index]} is outside -{limit:.0f} to {limit:.0f}",
                )


def _without_shared(start: Floats, end: Floats) -> tuple[Floats, Floats]:
    """Leave out pieces of no length, and those that stand there twice: inside on both sides."""
    apart = (start != end).any(axis=1)
    start, end = start[apart], end[apart]
    middle = (start + end) @ _SPREAD  # equal for a piece and for the same one backwards
    order = np.argsort(middle)
    again = np.flatnonzero(np.diff(middle[order]) == 0.0)
    doubtful = np.unique(np.concatenate([order[again], order[again + 1]]))
    if len(doubtful) == 0:
        return start, end
    keys = [
        tuple(sorted((one.tobytes(), other.tobytes())))
        for one, other in zip(start[doubtful] + 0.0, end[doubtful] + 0.0, strict=True)
    ]
    counts = Counter(keys)
    seen: set[tuple[bytes, ...]] = set()
    keep = np.ones(len(start), np.bool_)
    for number, key in zip(doubtful.tolist(), keys, strict=True):
        keep[number] = counts[key] % 2 == 1 and key not in seen
        seen.add(key)
    return start[keep], end[keep]
