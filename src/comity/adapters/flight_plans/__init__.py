"""Planned flights from files: GeoJSON, corridors, trajectories."""

from comity.adapters.flight_plans.plan import PRIORITY_DEFAULT, FlightPlan
from comity.adapters.flight_plans.read import PLANS_MAX, SIZE_BYTES_MAX, read_flight_plans

__all__ = [
    "PLANS_MAX",
    "PRIORITY_DEFAULT",
    "SIZE_BYTES_MAX",
    "FlightPlan",
    "read_flight_plans",
]
