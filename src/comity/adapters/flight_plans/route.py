"""Corridors (waypoints with a half-width) and trajectories (times and positions).

Source: docs/howto/flight-plan-formats.md.
"""

from comity.adapters.flight_plans.fields import Fields, checked
from comity.adapters.flight_plans.plan import (
    CALLSIGN,
    PRIORITY,
    PRIORITY_DEFAULT,
    FlightPlan,
)
from comity.domain.airspace import (
    HORIZONTAL_UNCERTAINTY_M_MAX,
    TIME_UNCERTAINTY_S_MAX,
    VERTICAL_UNCERTAINTY_M_MAX,
    EdgeKind,
    Footprint,
    Position,
    TrajectoryPoint,
    Uncertainty,
    corridor,
    trajectory,
)
from comity.domain.airspace.volume import VOLUMES_MAX
from comity.domain.geometry import RADIUS_M_MAX, VERTICES_MAX
from comity.kernel.errors import InputError
from comity.kernel.instants import StatedTime


def read_corridor(fields: Fields) -> FlightPlan:
    """Read one corridor: everything within its half-width, for the whole time window."""
    callsign, flight_class, priority = _flight(fields)
    path = fields.at("waypoints")
    waypoints = [
        _position(Fields(item, f"{path}[{n}]"))
        for n, item in enumerate(fields.items("waypoints", 1, VERTICES_MAX))
    ]
    half_width_m = fields.length_m("half_width", RADIUS_M_MAX)
    edge = fields.text("edge", default=EdgeKind.GEODESIC.value)
    if edge not in {kind.value for kind in EdgeKind}:
        known = ", ".join(kind.value for kind in EdgeKind)
        raise InputError(fields.at("edge"), f"{edge!r} is not one of {known}")
    lower, upper = fields.altitude("lower"), fields.altitude("upper")
    start, end = fields.time("start"), fields.time("end")
    fields.finish()
    volume = checked(
        fields.path,
        lambda: corridor(
            waypoints,
            half_width_m,
            EdgeKind(edge),
            heights=(lower, upper),
            window=(start.instant, end.instant),
        ),
    )
    footprint = checked(fields.path, lambda: Footprint((volume,), None, flight_class))
    return FlightPlan(callsign, priority, footprint, start, end, fields.path)


def read_trajectory(fields: Fields) -> FlightPlan:
    """Read one trajectory: a chain of volumes, one a leg, each widened by what is uncertain."""
    callsign, flight_class, priority = _flight(fields)
    uncertainty = fields.fields("uncertainty")
    horizontal_m = uncertainty.length_m("horizontal", HORIZONTAL_UNCERTAINTY_M_MAX)
    vertical_m = uncertainty.length_m("vertical", VERTICAL_UNCERTAINTY_M_MAX)
    time_s = uncertainty.number("time_s", 0.0, TIME_UNCERTAINTY_S_MAX)
    uncertainty.finish()
    path = fields.at("points")
    stated = [
        _point(Fields(item, f"{path}[{n}]"))
        for n, item in enumerate(fields.items("points", 2, VOLUMES_MAX + 1))
    ]
    fields.finish()
    points = [point for point, _ in stated]
    volumes = checked(
        fields.path, lambda: trajectory(points, Uncertainty(horizontal_m, vertical_m, time_s))
    )
    footprint = checked(fields.path, lambda: Footprint(volumes, None, flight_class))
    return FlightPlan(callsign, priority, footprint, stated[0][1], stated[-1][1], fields.path)


def _point(fields: Fields) -> tuple[TrajectoryPoint, StatedTime]:
    """Where the flight means to be, and when, as stated."""
    time, altitude = fields.time("time"), fields.altitude("altitude")
    return TrajectoryPoint(time.instant, _position(fields), altitude), time


def _flight(fields: Fields) -> tuple[str, str, str]:
    fields.text("type")
    return (
        fields.text("callsign", CALLSIGN),
        fields.text("flight_class"),
        fields.text("priority", PRIORITY, PRIORITY_DEFAULT),
    )


def _position(fields: Fields) -> Position:
    """Latitude, longitude; the last of a point's members to be read."""
    position = (
        fields.number("latitude_deg", -90.0, 90.0),
        fields.number("longitude_deg", -180.0, 180.0),
    )
    fields.finish()
    return position
