"""4D volumes, altitudes and datums, separation minima, verdicts: what flights are made of."""

from comity.domain.airspace.altitude import (
    GEOID_M_MAX,
    GEOID_M_MIN,
    NO_HEIGHT_BOUNDS,
    Altitude,
    Datum,
    HeightBounds,
    geoid_heights_m,
)
from comity.domain.airspace.cell_covers import cover_footprint
from comity.domain.airspace.cells import (
    BAND_M_MAX,
    CELLS_MAX,
    SLOT_S_MAX,
    CellCover,
    cell_circles,
    covers_meet,
)
from comity.domain.airspace.corridor import Position, corridor
from comity.domain.airspace.separation import Minima, Separation
from comity.domain.airspace.trajectory import (
    HORIZONTAL_UNCERTAINTY_M_MAX,
    TIME_UNCERTAINTY_S_MAX,
    VERTICAL_UNCERTAINTY_M_MAX,
    TrajectoryPoint,
    Uncertainty,
    trajectory,
)
from comity.domain.airspace.verdict import Clear, Conflict, Undetermined, Verdict
from comity.domain.airspace.vertical import VerticalGap, vertical_gap
from comity.domain.airspace.volume import Footprint, Volume4D
from comity.domain.airspace.volume_body import (
    shape_from_body,
    shape_to_body,
    volume_from_body,
    volume_to_body,
    volumes_from_body,
    volumes_to_body,
)
from comity.domain.geometry import EdgeKind, Shape, ShapeKind

__all__ = [
    "BAND_M_MAX",
    "CELLS_MAX",
    "GEOID_M_MAX",
    "GEOID_M_MIN",
    "HORIZONTAL_UNCERTAINTY_M_MAX",
    "NO_HEIGHT_BOUNDS",
    "SLOT_S_MAX",
    "TIME_UNCERTAINTY_S_MAX",
    "VERTICAL_UNCERTAINTY_M_MAX",
    "Altitude",
    "CellCover",
    "Clear",
    "Conflict",
    "Datum",
    "EdgeKind",
    "Footprint",
    "HeightBounds",
    "Minima",
    "Position",
    "Separation",
    "Shape",
    "ShapeKind",
    "TrajectoryPoint",
    "Uncertainty",
    "Undetermined",
    "Verdict",
    "VerticalGap",
    "Volume4D",
    "cell_circles",
    "corridor",
    "cover_footprint",
    "covers_meet",
    "geoid_heights_m",
    "shape_from_body",
    "shape_to_body",
    "trajectory",
    "vertical_gap",
    "volume_from_body",
    "volume_to_body",
    "volumes_from_body",
    "volumes_to_body",
]
