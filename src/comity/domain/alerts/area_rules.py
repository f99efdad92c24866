"""The area net's parameters: how far it looks, and how grave what it finds is."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from comity.domain.airspace import NO_HEIGHT_BOUNDS, HeightBounds
from comity.domain.alerts.life import Finding
from comity.domain.geometry.closest_pairs import check_look_ahead
from comity.domain.geometry.cube_faces import STEP_M_MAX
from comity.kernel.errors import InputError

LOOK_AHEAD_S = 120.0  # EUROCONTROL APW guidelines leave it to the site; as the pair net's
NEAR_M = 9_260.0  # 5 NM: nearer, the distance to the edge is told


@dataclass(frozen=True, slots=True)
class AreaRule:
    """Parameters of the net, from the agreement in force.

    Attributes:
        look_ahead_s: how far the search goes.
        near_m: within it of an edge the distance is told; at most 40 km.
        height_bounds: what is taken for granted where heights of two datums meet.
    """

    look_ahead_s: float = LOOK_AHEAD_S
    near_m: float = NEAR_M
    height_bounds: HeightBounds = NO_HEIGHT_BOUNDS

    def __post_init__(self) -> None:
        check_look_ahead(self.look_ahead_s)
        if not 0.0 < self.near_m <= STEP_M_MAX:
            raise InputError("near_m", f"{self.near_m} is outside 0 to {STEP_M_MAX:.0f} m")


@dataclass(frozen=True, slots=True)
class AreaSeverityRule:
    """When an area is a warning, a caution, an advisory, or not yet anything.

    Attributes:
        warning_s: a strict area is entered within this: WARNING; another: CAUTION.
        caution_s: a strict area is entered within this: CAUTION; else: ADVISORY.
        guarded: ids of countries and FIRs that are watched as strict areas; of the others only the
            crossing is told, as an advisory.
        permitted: pairs of track key and area id that raise nothing, given by people or the
            agreement; each one found is counted.
    """

    warning_s: float = 40.0
    caution_s: float = 80.0
    guarded: AbstractSet[str] = field(default_factory=frozenset)
    permitted: AbstractSet[tuple[str, str]] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        if not 0.0 <= self.warning_s <= self.caution_s:
            raise InputError(
                "warning_s", f"{self.warning_s} is outside 0 to caution_s, {self.caution_s}"
            )


@dataclass(frozen=True, slots=True)
class Undrawn:
    """Something that ought to be watched and cannot be drawn, or not all of it.

    What is open of it is undetermined, and held; of everything else silence says what it says.

    Attributes:
        area_id: of its area, or empty.
        in_name: what the names of all its areas hold, of former revisions too, or empty.
        why: what it is and what is wrong with it.
    """

    area_id: str
    in_name: str
    why: str

    def concerns(self, finding: Finding) -> bool:
        """Whether an area alert is of it."""
        if self.area_id and self.area_id in finding.situation.subjects:
            return True
        return bool(self.in_name) and self.in_name in str(finding.basis.get("area_name", ""))
