"""A day of flights made from a seed: real airports and geography, invented services."""

from comity.adapters.generated_traffic.day import (
    GeneratedDay,
    GeneratedFlight,
    Role,
    generate_day,
)
from comity.adapters.generated_traffic.live import (
    Flown,
    Stage,
    between_airports,
    planned_points,
    snapshot,
    staged,
)
from comity.adapters.generated_traffic.performance import CLASSES, Performance
from comity.adapters.generated_traffic.profile import PlannedPoint
from comity.adapters.generated_traffic.region import (
    RELIEF,
    SERVICES,
    Airport,
    Service,
    airport,
)
from comity.adapters.generated_traffic.relief import RELIEF_SERVICE, relief_flights

__all__ = [
    "CLASSES",
    "RELIEF",
    "RELIEF_SERVICE",
    "SERVICES",
    "Airport",
    "Flown",
    "GeneratedDay",
    "GeneratedFlight",
    "Performance",
    "PlannedPoint",
    "Role",
    "Service",
    "Stage",
    "airport",
    "between_airports",
    "generate_day",
    "planned_points",
    "relief_flights",
    "snapshot",
    "staged",
]
