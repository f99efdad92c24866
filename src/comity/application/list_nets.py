"""The safety nets of a node: what each looks for, its parameters, and where each parameter comes from."""

from dataclasses import dataclass
from typing import Any

from comity.application.evaluate_net import NetSettings
from comity.domain.alerts import AlertKind, NetRule
from comity.domain.alerts.area_rules import AreaRule, AreaSeverityRule
from comity.domain.alerts.conformance import ConformanceRule
from comity.domain.tracks.integrity_kinds import WEIGHINGS

AGREEMENT = "the agreement in force; else ICAO Doc 4444"
RULE = "docs/rooms/alerts.md"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a net.

    Attributes:
        name: with its unit.
        value: by default.
        origin: who sets it, or why it is so.
    """

    name: str
    value: float | str
    origin: str


@dataclass(frozen=True, slots=True)
class NetListed:
    """One net.

    Attributes:
        net: its name in alerts.
        looks_for: in a sentence.
        severity: the rule, in a sentence.
        parameters: all of them.
    """

    net: AlertKind
    looks_for: str
    severity: str
    parameters: tuple[Parameter, ...]

    def as_fields(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "net": str(self.net),
            "looks_for": self.looks_for,
            "severity": self.severity,
            "parameters": [
                {"name": each.name, "value": each.value, "origin": each.origin}
                for each in self.parameters
            ],
        }


def nets_listed() -> tuple[NetListed, ...]:
    """The nets and what they run with until an agreement says otherwise."""
    return (_pair_conflict(), _area_proximity(), _conformance(), _integrity(), _net_state())


def _pair_conflict() -> NetListed:
    settings = NetSettings()
    rule, severity, life = settings.rule, settings.severity, settings.life
    parameters = [
        Parameter("horizontal_m", float(rule.minima.horizontal_m[0, 0]), AGREEMENT),
        Parameter("vertical_m", float(rule.minima.vertical_m[0, 0]), AGREEMENT),
        Parameter("look_ahead_s", rule.look_ahead_s, "the agreement in force; else 2 min"),
        Parameter("accuracy_share", rule.accuracy_share, RULE),
    ]
    parameters += [
        Parameter(name, getattr(severity, name), f"{RULE}, Severity") for name in severity.__slots__
    ]
    parameters += [
        Parameter(name, getattr(life, name), f"{RULE}, Severity") for name in life.__slots__
    ]
    if rule.manoeuvres is not None:
        parameters += [
            Parameter(f"manoeuvre {name}", _spelt(getattr(rule.manoeuvres, name)), f"{RULE}, Words")
            for name in rule.manoeuvres.__slots__
        ]
    return NetListed(
        AlertKind.PAIR_CONFLICT,
        "two tracks that will lose horizontal and vertical separation within the look-ahead",
        f"warning within {severity.warning_s:g} s of the loss, caution within {severity.caution_s:g} s,"
        " else advisory; caution at most where heights do not compare",
        tuple(parameters),
    )


def _area_proximity() -> NetListed:
    rule, severity = AreaRule(), AreaSeverityRule()
    return NetListed(
        AlertKind.AREA_PROXIMITY,
        "a track in an area, or entering one within the look-ahead: areas of files, borders, hazard"
        " notices, protected sites",
        f"prohibited areas, hazard notices, protected sites and guarded borders: warning inside or"
        f" within {severity.warning_s:g} s, caution within {severity.caution_s:g} s; other areas:"
        f" caution within {severity.warning_s:g} s; else advisory; caution at most where heights do"
        " not compare",
        (
            Parameter("look_ahead_s", rule.look_ahead_s, RULE),
            Parameter("near_m", rule.near_m, RULE),
            Parameter("warning_s", severity.warning_s, f"{RULE}, Severity"),
            Parameter("caution_s", severity.caution_s, f"{RULE}, Severity"),
        ),
    )


def _conformance() -> NetListed:
    rule = ConformanceRule()
    return NetListed(
        AlertKind.CONFORMANCE,
        "a flight outside its accepted volumes, sideways, in height or in time",
        "by state: nonconforming, contingent (docs/rooms/conformance.md)",
        tuple(
            Parameter(name, getattr(rule, name), "docs/rooms/conformance.md")
            for name in rule.__slots__
        ),
    )


def _integrity() -> NetListed:
    return NetListed(
        AlertKind.INTEGRITY,
        "a track that cannot be true: speed, climb, jumps, two places under one address, spoofing",
        "fixed for each kind of contradiction",
        tuple(
            Parameter(
                str(kind),
                f"{each.pieces:g} pieces, one fades in {each.fade_s:g} s: {each.severity.name.lower()}",
                "docs/rooms/tracks.md, Integrity",
            )
            for kind, each in WEIGHINGS.items()
        ),
    )


def _net_state() -> NetListed:
    rule = NetRule()
    return NetListed(
        AlertKind.NET_STATE,
        "a net that has lost its data: its silence says nothing",
        "told with the reason and what was measured",
        tuple(
            Parameter(name, getattr(rule, name), f"{RULE}, State of a net")
            for name in rule.__slots__
        ),
    )


def _spelt(value: Any) -> float | str:
    return value if isinstance(value, float) else str(value)
