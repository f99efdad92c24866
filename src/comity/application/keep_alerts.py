"""Alerts become records: what the nets raised and cleared, and who acknowledged it."""

from collections.abc import Iterable

import msgspec

from comity.application.node import Node
from comity.domain.alerts import (
    ACKNOWLEDGED,
    CLEARED,
    KIND_OF,
    RAISED,
    Alert,
    acknowledgement_body,
    alert_body,
)
from comity.domain.records import Draft, Record
from comity.kernel.errors import InputError
from comity.kernel.ids import OperatorId
from comity.kernel.instants import Instant

BasisValue = int | str | bool | None
AlertValue = int | str | bool | list[str] | dict[str, BasisValue] | None


class AlertChange(msgspec.Struct, frozen=True):
    """One change of an alert on its way to the journal.

    Attributes:
        kind: `alert.raised` or `alert.cleared`.
        body: of its record.
    """

    kind: str
    body: dict[str, AlertValue]


def change_of(alert: Alert) -> AlertChange:
    """What is to be kept of an alert's newest phase."""
    return AlertChange(KIND_OF[alert.phase], alert_body(alert))


def keep_changes(node: Node, changes: Iterable[AlertChange], at: Instant) -> tuple[Record, ...]:
    """Put changes on record; what the records say already is passed over, so that they may be said twice.

    Raises:
        AgreementError: the node signs nothing for now; nothing was kept, and all may be said again.
    """
    return tuple(
        node.issue(Draft(change.kind, (), change.body), at)
        for change in changes
        if not _is_kept(node, change)
    )


def acknowledge_alert(
    node: Node, alert_id: str, operator: OperatorId, at: Instant, *, revision: int | None = None
) -> Record:
    """A person has seen an alert.

    Args:
        node: whose alert it is.
        alert_id: which.
        operator: the person.
        at: now.
        revision: which one the person saw; None: whichever stands. Where the alert has become worse
            since, the acknowledgement is refused: nobody has seen what it is now.

    Raises:
        InputError: it is not open, was acknowledged already, or has become worse.
    """
    alert = node.alerts.get(alert_id)
    if alert is None:
        raise InputError("alert", f"{alert_id} is not open")
    if revision is not None and revision != alert.revision:
        severity = alert.finding.severity.name.lower()
        raise InputError("revision", f"{revision} was seen; now it is {alert.revision}: {severity}")
    if alert.acknowledged_by is not None:
        why = f"{alert_id} was acknowledged by {alert.acknowledged_by} at {alert.acknowledged_at}"
        raise InputError("alert", why)
    body = acknowledgement_body(alert_id, alert.revision, at)
    return node.issue(Draft(ACKNOWLEDGED, (), body, operator), at)


def _is_kept(node: Node, change: AlertChange) -> bool:
    """Whether the journal has this change, or, of a clearing, nothing to clear."""
    held = node.alerts.get(str(change.body["alert"]))
    if change.kind == CLEARED:
        return held is None
    revision = change.body["revision"]
    stale = held is not None and isinstance(revision, int) and held.revision >= revision
    return change.kind == RAISED and stale
