"""What the records say of alerts: which are open, for the screens and for a node that starts again."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from comity.domain.alerts.bodies import ACKNOWLEDGED, CLEARED, RAISED
from comity.domain.alerts.life import (
    Alert,
    AlertKind,
    AlertPhase,
    Finding,
    Severity,
    Situation,
)
from comity.domain.records import Record
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import RecordDigest
from comity.kernel.instants import Instant, instant_from_canonical

CLEARED_KEPT_MAX = 1_000  # for whoever asks what became of an alert; a busy day's
KINDS = frozenset({RAISED, ACKNOWLEDGED, CLEARED})


@dataclass(slots=True)
class AlertRegister:
    """Alerts as this node's own records tell them. Replaying the journal rebuilds it.

    Of cleared alerts the last `CLEARED_KEPT_MAX` are kept here; the journal has all.
    """

    _open: dict[str, Alert] = field(default_factory=dict)
    _cleared: dict[str, Alert] = field(default_factory=dict)
    _raised_by: dict[str, RecordDigest] = field(default_factory=dict)

    def raised_by(self, text: str) -> RecordDigest:
        """The record that raised, or last raised further, the one alert kept here whose id begins so.

        Raises:
            InputError: `alert`: none, or more than one.
        """
        found = self.beginning(text)
        if len(found) != 1:
            raise InputError("alert", f"{len(found)} alerts kept here begin with {text[:40]!r}")
        return self._raised_by[found[0].alert_id]

    def open_alerts(self) -> tuple[Alert, ...]:
        """Every alert that is not cleared, in the order in which they were raised."""
        return tuple(self._open.values())

    def beginning(self, text: str) -> tuple[Alert, ...]:
        """Open alerts, and those cleared last, whose id begins so."""
        both = (*self._open.values(), *self._cleared.values())
        return tuple(each for each in both if each.alert_id.startswith(text))

    def get(self, alert_id: str) -> Alert | None:
        """One open alert; None where it is cleared or never was."""
        return self._open.get(alert_id)

    def cleared(self, alert_id: str) -> Alert | None:
        """One of the alerts cleared last; None where it is open, long gone or never was."""
        return self._cleared.get(alert_id)

    def apply(self, record: Record) -> None:
        """Take in one record of an alert's life.

        Raises:
            RecordError: `field-form` where a field is missing or of another form; `alert` where the
                alert it is about is not open. Nothing changed.
        """
        body = record.body
        alert_id = _text(body, "alert")
        if record.kind == RAISED:
            before = self._open.get(alert_id)
            self._open[alert_id] = alert_as_raised(body, before)
            self._raised_by[alert_id] = record.digest
            return
        alert = self._open.get(alert_id)
        if alert is None:
            raise RecordError("alert", f"{alert_id} is not open")
        if record.kind == ACKNOWLEDGED:
            self._open[alert_id] = replace(
                alert,
                phase=AlertPhase.ACKNOWLEDGED,
                acknowledged_by=record.operator,
                acknowledged_at=_instant(body, "acknowledged_at"),
            )
            return
        cleared_at = _instant(body, "cleared_at")
        del self._open[alert_id]
        while len(self._cleared) >= CLEARED_KEPT_MAX:
            oldest = next(iter(self._cleared))
            del self._cleared[oldest]
            if oldest not in self._open:
                self._raised_by.pop(oldest, None)
        self._cleared[alert_id] = replace(alert, phase=AlertPhase.CLEARED, cleared_at=cleared_at)


def alert_as_raised(body: Mapping[str, Any], before: Alert | None = None) -> Alert:
    """The alert that the body of an `alert.raised` record tells.

    Args:
        body: of the record.
        before: the same alert before this record.

    Raises:
        RecordError: `field-form` where a field is missing or of another form.
    """
    alert_id = _text(body, "alert")
    try:
        severity = Severity[_text(body, "severity").upper()]
        finding = Finding(
            Situation(
                AlertKind(_text(body, "net")),
                tuple(_texts(body, "subjects")),
                _text(body, "aspect"),
            ),
            severity,
            None,
            bool(body.get("determined")),
            dict(_mapping(body, "basis")),
        )
    except (KeyError, ValueError, InputError) as error:
        raise RecordError("field-form", f"alert {alert_id}: {error}") from error
    worst = severity if before is None else max(severity, before.severity_worst)
    revision = body.get("revision")
    if not isinstance(revision, int) or isinstance(revision, bool):
        raise RecordError("field-form", "revision: not a whole number")
    return Alert(
        alert_id=alert_id,
        phase=AlertPhase.RAISED,
        raised_at=_instant(body, "raised_at"),
        revision=revision,
        finding=finding,
        severity_worst=worst,
        seen_at=_instant(body, "seen_at"),
    )


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise RecordError("field-form", f"{name}: not a text")
    return value


def _texts(body: Mapping[str, Any], name: str) -> list[str]:
    value = body.get(name)
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise RecordError("field-form", f"{name}: not a list of texts")
    return list(value)


def _mapping(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = body.get(name)
    if not isinstance(value, Mapping):
        raise RecordError("field-form", f"{name}: not an object")
    return value


def _instant(body: Mapping[str, Any], name: str) -> Instant:
    try:
        return instant_from_canonical(_text(body, name))
    except InputError as error:
        raise RecordError("field-form", f"{name}: {error.why}") from error
