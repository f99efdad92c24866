"""Alerts, nets and feeds in words and columns for people."""

from typing import TYPE_CHECKING, Any

from comity.kernel.instants import instant_from_rfc3339

if TYPE_CHECKING:
    from comity.entrypoints.air_process import NetTold, TrackRow
    from comity.entrypoints.api.air_messages import AlertTold

LACKS = {
    "transponder": "no transponder",
    "plan": "no plan under way known here",
    "radio": "no radio contact",
}
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


def track_row(row: "TrackRow") -> tuple[str, ...]:
    """One track as columns: track, callsign, latitude, longitude, height, speed, age."""
    height_m, datum = row.altitude_pressure_m, "QNE"
    if height_m is None:
        height_m, datum = row.altitude_ellipsoid_m, "WGS84"
    return (
        row.key.rpartition("/")[2],
        row.callsign or "",
        f"{row.latitude_deg:.4f}",
        f"{row.longitude_deg:.4f}",
        "unknown" if height_m is None else f"{height_m:.0f} {datum}",
        "unknown" if row.ground_speed_mps is None else f"{row.ground_speed_mps:.0f}",
        f"{row.age_s:.0f}" + (" STALE" if row.stale else ""),
    )


def lacks_text(row: "TrackRow") -> str:
    """What a track is known to lack, each by itself."""
    return ", ".join(LACKS.get(each, each) for each in row.lacks)


def radio_text(row: "TrackRow", at: str) -> str:
    """What was last said of radio contact with a track, by whom, and how long before `at`."""
    if row.radio is None:
        return ""
    outcome = "answered" if row.radio.answered else "silent"
    aged = ""
    if at:
        apart_s = instant_from_rfc3339(at).minus(instant_from_rfc3339(row.radio.at))
        aged = f", {max(apart_s, 0.0) / 60.0:.0f} min ago"
    return f"{outcome} ({row.radio.operator}{aged})"


def _measured(name: str, value: Any, scale: int, unit: str) -> str:
    return f"{name} unknown" if value is None else f"{name} {value / scale:.0f} {unit}"
