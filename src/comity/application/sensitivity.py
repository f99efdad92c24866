"""How a net's figures move as one parameter of it does, the others held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from comity.application.evaluate_net import NetSettings
from comity.domain.alerts import LevelMinima, PairRule, Severity
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


def swept(separation: Separation, usual: NetSettings | None = None) -> dict[str, NetSettings]:
    """The settings of a sweep, by name `line=value`; the usual one is in each line.

    Args:
        separation: of the usual setting.
        usual: `settings_of(separation)` where it is there already, so that it is run once.
    """
    usual = usual or settings_of(separation)
    across_m, above_m = separation.horizontal_m, separation.vertical_m
    rules: dict[str, PairRule] = {}
    for value in LOOK_AHEADS_S:
        rules[f"{LINES[0]}={value:g}"] = replace(usual.rule, look_ahead_s=value)
    for value in SHARES:
        wide, tall = _minima(value * across_m, above_m), _minima(across_m, value * above_m)
        rules[f"{LINES[1]}={value:g}"] = replace(usual.rule, minima=wide)
        rules[f"{LINES[2]}={value:g}"] = replace(usual.rule, minima=tall)
    return {
        name: usual if _alike(rule, usual.rule) else replace(usual, rule=rule)
        for name, rule in rules.items()
    }


def _alike(rule: PairRule, usual: PairRule) -> bool:
    """Whether a rule of the sweep is the usual one."""
    return (
        rule.look_ahead_s == usual.look_ahead_s
        and np.array_equal(rule.minima.horizontal_m, usual.minima.horizontal_m)
        and np.array_equal(rule.minima.vertical_m, usual.minima.vertical_m)
    )


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
