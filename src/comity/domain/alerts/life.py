"""The life of alerts: one for each situation, raised, acknowledged, cleared, with hysteresis."""

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

from comity.domain.alerts.net_state import NetHealth
from comity.kernel.errors import InputError
from comity.kernel.ids import OperatorId
from comity.kernel.instants import Instant

SUBJECTS_MAX = 8
BASIS_MAX = 32
OPEN_MAX = 100_000  # alerts open at once; what finds no room waits, is counted, and is told
WARNINGS_OPEN_MAX = 200_000  # likewise, where a warning is to be raised
WAITING_MAX = 1_000_000  # findings remembered until they are confirmed; likewise


class AlertKind(StrEnum):
    """Which net speaks."""

    PAIR_CONFLICT = "pair-conflict"
    AREA_PROXIMITY = "area-proximity"
    CONFORMANCE = "conformance"
    INTEGRITY = "integrity"
    NET_STATE = "net-state"


class Severity(IntEnum):
    """How soon somebody must look; the rule is in docs/rooms/alerts.md, "Severity"."""

    ADVISORY = 1
    CAUTION = 2
    WARNING = 3


Basis = Mapping[str, int | str | bool | None]
"""The data an alert stood on, as a record carries them: integers with their unit in the name."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What makes two findings the same alert.

    Attributes:
        kind: which net.
        subjects: track keys, area ids; sorted by whoever builds it where order means nothing.
        aspect: parts situations of the same subjects, such as `entering` from `inside`; may be
            empty.
    """

    kind: AlertKind
    subjects: tuple[str, ...]
    aspect: str = ""

    def __post_init__(self) -> None:
        if not 1 <= len(self.subjects) <= SUBJECTS_MAX:
            raise InputError("subjects", f"{len(self.subjects)} are outside 1 to {SUBJECTS_MAX}")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a net found in one cycle.

    Attributes:
        situation: what it is about.
        severity: by the published rule.
        time_to_s: until it happens; 0 where it has; `None` where time says nothing.
        determined: whether the data decide it.
        basis: the data it stands on.
    """

    situation: Situation
    severity: Severity
    time_to_s: float | None
    determined: bool
    basis: Basis

    def __post_init__(self) -> None:
        if len(self.basis) > BASIS_MAX:
            raise InputError("basis", f"{len(self.basis)} entries; at most {BASIS_MAX}")


Unsure = Callable[[Finding], str]
"""Why a net that works cannot tell of one situation whether it goes on; empty where it can."""


def of_nothing(_finding: Finding) -> str:
    """A net that works can tell of all."""
    return ""


class AlertPhase(StrEnum):
    """Where an alert stands in its life."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class Alert:
    """One situation from its raising to its end.

    Attributes:
        alert_id: 32 hex digits, the same on every machine that saw the same.
        phase: where it stands.
        raised_at: when.
        revision: 0 when raised; one more each time its severity rises.
        finding: the newest one.
        severity_worst: so far.
        seen_at: when it was last found.
        acknowledged_by: whoever did; `None` before, and again after the severity rose.
        acknowledged_at: when.
        cleared_at: when.
        held: why it is kept open though not found: the net cannot see; empty otherwise.
    """

    alert_id: str
    phase: AlertPhase
    raised_at: Instant
    revision: int
    finding: Finding
    severity_worst: Severity
    seen_at: Instant
    acknowledged_by: OperatorId | None = None
    acknowledged_at: Instant | None = None
    cleared_at: Instant | None = None
    held: str = ""


@dataclass(frozen=True, slots=True)
class LifeRule:
    """Hysteresis: how long before an alert is raised, and how long before it is cleared.

    Attributes:
        confirm_s: a finding must have lasted this long before it is raised…
        imminent_s: …unless it happens within this time, is happening, or is a warning.
        gap_s: a finding not seen for longer than this starts anew before it is raised; what the net
            found in two looks that follow each other was seen throughout, however late the second.
        clear_after_s: without the finding, while the net works, before an alert is cleared.
    """

    confirm_s: float = 6.0
    imminent_s: float = 60.0
    gap_s: float = 4.0
    clear_after_s: float = 8.0

    def __post_init__(self) -> None:
        for field in ("confirm_s", "imminent_s", "gap_s", "clear_after_s"):
            if not 0.0 <= getattr(self, field) <= 3600.0:
                raise InputError(field, f"{getattr(self, field)} is outside 0 to 3600 s")


DEFAULT_RULE = LifeRule()


@dataclass(slots=True)
class _Candidate:
    """A finding that is not yet an alert."""

    first_at: Instant
    seen_at: Instant


class AlertBook:
    """All alerts that are open; what changes in a cycle comes out once, in a fixed order.

    An open alert is never dropped. Where there is no room for more, the worst and nearest findings
    are raised first, the last of the room is the warnings' own, and what waits is counted for its
    net (`waiting`); it is found again each cycle and raised as soon as there is room.
    """

    def __init__(self, rules: Mapping[AlertKind, LifeRule] | None = None) -> None:
        self._rules = dict(rules or {})
        self._candidates: dict[Situation, _Candidate] = {}
        self._open: dict[Situation, Alert] = {}
        self._by_id: dict[str, Situation] = {}
        self._waiting: Counter[AlertKind] = Counter()
        self._looked: dict[AlertKind, Instant] = {}

    def waiting(self, kind: AlertKind) -> int:
        """Findings of a net that found no room in its last cycle."""
        return self._waiting[kind]

    def open_alerts(self) -> tuple[Alert, ...]:
        """Every alert that is not cleared, worst first, then the oldest."""
        return tuple(
            sorted(
                self._open.values(),
                key=lambda a: (-a.finding.severity, a.raised_at.unix_ms, a.alert_id),
            )
        )

    def restore(self, alerts: Iterable[Alert]) -> None:
        """Go on with alerts that were open before, as the records tell them."""
        for alert in alerts:
            self._open[alert.finding.situation] = alert
            self._by_id[alert.alert_id] = alert.finding.situation

    def observe(
        self,
        at: Instant,
        kind: AlertKind,
        findings: Iterable[Finding],
        health: NetHealth,
        unsure: Unsure = of_nothing,
    ) -> tuple[Alert, ...]:
        """Take in one cycle of one net; gives alerts raised, raised anew or cleared.

        An alert is raised once; again, unacknowledged, only when its severity rises. While the net
        is not working it clears nothing: its silence says nothing. A blind net raises nothing
        either, whatever it is handed. What a working net is unsure of is not cleared either.

        Raises:
            InputError: a finding of another net.
        """
        rule = self._rules.get(kind, DEFAULT_RULE)
        self._waiting[kind] = 0
        changed: list[Alert] = []
        seen: set[Situation] = set()
        looked = tuple(findings) if health is not NetHealth.BLIND else ()
        if len(self._open) + len(looked) > OPEN_MAX:
            looked = tuple(sorted(looked, key=_worst_first))
        for finding in looked:
            if finding.situation.kind is not kind:
                raise InputError("findings", f"one of {finding.situation.kind}, not of {kind}")
            seen.add(finding.situation)
            alert = self._found(at, finding, rule)
            if alert is not None:
                changed.append(alert)
        changed += self._not_found(at, kind, seen, rule, health, unsure)
        self._looked[kind] = at
        return tuple(sorted(changed, key=lambda a: (a.phase, a.alert_id)))

    def acknowledge(self, alert_id: str, operator: OperatorId, at: Instant) -> Alert:
        """A person has seen it.

        Raises:
            InputError: no such alert is open, or it is acknowledged already.
        """
        situation = self._by_id.get(alert_id)
        if situation is None:
            raise InputError("alert_id", f"{alert_id} is not open")
        alert = self._open[situation]
        if alert.phase is AlertPhase.ACKNOWLEDGED:
            raise InputError("alert_id", f"{alert_id} was acknowledged by {alert.acknowledged_by}")
        alert = replace(
            alert, phase=AlertPhase.ACKNOWLEDGED, acknowledged_by=operator, acknowledged_at=at
        )
        self._open[situation] = alert
        return alert

    def _found(self, at: Instant, finding: Finding, rule: LifeRule) -> Alert | None:
        alert = self._open.get(finding.situation)
        if alert is not None:
            return self._found_again(at, finding, alert)
        candidate = self._candidates.get(finding.situation)
        if candidate is None and len(self._candidates) >= WAITING_MAX:
            self._waiting[finding.situation.kind] += 1
            return None
        if candidate is None or (
            at.minus(candidate.seen_at) > rule.gap_s
            and candidate.seen_at != self._looked.get(finding.situation.kind)
        ):
            candidate = self._candidates[finding.situation] = _Candidate(at, at)
        candidate.seen_at = at
        near = finding.time_to_s is not None and finding.time_to_s <= rule.imminent_s
        confirmed = at.minus(candidate.first_at) >= rule.confirm_s
        if not (near or confirmed or finding.severity is Severity.WARNING):
            return None
        warns = finding.severity is Severity.WARNING
        if len(self._open) >= (WARNINGS_OPEN_MAX if warns else OPEN_MAX):
            self._waiting[finding.situation.kind] += 1
            return None
        del self._candidates[finding.situation]
        alert = Alert(
            alert_id=alert_id_of(finding.situation, at),
            phase=AlertPhase.RAISED,
            raised_at=at,
            revision=0,
            finding=finding,
            severity_worst=finding.severity,
            seen_at=at,
        )
        self._open[finding.situation] = alert
        self._by_id[alert.alert_id] = finding.situation
        return alert

    def _found_again(self, at: Instant, finding: Finding, alert: Alert) -> Alert | None:
        alert = replace(alert, finding=finding, seen_at=at, held="")
        worse = finding.severity > alert.severity_worst
        if worse:
            alert = replace(
                alert,
                phase=AlertPhase.RAISED,
                revision=alert.revision + 1,
                severity_worst=finding.severity,
                acknowledged_by=None,
                acknowledged_at=None,
            )
        self._open[finding.situation] = alert
        return alert if worse else None

    def _not_found(
        self,
        at: Instant,
        kind: AlertKind,
        seen: set[Situation],
        rule: LifeRule,
        health: NetHealth,
        unsure: Unsure,
    ) -> list[Alert]:
        cleared: list[Alert] = []
        for situation, alert in list(self._open.items()):
            if situation.kind is not kind or situation in seen:
                continue
            if health is not NetHealth.WORKING:
                self._open[situation] = replace(alert, held=f"the net is {health}", seen_at=at)
            elif why := unsure(alert.finding):
                self._open[situation] = replace(alert, held=why, seen_at=at)
            elif at.minus(alert.seen_at) >= rule.clear_after_s:
                del self._open[situation]
                del self._by_id[alert.alert_id]
                cleared.append(replace(alert, phase=AlertPhase.CLEARED, cleared_at=at, held=""))
        for situation, candidate in list(self._candidates.items()):
            if situation.kind is kind and at.minus(candidate.seen_at) > rule.gap_s:
                del self._candidates[situation]
        return cleared


def _worst_first(finding: Finding) -> tuple[int, float]:
    time_s = math.inf if finding.time_to_s is None else finding.time_to_s
    return -finding.severity, time_s


def alert_id_of(situation: Situation, raised_at: Instant) -> str:
    """Name of an alert: from what it is about and when it was raised."""
    parts = (situation.kind, situation.aspect, *situation.subjects, str(raised_at))
    spelt = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return hashlib.sha256(b"comity-alert-v1\0" + spelt).hexdigest()[:32]
