"""Corridors (waypoints with a half-width) and trajectories (times and positions).

Source: docs/howto/flight-plan-formats.md.
"""

import itertools
from collections.abc import Sequence

from pyproj import Geod

from comity.adapters.flight_plans.fields import Fields, checked
from comity.adapters.flight_plans.plan import (
    CALLSIGN,
    PRIORITY,
    PRIORITY_DEFAULT,
    FlightPlan,
)
from comity.domain.airspace import (
    Altitude,
    EdgeKind,
    Footprint,
    Shape,
    ShapeKind,
    Volume4D,
)
from comity.domain.airspace.volume import VOLUMES_MAX
from comity.domain.geometry import RADIUS_M_MAX, VERTICES_MAX
from comity.kernel.errors import InputError
from comity.kernel.instants import StatedTime

TIME_UNCERTAINTY_S_MAX = 3_600.0
VERTICAL_UNCERTAINTY_M_MAX = 10_000.0
STILL_M = 0.05  # a leg that short is a place: a record's 1e-7 degrees could not tell its ends apart

_GEOD = Geod(ellps="WGS84")


def read_corridor(fields: Fields) -> FlightPlan:
    """Read one corridor: everything within its half-width, for the whole time window."""
    callsign, flight_class, priority = _flight(fields)
    path = fields.at("waypoints")
    waypoints = [
        _position(Fields(item, f"{path}[{n}]"))
        for n, item in enumerate(fields.items("waypoints", 1, VERTICES_MAX))
    ]
    half_width_m = fields.length_m("half_width", RADIUS_M_MAX)
    if half_width_m == 0.0:
        raise InputError(fields.at("half_width"), "0: a line has no room for a flight")
    edge = fields.text("edge", default=EdgeKind.GEODESIC.value)
    if edge not in {kind.value for kind in EdgeKind}:
        known = ", ".join(kind.value for kind in EdgeKind)
        raise InputError(fields.at("edge"), f"{edge!r} is not one of {known}")
    lower, upper = fields.altitude("lower"), fields.altitude("upper")
    start, end = fields.time("start"), fields.time("end")
    fields.finish()
    shape = checked(path, lambda: _line(waypoints, half_width_m, EdgeKind(edge)))
    volume = checked(fields.path, lambda: Volume4D(shape, lower, upper, start.instant, end.instant))
    footprint = checked(fields.path, lambda: Footprint((volume,), None, flight_class))
    return FlightPlan(callsign, priority, footprint, start, end, fields.path)


def read_trajectory(fields: Fields) -> FlightPlan:
    """Read one trajectory: a chain of volumes, one a leg, each widened by what is uncertain.

    A flight that stays where it is (hovers, waits) has legs without length; each is a circle. Else,
    between two points, the flight is taken to be within the horizontal uncertainty of the geodesic
    between them, between their two heights widened by the vertical one, at any speed, from the
    earlier time less the time uncertainty to the later one plus it.
    """
    callsign, flight_class, priority = _flight(fields)
    uncertainty = fields.fields("uncertainty")
    horizontal_m = uncertainty.length_m("horizontal", RADIUS_M_MAX - STILL_M)
    vertical_m = uncertainty.length_m("vertical", VERTICAL_UNCERTAINTY_M_MAX)
    time_s = uncertainty.number("time_s", 0.0, TIME_UNCERTAINTY_S_MAX)
    uncertainty.finish()
    path = fields.at("points")
    points = [
        _Point(Fields(item, f"{path}[{n}]"))
        for n, item in enumerate(fields.items("points", 2, VOLUMES_MAX + 1))
    ]
    fields.finish()
    _check_order(points)
    volumes = tuple(
        checked(
            later.path,
            lambda earlier=earlier, later=later: _leg(  # type: ignore[misc]  # bound now, used now
                earlier, later, horizontal_m, vertical_m, time_s
            ),
        )
        for earlier, later in itertools.pairwise(points)
    )
    footprint = checked(fields.path, lambda: Footprint(volumes, None, flight_class))
    return FlightPlan(callsign, priority, footprint, points[0].time, points[-1].time, fields.path)


class _Point:
    """Where the flight means to be, and when."""

    def __init__(self, fields: Fields) -> None:
        self.path = fields.path
        self.time: StatedTime = fields.time("time")
        self.altitude: Altitude = fields.altitude("altitude")
        self.position = _position(fields)


def _flight(fields: Fields) -> tuple[str, str, str]:
    fields.text("type")
    return (
        fields.text("callsign", CALLSIGN),
        fields.text("flight_class"),
        fields.text("priority", PRIORITY, PRIORITY_DEFAULT),
    )


def _position(fields: Fields) -> tuple[float, float]:
    """Latitude, longitude; the last of a point's members to be read."""
    position = (
        fields.number("latitude_deg", -90.0, 90.0),
        fields.number("longitude_deg", -180.0, 180.0),
    )
    fields.finish()
    return position


def _check_order(points: Sequence[_Point]) -> None:
    for earlier, later in itertools.pairwise(points):
        if later.time.instant <= earlier.time.instant:
            raise InputError(
                f"{later.path}.time", f"{later.time.as_stated} is not after the point before it"
            )
        if later.altitude.datum is not earlier.altitude.datum:
            raise InputError(
                f"{later.path}.altitude.datum",
                f"{later.altitude.datum}, and {earlier.altitude.datum} before it; one a flight",
            )


def _leg(
    earlier: _Point, later: _Point, horizontal_m: float, vertical_m: float, time_s: float
) -> Volume4D:
    heights_m = (earlier.altitude.height_m, later.altitude.height_m)
    datum = earlier.altitude.datum
    positions = [earlier.position, later.position]
    _, _, moved_m = _GEOD.inv(*earlier.position[::-1], *later.position[::-1])
    if moved_m < STILL_M:
        positions, horizontal_m = positions[:1], horizontal_m + STILL_M
    return Volume4D(
        _line(positions, horizontal_m, EdgeKind.GEODESIC),
        Altitude(min(heights_m) - vertical_m, datum),
        Altitude(max(heights_m) + vertical_m, datum),
        earlier.time.instant.plus_s(-time_s),
        later.time.instant.plus_s(time_s),
    )


def _line(positions: Sequence[tuple[float, float]], radius_m: float, edge: EdgeKind) -> Shape:
    return Shape(
        ShapeKind.PATH,
        tuple(latitude for latitude, _ in positions),
        tuple(longitude for _, longitude in positions),
        radius_m,
        edge,
    )
