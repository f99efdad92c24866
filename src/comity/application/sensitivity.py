"""How a net's figures move as one parameter of it does, the others held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from comity.application.evaluate_net import NetSettings
from comity.domain.alerts import LevelMinima, Severity
from comity.domain.evaluation import Figures, Judgement, Separation, figures_of

LOOK_AHEADS_S = (40.0, 60.0, 90.0, 120.0, 150.0, 180.0)
SHARES = (0.6, 0.7, 0.8, 0.9, 1.0, 1.15)
LINES = ("look-ahead, s", "horizontal threshold, share", "vertical threshold, share")


@dataclass(frozen=True, slots=True)
class Point:
    """One setting of a sweep, and what came of it.

    Attributes:
        line: which parameter moves.
        value: of it.
        figures: at the least severity asked for.
    """

    line: str
    value: float
    figures: Figures


def settings_of(separation: Separation) -> NetSettings:
    """The net as it runs with these minima."""
    usual = NetSettings()
    rule = replace(
        usual.rule,
        minima=_minima(separation.horizontal_m, separation.vertical_m),
        look_ahead_s=separation.look_ahead_s,
    )
    return replace(usual, rule=rule)


def swept(separation: Separation) -> dict[str, NetSettings]:
    """The settings of a sweep, by name `line=value`; the usual one is in each line."""
    usual = settings_of(separation)
    found: dict[str, NetSettings] = {}
    for value in LOOK_AHEADS_S:
        found[f"{LINES[0]}={value:g}"] = replace(
            usual, rule=replace(usual.rule, look_ahead_s=value)
        )
    for value in SHARES:
        wide = _minima(value * separation.horizontal_m, separation.vertical_m)
        found[f"{LINES[1]}={value:g}"] = replace(usual, rule=replace(usual.rule, minima=wide))
        tall = _minima(separation.horizontal_m, value * separation.vertical_m)
        found[f"{LINES[2]}={value:g}"] = replace(usual, rule=replace(usual.rule, minima=tall))
    return found


def points_of(judgements: Mapping[str, Judgement], least: Severity) -> Sequence[Point]:
    """The figures of a sweep's settings, in its order."""
    found = []
    for name, judgement in judgements.items():
        line, _, value = name.rpartition("=")
        if line in LINES:
            found.append(Point(line, float(value), figures_of(judgement, least)))
    return sorted(found, key=lambda point: (LINES.index(point.line), point.value))


def _minima(horizontal_m: float, vertical_m: float) -> LevelMinima:
    return LevelMinima(np.array([[horizontal_m]]), np.array([[vertical_m]]))
