"""A day of flights made from a seed: real airports and geography, invented services."""

from comity.adapters.generated_traffic.day import (
    GeneratedDay,
    GeneratedFlight,
    Role,
    generate_day,
)
from comity.adapters.generated_traffic.performance import CLASSES, Performance
from comity.adapters.generated_traffic.profile import PlannedPoint
from comity.adapters.generated_traffic.region import (
    SERVICES,
    Airport,
    Service,
    airport,
)

__all__ = [
    "CLASSES",
    "SERVICES",
    "Airport",
    "GeneratedDay",
    "GeneratedFlight",
    "Performance",
    "PlannedPoint",
    "Role",
    "Service",
    "airport",
    "generate_day",
]
