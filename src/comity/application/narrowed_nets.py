"""Pair nets of many settings over the same views: one wide search, then each over what it found."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from comity.application.pair_net import PairNet, one_aircraft
from comity.application.watch_air import View
from comity.domain.alerts import (
    AirPicture,
    Finding,
    LevelMinima,
    PairConflicts,
    PairRule,
    Suppression,
    find_pair_conflicts,
    kept,
    pair_findings,
)
from comity.domain.alerts.pair_conflict import LEVEL_RATE_MPS
from comity.domain.geometry.closest_pairs import HEIGHT_ROUNDING_M, MINIMUM_M_MAX
from comity.domain.geometry.ellipsoid import Floats

WIDER_HORIZONTAL = 1.02  # legs of another look-ahead are cut elsewhere: 41 m at 250 m/s in a turn
WIDER_VERTICAL = 1.10  # and the heights of a changing climb by under 10 m
LATER_S = 1.0  # likewise the time at which a loss begins
DATUMS_MAX = 2  # heights of three are compared through the commonest, which fewer tracks may change


@dataclass(slots=True)
class NarrowedNets:
    """Finds what each net finds over the whole view (`PairNet.look`), and looks once at what none can.

    Attributes:
        nets: at least one; with one class of tracks, and alike but for minima, look-ahead and severities.
    """

    nets: Sequence[PairNet]
    _wide: PairRule = field(init=False)
    _look_s: Floats = field(init=False)
    _horizontal_m: Floats = field(init=False)
    _vertical_m: Floats = field(init=False)
    _level_m: Floats = field(init=False)

    def __post_init__(self) -> None:
        rules = [net.rule for net in self.nets]
        tables = [rule.level_minima() for rule in rules]
        self._wide = _widest(rules)
        self._look_s = np.array([rule.look_ahead_s for rule in rules])
        self._horizontal_m = np.array([float(each.horizontal_m.max()) for each in tables])
        self._vertical_m = np.array([float(each.vertical_m.max()) for each in tables])
        self._level_m = np.array([float(each.vertical_m[-1, -1]) for each in tables])

    def look(self, view: View) -> list[tuple[Finding, ...]]:
        """Findings of each net, in their order."""
        picture = view.seen.picture
        told: list[tuple[Finding, ...]] = [() for _ in self.nets]
        if len(picture) < 2:
            return told
        if len(np.unique(picture.datum)) > DATUMS_MAX:
            return [net.look(view).findings for net in self.nets]
        same = one_aircraft(view.snapshot, view)
        search = self.nets[0].search
        wide = find_pair_conflicts(picture, self._wide, Suppression(formations=same), search)
        if not len(wide):
            return told
        may = self._may_lose(picture, wide)
        for number in np.flatnonzero(may.any(axis=1)).tolist():
            net, pairs = self.nets[number], may[number]
            rows = np.unique(np.concatenate([wide.first[pairs], wide.second[pairs]]))
            near = kept(picture, rows.astype(np.intp))
            agreed = net.agreed()
            together = Suppression(agreed.accepted, (*agreed.formations, *same))
            found = find_pair_conflicts(near, net.rule, together, net.search)
            told[number] = pair_findings(near, found, net.severity)
        return told

    def _may_lose(self, picture: AirPicture, wide: PairConflicts) -> NDArray[np.bool_]:
        """Which net may find which of the pairs, (nets, P); a pair left out is none that it finds."""
        rate_mps = np.nan_to_num(picture.vertical_rate_mps)
        first, second = wide.first, wide.second
        level = np.abs(rate_mps) <= LEVEL_RATE_MPS
        both_level = (level[first] & level[second])[None, :]
        look_s = self._look_s[:, None]
        soon = wide.time_to_loss_s[None, :] <= look_s + LATER_S
        across = wide.distance_cpa_m[None, :] < WIDER_HORIZONTAL * self._horizontal_m[:, None]
        least_m = wide.vertical_now_m - np.abs(rate_mps[first] - rate_mps[second]) * look_s
        keep_m = np.where(both_level, self._level_m[:, None], self._vertical_m[:, None])
        above = ~(least_m >= keep_m + HEIGHT_ROUNDING_M)  # heights that do not compare are NaN
        straight = ~wide.manoeuvring[None, :]
        may: NDArray[np.bool_] = soon & (~straight | (across & above))
        return may


def _widest(rules: Sequence[PairRule]) -> PairRule:
    """A rule by which every pair is found that any of these finds."""
    horizontal_m = np.max([rule.minima.horizontal_m for rule in rules], axis=0) * WIDER_HORIZONTAL
    vertical_m = np.max([rule.minima.vertical_m for rule in rules], axis=0) * WIDER_VERTICAL
    return replace(
        rules[0],
        minima=LevelMinima(
            np.minimum(horizontal_m, MINIMUM_M_MAX), np.minimum(vertical_m, MINIMUM_M_MAX)
        ),
        look_ahead_s=max(rule.look_ahead_s for rule in rules),
    )
