"""The safety nets of a node: what each looks for, its parameters, and where each parameter comes from."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from comity.application.brief_watch import NetsBrief, minima_of
from comity.application.evaluate_net import NetSettings
from comity.application.take_brief import (
    PAIR_LOOK_AHEAD_S,
    area_rule_of,
    area_severity_of,
    conformance_rule_of,
    pair_severity_of,
    rule_of,
)
from comity.domain.agreement import Terms, WatchTerms
from comity.domain.airspace import NO_HEIGHT_BOUNDS
from comity.domain.alerts import AlertKind, NetRule
from comity.domain.tracks.integrity_kinds import WEIGHINGS

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


def nets_listed(terms: Terms | None = None) -> tuple[NetListed, ...]:
    """The nets and what they run with.

    Args:
        terms: of the agreement in force; None: none is, and every parameter has its default.
    """
    said = _Said(terms)
    return (
        _pair_conflict(said), _area_proximity(said), _conformance(said), _integrity(), _net_state()
    )  # fmt: skip


class _Said:
    """What an agreement says of the nets, and how to tell where a parameter comes from."""

    def __init__(self, terms: Terms | None) -> None:
        self.terms = terms
        self.minima = minima_of(terms)
        self._named = "" if terms is None else f"the agreement {terms.digest[:12]}"

    def origin(self, *, stated: bool, default: str) -> str:
        """Of a parameter that an agreement may state."""
        if stated:
            return self._named
        if self.terms is not None:
            return f"default, {default}: {self._named} does not say"
        return f"the agreement in force; else {default}"

    def parameters(self, rule: Any, names: Iterable[str], default: str) -> list[Parameter]:
        """Of a rule; those that the agreement states are its own."""
        return [
            Parameter(
                name,
                _spelt(getattr(rule, name)),
                self.origin(stated=getattr(self.minima.nets, name) is not None, default=default)
                if name in NetsBrief.__struct_fields__
                else default,
            )
            for name in names
        ]


def _pair_conflict(said: _Said) -> NetListed:
    settings = NetSettings()
    rule, life = rule_of(said.minima), settings.life
    severity = pair_severity_of(said.minima.nets)
    parameters: list[Parameter] = []
    for one, name in enumerate(("", *said.minima.classes)):
        for other, other_name in enumerate(("", *said.minima.classes)):
            if other < one:
                continue
            pair = f" {name or 'any'} and {other_name or 'any'}" if said.minima.classes else ""
            origin = said.origin(stated=said.terms is not None, default="ICAO Doc 4444")
            parameters += [
                Parameter(
                    f"horizontal_m{pair}", float(rule.minima.horizontal_m[one, other]), origin
                ),
                Parameter(f"vertical_m{pair}", float(rule.minima.vertical_m[one, other]), origin),
            ]
    nets = said.minima.nets
    every_s = PAIR_LOOK_AHEAD_S if nets.look_ahead_s is None else nets.look_ahead_s
    origin = said.origin(stated=nets.look_ahead_s is not None, default="2 min")
    parameters.append(Parameter("look_ahead_s", every_s, origin))
    for name, stated_s in zip(("", *said.minima.classes), nets.class_look_ahead_s, strict=False):
        if stated_s is not None:
            origin = said.origin(stated=True, default="")
            parameters.append(Parameter(f"look_ahead_s {name}", stated_s, origin))
    parameters.append(Parameter("accuracy_share", rule.accuracy_share, RULE))
    parameters += said.parameters(severity, severity.__slots__, f"{RULE}, Severity")
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


def _area_proximity(said: _Said) -> NetListed:
    rule = area_rule_of(said.minima.nets, NO_HEIGHT_BOUNDS)
    severity = area_severity_of(said.minima.nets, frozenset())
    return NetListed(
        AlertKind.AREA_PROXIMITY,
        "a track in an area, or entering one within the look-ahead: areas of files, borders, hazard"
        " notices, protected sites",
        f"prohibited areas, hazard notices, protected sites and guarded borders: warning inside or"
        f" within {severity.warning_s:g} s, caution within {severity.caution_s:g} s; other areas:"
        f" caution within {severity.warning_s:g} s; else advisory; caution at most where heights do"
        " not compare",
        (
            *said.parameters(rule, ("look_ahead_s", "near_m"), RULE),
            *said.parameters(severity, ("warning_s", "caution_s"), f"{RULE}, Severity"),
            *_sites(said),
        ),
    )


def _sites(said: _Said) -> Iterable[Parameter]:
    watch = WatchTerms() if said.terms is None else said.terms.watch
    kinds = {"": watch.site, **watch.site_by_kind}
    for kind, stated in kinds.items():
        name = f"site {kind}".strip()
        upper = None if stated is None else stated.upper
        buffer_m = 0.0 if stated is None else stated.buffer_m
        origin = said.origin(stated=stated is not None, default="the safe side")
        yield Parameter(f"{name} buffer_m", buffer_m, origin)
        height = "every height" if upper is None else f"{upper.height_m:g} m {upper.datum}"
        origin = said.origin(stated=upper is not None, default="the safe side")
        yield Parameter(f"{name} upper", height, origin)


def _conformance(said: _Said) -> NetListed:
    rule = conformance_rule_of(said.minima.nets)
    return NetListed(
        AlertKind.CONFORMANCE,
        "a flight outside its accepted volumes, sideways, in height or in time",
        "by state: nonconforming, contingent (docs/rooms/conformance.md)",
        tuple(said.parameters(rule, rule.__slots__, "docs/rooms/conformance.md")),
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
