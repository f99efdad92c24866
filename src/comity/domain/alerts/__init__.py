"""Safety nets: live tracks against each other and against areas; who is warned, and why."""

from comity.domain.alerts.areas import Area, AreaKind, AreaSet, HotTime
from comity.domain.alerts.as_flown import ManoeuvreRule
from comity.domain.alerts.bodies import (
    ACKNOWLEDGED,
    CLEARED,
    KIND_OF,
    RAISED,
    acknowledgement_body,
    alert_body,
)
from comity.domain.alerts.border_position import BorderPosition, BorderVerdict, border_position
from comity.domain.alerts.life import (
    Alert,
    AlertBook,
    AlertKind,
    AlertPhase,
    Finding,
    LifeRule,
    Severity,
    Situation,
    alert_id_of,
)
from comity.domain.alerts.net_state import (
    NetHealth,
    NetInput,
    NetRule,
    NetState,
    NetWatch,
    overfull,
    told_aside,
)
from comity.domain.alerts.pair_conflict import (
    FEW_TRACKS,
    PairConflicts,
    PairRule,
    Suppression,
    find_pair_conflicts,
)
from comity.domain.alerts.picture import (
    DATUM_CODES,
    DATUM_UNKNOWN,
    AirPicture,
    RefusedRow,
    ecef_from_degrees,
    kept,
    unusable_rows,
    velocity_from_track,
)
from comity.domain.alerts.register import KINDS, AlertRegister, alert_as_raised
from comity.domain.alerts.severity import PairSeverityRule, pair_findings
from comity.domain.alerts.track_picture import Seen, seen_of, track_keys
from comity.domain.geometry.closest_pairs import LevelMinima

__all__ = [
    "ACKNOWLEDGED",
    "CLEARED",
    "DATUM_CODES",
    "DATUM_UNKNOWN",
    "FEW_TRACKS",
    "KINDS",
    "KIND_OF",
    "RAISED",
    "AirPicture",
    "Alert",
    "AlertBook",
    "AlertKind",
    "AlertPhase",
    "AlertRegister",
    "Area",
    "AreaKind",
    "AreaSet",
    "BorderPosition",
    "BorderVerdict",
    "Finding",
    "HotTime",
    "LevelMinima",
    "LifeRule",
    "ManoeuvreRule",
    "NetHealth",
    "NetInput",
    "NetRule",
    "NetState",
    "NetWatch",
    "PairConflicts",
    "PairRule",
    "PairSeverityRule",
    "RefusedRow",
    "Seen",
    "Severity",
    "Situation",
    "Suppression",
    "acknowledgement_body",
    "alert_as_raised",
    "alert_body",
    "alert_id_of",
    "border_position",
    "ecef_from_degrees",
    "find_pair_conflicts",
    "kept",
    "overfull",
    "pair_findings",
    "seen_of",
    "told_aside",
    "track_keys",
    "unusable_rows",
    "velocity_from_track",
]
