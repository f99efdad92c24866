"""A recording through the pair net as a node runs it, and what the net told; for one rule or for many."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from comity.application.narrowed_nets import NarrowedNets
from comity.application.pair_net import PairNet
from comity.application.replay_air import CYCLE_S, replay
from comity.application.watch_air import AirWatch, Found, Net, View
from comity.domain.alerts import (
    Alert,
    AlertBook,
    AlertKind,
    AlertPhase,
    LifeRule,
    NetRule,
    PairRule,
    PairSeverityRule,
    Severity,
    Suppression,
)
from comity.domain.evaluation import AlertTold, Pair, pair_of
from comity.domain.tracks import FeedId, Plot
from comity.domain.tracks.table import Feed, TrackTable
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant

FEED = FeedId("recording")
PARTY = PartyId("recording.aaaaaaaa")
MS_PER_S = 1000.0
STEP_SHARE = 0.95  # of the steps from report to report are no longer than what counts as its step
STEP_S_MAX = 30.0  # a recording with rarer reports than that is one in which nets are blind
Progress = Callable[[Instant], None]


@dataclass(frozen=True, slots=True)
class NetSettings:
    """One way to set the pair net.

    Attributes:
        rule: separation, look-ahead, manoeuvres.
        severity: from findings to severities.
        life: hysteresis.
    """

    rule: PairRule = field(default_factory=PairRule)
    severity: PairSeverityRule = field(default_factory=PairSeverityRule)
    life: LifeRule = field(default_factory=LifeRule)


@dataclass(slots=True)
class _Told:
    """An alert as it grows."""

    pair: Pair
    levels: dict[Severity, float]
    lost_by_s: float
    determined: bool
    apart_m: float | None
    above_m: float | None
    cleared_s: float | None = None


@dataclass(slots=True)
class _Variant:
    """One setting at work: its net, its book of alerts, what it told."""

    net: PairNet
    book: AlertBook
    told: dict[str, _Told] = field(default_factory=dict)

    def note(self, at: Instant, view: View, changed: tuple[Alert, ...]) -> None:
        """Take in what changed in a cycle."""
        for alert in changed:
            told = self.told.get(alert.alert_id)
            if alert.phase is AlertPhase.CLEARED:
                if told is not None:
                    told.cleared_s = at.unix_s
                continue
            finding = alert.finding
            if told is None:
                told = self.told[alert.alert_id] = _Told(
                    pair_of(finding.situation.subjects), {}, 0.0, finding.determined,
                    *_apart(view, finding.situation.subjects),
                )  # fmt: skip
            told.levels.setdefault(finding.severity, at.unix_s)
        for alert in self.book.open_alerts():
            told = self.told.get(alert.alert_id)
            if told is not None and alert.finding.time_to_s is not None and not alert.held:
                told.lost_by_s = max(told.lost_by_s, at.unix_s + alert.finding.time_to_s)


@dataclass(slots=True)
class _Tapped:
    """A net whose view is kept for the others."""

    net: Net
    view: View | None = None

    @property
    def kind(self) -> AlertKind:
        return self.net.kind

    def look(self, view: View) -> Found:
        self.view = view
        return self.net.look(view)


def evaluated(
    plots: list[Plot],
    settings: Mapping[str, NetSettings],
    agreed: frozenset[Pair] = frozenset(),
    cycle_s: float = CYCLE_S,
    progress: Progress | None = None,
) -> dict[str, tuple[AlertTold, ...]]:
    """What each setting of the net tells of a recording; tracks are made once, for all of them.

    The first setting runs in the live loop itself (`AirWatch`), the others look at the same views and
    have books of their own. A setting under two names is run once.

    Args:
        plots: in order of time (`replay_air.in_order`).
        settings: by name, at least one; all alike but for minima, look-ahead, severities and life.
        agreed: pairs that fly close by agreement, by the names of labels.
        cycle_s: of the loop.
        progress: told the instant of each cycle.
    """
    accepted = frozenset((f"{PARTY}/{one}", f"{PARTY}/{other}") for one, other in agreed)
    by_setting = {id(each): _variant(each, accepted) for each in settings.values()}
    variants = list(by_setting.values())
    others = NarrowedNets([variant.net for variant in variants[1:]]) if variants[1:] else None
    tapped = _Tapped(variants[0].net)
    watch = AirWatch(
        tracks=TrackTable([Feed(FEED, PARTY)]),
        nets=(tapped,),
        stopwatch=lambda: 0.0,
        run="evaluation",
        net_rule=rule_for(plots),
        alerts=variants[0].book,
    )
    for cycle in replay(plots, watch, cycle_s):
        view = tapped.view
        if view is None:
            continue
        variants[0].note(cycle.at, view, cycle.changed)
        health = cycle.nets[AlertKind.PAIR_CONFLICT].health
        looked = () if others is None else others.look(view)
        for variant, findings in zip(variants[1:], looked, strict=True):
            changed = variant.book.observe(cycle.at, AlertKind.PAIR_CONFLICT, findings, health)
            variant.note(cycle.at, view, changed)
        if progress is not None:
            progress(cycle.at)
    return {name: tuple(_frozen(by_setting[id(each)])) for name, each in settings.items()}


def rule_for(plots: list[Plot]) -> NetRule:
    """When the nets call themselves degraded, for a recording of so many reports a minute.

    The usual rule is for live feeds. A recording in which all reports come each 10 s would degrade it
    for good, and a degraded net clears nothing: it is allowed two of the recording's own steps, and
    blind after three.
    """
    usual = NetRule()
    times_ms = np.unique(np.array([plot.at.unix_ms for plot in plots]) // 100 * 100)
    steps_s = np.diff(times_ms) / MS_PER_S
    if not len(steps_s):
        return usual
    step_s = min(float(np.quantile(steps_s, STEP_SHARE)), STEP_S_MAX)
    return replace(
        usual,
        degraded_after_s=max(usual.degraded_after_s, 2.0 * step_s),
        blind_after_s=max(usual.blind_after_s, 3.0 * step_s),
    )


def _variant(settings: NetSettings, accepted: frozenset[tuple[str, str]]) -> _Variant:
    agreed = Suppression(accepted)
    net = PairNet(settings.rule, settings.severity, lambda: agreed)
    return _Variant(net, AlertBook({AlertKind.PAIR_CONFLICT: settings.life}))


def _frozen(variant: _Variant) -> Iterator[AlertTold]:
    for told in variant.told.values():
        yield AlertTold(
            told.pair, told.levels, told.cleared_s, told.lost_by_s, told.determined,
            told.apart_m, told.above_m,
        )  # fmt: skip


def _apart(view: View, subjects: tuple[str, ...]) -> tuple[float | None, float | None]:
    """Distances of a pair in the net's picture (m); heights only where they are of one datum."""
    picture = view.seen.picture
    rows = [picture.keys.index(subject) for subject in subjects if subject in picture.keys]
    if len(rows) != 2:
        return None, None
    apart = picture.position_ecef_m[rows[0]] - picture.position_ecef_m[rows[1]]
    above = abs(float(picture.height_m[rows[0]] - picture.height_m[rows[1]]))
    same = picture.datum[rows[0]] == picture.datum[rows[1]] and np.isfinite(above)
    return float(np.sqrt((apart**2).sum())), above if same else None
