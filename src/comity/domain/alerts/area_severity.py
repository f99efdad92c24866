"""The published rule of severity for areas: from pairs of tracks and areas to findings."""

from dataclasses import dataclass

import numpy as np

from comity.domain.alerts.area_proximity import AreaProximity, WatchedAreas
from comity.domain.alerts.area_rules import AreaSeverityRule
from comity.domain.alerts.areas import Area, AreaKind, AreaSet
from comity.domain.alerts.life import AlertKind, Basis, Finding, Severity, Situation
from comity.domain.alerts.picture import AirPicture
from comity.domain.geometry import degrees_from_unit
from comity.domain.geometry.area_index import moved, unit_from_ecef
from comity.domain.geometry.ellipsoid import Floats
from comity.kernel.units import E7_PER_DEGREE, MM_PER_METRE

MS_PER_S = 1000
CROSSING = "crossing"

STRICT = frozenset({AreaKind.PROHIBITED, AreaKind.HAZARD, AreaKind.PROTECTED_SITE})
"""Inside is a warning; of the other kinds a caution."""


DEFAULT_AREA_RULE = AreaSeverityRule()


@dataclass(frozen=True, slots=True)
class AreaFindings:
    """What is told, how many pairs were left out as permitted, and how many are undetermined."""

    findings: tuple[Finding, ...]
    permitted: int
    undetermined: int


def area_findings(
    picture: AirPicture,
    watched: WatchedAreas,
    pairs: AreaProximity,
    rule: AreaSeverityRule = DEFAULT_AREA_RULE,
) -> AreaFindings:
    """Findings of the area net; the rule is docs/rooms/alerts.md, "Severity"."""
    guarded = np.array([area.area_id in rule.guarded for area in watched.areas], np.bool_)
    crosses = pairs.across & (pairs.time_in_s > 0.0)
    told = ~watched.is_border[pairs.area] | guarded[pairs.area] | crosses
    rows = np.flatnonzero(told)
    place = _degrees(moved(
        picture.position_ecef_m[pairs.track[rows]],
        picture.velocity_ecef_mps[pairs.track[rows]],
        pairs.time_in_s[rows],
    ))  # fmt: skip
    found: list[Finding] = []
    permitted = undetermined = 0
    for number, row in enumerate(rows.tolist()):
        area = watched.areas[pairs.area[row]]
        key = picture.keys[pairs.track[row]]
        if (key, area.area_id) in rule.permitted:
            permitted += 1
            continue
        undetermined += not pairs.compared[row]
        only_crossing = bool(watched.is_border[pairs.area[row]] and not guarded[pairs.area[row]])
        severity = _severity(pairs, row, area, rule, only_crossing=only_crossing)
        basis = _basis(picture, watched, pairs, row, (place[0][number], place[1][number]))
        aspect = CROSSING if only_crossing else ""
        found.append(
            Finding(
                Situation(AlertKind.AREA_PROXIMITY, (key, area.area_id), aspect),
                severity,
                float(pairs.time_in_s[row]),
                bool(pairs.compared[row]),
                basis,
            )
        )
    return AreaFindings(tuple(found), permitted, undetermined)


def _severity(
    pairs: AreaProximity, row: int, area: Area, rule: AreaSeverityRule, *, only_crossing: bool
) -> Severity:
    if only_crossing:
        return Severity.ADVISORY
    time_s = float(pairs.time_in_s[row])
    strict = area.kind in STRICT or area.area_id in rule.guarded
    severity = Severity.ADVISORY
    if time_s <= rule.warning_s:
        severity = Severity.WARNING if strict else Severity.CAUTION
    elif time_s <= rule.caution_s and strict:
        severity = Severity.CAUTION
    if not pairs.compared[row]:
        severity = min(severity, Severity.CAUTION)
    return severity


def _basis(
    picture: AirPicture,
    watched: WatchedAreas,
    pairs: AreaProximity,
    row: int,
    place_deg: tuple[float, float],
) -> Basis:
    area_set: AreaSet = watched.sets[watched.set_of[pairs.area[row]]]
    area = watched.areas[pairs.area[row]]
    edge_mm = _scaled(pairs.edge_m[row], MM_PER_METRE)
    inside = bool(pairs.time_in_s[row] == 0.0)
    error_m = watched.error_m(int(pairs.area[row]))
    return {
        "at_ms": picture.at.unix_ms,
        "area_kind": str(area.kind),
        "area_name": area.name,
        "data_set": area_set.name,
        "data_set_version": area_set.version,
        "data_set_digest": area_set.digest,
        "data_set_error_mm": None if error_m is None else round(error_m * MM_PER_METRE),
        "inside": inside,
        "time_in_ms": _scaled(pairs.time_in_s[row], MS_PER_S),
        "time_out_ms": _scaled(pairs.time_out_s[row], MS_PER_S),
        "across_edge": bool(pairs.across[row]),
        "entry_latitude_e7": round(place_deg[0] * E7_PER_DEGREE),
        "entry_longitude_e7": round(place_deg[1] * E7_PER_DEGREE),
        "depth_mm": edge_mm if inside else None,
        "edge_distance_mm": edge_mm,
        "within_error": None
        if error_m is None
        else bool(np.isfinite(pairs.edge_m[row]) and pairs.edge_m[row] <= error_m),
        "buffer_mm": round(area.buffer_m * MM_PER_METRE),
        "heights_compared": bool(pairs.compared[row]),
        "rate_assumed": bool(pairs.rate_assumed[row]),
    }


def _degrees(position_ecef_m: Floats) -> tuple[Floats, Floats]:
    units = unit_from_ecef(position_ecef_m)
    return degrees_from_unit(units)


def _scaled(value: float, scale: int) -> int | None:
    """A measure as a record's integer; `None` where it is not known."""
    return round(float(value) * scale) if np.isfinite(value) else None
