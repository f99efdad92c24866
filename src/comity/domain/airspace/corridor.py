"""Corridors: everything within a half-width of a line of waypoints, for one window of time."""

from collections.abc import Sequence

from comity.domain.airspace.altitude import Altitude
from comity.domain.airspace.volume import Volume4D
from comity.domain.geometry import EdgeKind, Shape, ShapeKind
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

Position = tuple[float, float]
"""Latitude and longitude, WGS 84 degrees."""


def corridor(
    waypoints: Sequence[Position],
    half_width_m: float,
    edge: EdgeKind,
    *,
    heights: tuple[Altitude, Altitude],
    window: tuple[Instant, Instant],
) -> Volume4D:
    """One volume along a line; a single waypoint makes a circle.

    Args:
        waypoints: in order, as flown; the short way round between two.
        half_width_m: along geodesics, on either side and beyond both ends.
        edge: what the line follows between two waypoints.
        heights: lower and upper.
        window: start and end.

    Raises:
        InputError: `half_width` is 0, or what `Shape` and `Volume4D` refuse.

    Source: docs/spec/volume.md §3.
    """
    if half_width_m == 0.0:
        raise InputError("half_width", "0: a line has no room for a flight")
    try:
        shape = line_shape(waypoints, half_width_m, edge)
    except InputError as error:
        raise InputError(f"waypoints.{error.field}", error.why) from error
    return Volume4D(shape, *heights, *window)


def line_shape(positions: Sequence[Position], radius_m: float, edge: EdgeKind) -> Shape:
    """A path along positions with a radius around it."""
    return Shape(
        ShapeKind.PATH,
        tuple(latitude_deg for latitude_deg, _ in positions),
        tuple(longitude_deg for _, longitude_deg in positions),
        radius_m,
        edge,
    )
