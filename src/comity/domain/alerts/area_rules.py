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
        data_set_digest: of a source that is not watched at all, or empty.
        area_ids: of many areas that are left out together.
        notices: ids of many hazard notices that are left out together (`notice_of_name`).
    """

    area_id: str
    in_name: str
    why: str
    data_set_digest: str = ""
    area_ids: AbstractSet[str] = frozenset()
    notices: AbstractSet[str] = frozenset()

    def concerns(self, finding: Finding) -> bool:
        """Whether an area alert is of it."""
        subjects, basis = finding.situation.subjects, finding.basis
        if self.area_id and self.area_id in subjects:
            return True
        if self.area_ids and not self.area_ids.isdisjoint(subjects):
            return True
        if self.data_set_digest and self.data_set_digest == basis.get("data_set_digest"):
            return True
        name = str(basis.get("area_name", ""))
        if self.in_name and self.in_name in name:
            return True
        return bool(self.notices) and notice_of_name(name) in self.notices


def notice_name(activity: str, notice: str, revision: int) -> str:
    """Name of the areas of a hazard notice, as alerts carry it."""
    return f"{activity} {notice} revision {revision}"


def notice_of_name(name: str) -> str:
    """Which notice an area of that name is of; empty: of none."""
    return name.rpartition(" revision ")[0].rpartition(" ")[2]
