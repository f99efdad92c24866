"""Rings where the collector of the audit log is not reached: what is not handed on, only this machine has."""

from typing import TYPE_CHECKING

from comity.application.alarm import Alarm
from comity.application.ports.audit_sink import AuditSink
from comity.kernel.instants import Instant

if TYPE_CHECKING:
    from comity.application.node import Node

AUDIT_UNREACHED: str = "audit-not-handed-on"
UNREACHED_S = 60.0  # a collector that is restarted wakes nobody; a sink tries again within as long


def watch_collector(node: "Node", sink: AuditSink | None, at: Instant) -> None:
    """Ring once when nothing has gone out to the collector for a minute, until it is reached again.

    Args:
        node: whose alarm it is.
        sink: where the log is handed on to; None: nowhere, and nothing rings.
        at: now.
    """
    fault = None if sink is None else sink.fault
    if fault is None:
        node.audit_unreached = None
        return
    if node.audit_unreached is None:
        node.audit_unreached = at
    since = node.audit_unreached
    if at.minus(since) < UNREACHED_S:
        return
    latest = node.alarms.latest((AUDIT_UNREACHED, None))
    if latest is not None and collector_unreached(node, latest):
        return
    text = f"the audit log is not handed on since {since}: {fault}"
    values = ("at", str(since)), ("why", fault)
    node.alarm(Alarm(at, AUDIT_UNREACHED, text, says=AUDIT_UNREACHED, values=values))


def collector_unreached(node: "Node", alarm: Alarm) -> bool:
    """Whether the outage that an alarm told of goes on."""
    since = node.audit_unreached
    return since is not None and dict(alarm.values).get("at") == str(since)
