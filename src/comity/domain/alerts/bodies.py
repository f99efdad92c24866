"""Bodies of the alert records: what is said of an alert, in integers (docs/spec/record.md §2).

docs/rooms/alerts.md, "Records", names the fields.
"""

from typing import Any, Final

from comity.domain.alerts.life import Alert, AlertPhase
from comity.kernel.instants import Instant
from comity.kernel.invariants import invariant

RAISED: Final = "alert.raised"
ACKNOWLEDGED: Final = "alert.acknowledged"
CLEARED: Final = "alert.cleared"
KIND_OF = {
    AlertPhase.RAISED: RAISED,
    AlertPhase.ACKNOWLEDGED: ACKNOWLEDGED,
    AlertPhase.CLEARED: CLEARED,
}


def alert_body(alert: Alert) -> dict[str, Any]:
    """The body of the record that tells this alert's newest phase; its kind is `KIND_OF[phase]`."""
    body: dict[str, Any] = {"alert": alert.alert_id, "revision": alert.revision}
    if alert.phase is AlertPhase.RAISED:
        finding = alert.finding
        body |= {
            "net": str(finding.situation.kind),
            "subjects": list(finding.situation.subjects),
            "aspect": finding.situation.aspect,
            "severity": finding.severity.name.lower(),
            "determined": finding.determined,
            "raised_at": str(alert.raised_at),
            "seen_at": str(alert.seen_at),
            "basis": dict(finding.basis),
        }
    elif alert.phase is AlertPhase.ACKNOWLEDGED:
        invariant(alert.acknowledged_at is not None, "an acknowledgement has a time")
        body |= {"acknowledged_at": str(alert.acknowledged_at)}
    else:
        invariant(alert.cleared_at is not None, "a cleared alert has a time")
        body |= {
            "cleared_at": str(alert.cleared_at),
            "seen_at": str(alert.seen_at),
            "severity_worst": alert.severity_worst.name.lower(),
        }
    return body


def acknowledgement_body(alert_id: str, revision: int, at: Instant) -> dict[str, Any]:
    """The body of the record by which a person acknowledges one revision of an alert."""
    return {"alert": alert_id, "revision": revision, "acknowledged_at": str(at)}
