"""Alerts, nets and feeds in words and columns for people."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from comity.entrypoints.air_process import NetTold
    from comity.entrypoints.api.air_messages import AlertTold

MS_PER_S = 1_000
MM_PER_M = 1_000


def alert_row(alert: "AlertTold") -> tuple[str, ...]:
    """One alert as columns: alert, severity, net, what, since, seen by."""
    since = alert.raised_at[11:19]
    seen_by = alert.acknowledged_by or ""
    return alert.alert[:8], alert.severity.upper(), alert.net, alert_text(alert), since, seen_by


def alert_text(alert: "AlertTold") -> str:
    """What an alert is about, in a line, as it stands now; else as it stood when it was raised."""
    held = f" (kept open: {alert.held})" if alert.held else ""
    if alert.basis_now is not None:
        return _text(alert, alert.basis_now) + held
    return f"{_text(alert, alert.basis)} (as of {alert.seen_at[11:19]})"


def _text(alert: "AlertTold", basis: dict[str, Any]) -> str:
    names = " and ".join(subject.rpartition("/")[2] for subject in alert.subjects)
    if alert.net == "pair-conflict":
        parts = [
            _measured("separation lost in", basis.get("time_to_loss_ms"), MS_PER_S, "s"),
            _measured("closest", basis.get("distance_cpa_mm"), MM_PER_M, "m"),
            _measured("now apart vertically", basis.get("vertical_now_mm"), MM_PER_M, "m"),
        ]
        if not alert.determined:
            parts.append("heights do not compare")
        return f"{names}: {', '.join(parts)}"
    if alert.net == "conformance":
        parts = [str(basis.get("state")), str(basis.get("why"))]
        parts.append(_measured("sideways", basis.get("lateral_mm"), MM_PER_M, "m"))
        parts.append(_measured("in height", basis.get("vertical_mm"), MM_PER_M, "m"))
        if basis.get("time_off_ms") is not None:
            parts.append(_measured("off in time", basis.get("time_off_ms"), MS_PER_S, "s"))
        return f"{names}: {', '.join(parts)}"
    reason = basis.get("reason")
    return f"{names}: {alert.aspect}" + (f", {reason}" if reason else "")


def net_line(net: "NetTold") -> str:
    """How far a net sees, and why no further."""
    why = f": {'; '.join(net.why)}" if net.why else ""
    return f"{net.net} is {net.health.upper()} since {net.since}{why}"


def _measured(name: str, value: Any, scale: int, unit: str) -> str:
    return f"{name} unknown" if value is None else f"{name} {value / scale:.0f} {unit}"
