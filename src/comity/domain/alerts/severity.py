"""The published rule of severity: from findings of a net to alerts' findings."""

from dataclasses import dataclass

import numpy as np

from comity.domain.alerts.life import AlertKind, Finding, Severity, Situation
from comity.domain.alerts.pair_conflict import PairConflicts
from comity.domain.alerts.picture import AirPicture
from comity.kernel.errors import InputError
from comity.kernel.units import MM_PER_METRE

MS_PER_S = 1000


@dataclass(frozen=True, slots=True)
class PairSeverityRule:
    """When a pair is a warning, a caution, an advisory, or not yet anything.

    Attributes:
        warning_s: separation is lost within this: WARNING.
        caution_s: within this: CAUTION; later: ADVISORY.
        conditional_s: where only the straight line loses separation and a track shows that it does
            otherwise, or the reverse, the pair is told only from this time on: by then either may
            still come true. One step milder than its time says until `warning_s`.
    """

    warning_s: float = 40.0
    caution_s: float = 80.0
    conditional_s: float = 60.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.warning_s <= self.caution_s:
            raise InputError(
                "warning_s", f"{self.warning_s} is outside 0 to caution_s, {self.caution_s}"
            )


DEFAULT_PAIR_RULE = PairSeverityRule()


def pair_findings(
    picture: AirPicture, pairs: PairConflicts, rule: PairSeverityRule = DEFAULT_PAIR_RULE
) -> tuple[Finding, ...]:
    """Findings of the pair net; the rule is docs/rooms/alerts.md, "Severity"."""
    found = []
    for row in range(len(pairs)):
        severity = _pair_severity(pairs, row, rule)
        if severity is None:
            continue
        keys = picture.keys[pairs.first[row]], picture.keys[pairs.second[row]]
        found.append(
            Finding(
                Situation(AlertKind.PAIR_CONFLICT, tuple(sorted(keys))),
                severity,
                float(pairs.time_to_loss_s[row]),
                bool(pairs.heights_compared[row]),
                {
                    "at_ms": picture.at.unix_ms,
                    "time_to_loss_ms": _scaled(pairs.time_to_loss_s[row], MS_PER_S),
                    "time_straight_ms": _scaled(pairs.time_straight_s[row], MS_PER_S),
                    "time_flown_ms": _scaled(pairs.time_flown_s[row], MS_PER_S),
                    "time_cpa_ms": _scaled(pairs.time_cpa_s[row], MS_PER_S),
                    "distance_cpa_mm": _scaled(pairs.distance_cpa_m[row], MM_PER_METRE),
                    "distance_cpa_error_mm": _scaled(pairs.distance_cpa_error_m[row], MM_PER_METRE),
                    "vertical_now_mm": _scaled(pairs.vertical_now_m[row], MM_PER_METRE),
                    "heights_compared": bool(pairs.heights_compared[row]),
                    "rate_assumed": bool(pairs.rate_assumed[row]),
                    "manoeuvring": bool(pairs.manoeuvring[row]),
                },
            )
        )
    return tuple(found)


def _pair_severity(pairs: PairConflicts, row: int, rule: PairSeverityRule) -> Severity | None:
    time_s = float(pairs.time_to_loss_s[row])
    both = not (np.isnan(pairs.time_straight_s[row]) or np.isnan(pairs.time_flown_s[row]))
    if pairs.manoeuvring[row] and not both and time_s > rule.conditional_s:
        return None
    severity = Severity.ADVISORY
    if time_s <= rule.warning_s:
        severity = Severity.WARNING
    elif time_s <= rule.caution_s:
        severity = Severity.CAUTION
    if pairs.manoeuvring[row] and not both and time_s > rule.warning_s:
        severity = Severity(max(severity - 1, Severity.ADVISORY))
    if not pairs.heights_compared[row]:
        severity = min(severity, Severity.CAUTION)
    return severity


def _scaled(value: float, scale: int) -> int | None:
    """A measure as a record's integer; `None` where it is not known."""
    return round(float(value) * scale) if np.isfinite(value) else None
