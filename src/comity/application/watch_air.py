"""The live loop without a clock: plots in, tracks on, nets over them, alerts out. One cycle a call."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from comity.domain.alerts import (
    Alert,
    AlertBook,
    AlertKind,
    Finding,
    NetHealth,
    NetInput,
    NetRule,
    NetState,
    NetWatch,
    Seen,
    overfull,
    seen_of,
    told_aside,
)
from comity.domain.alerts.life import Unsure, of_nothing
from comity.domain.tracks import Plot, PlotBatch, TrackSnapshot
from comity.domain.tracks.table import TrackTable
from comity.domain.tracks.taken import Taken
from comity.kernel.ids import OperatorId
from comity.kernel.instants import Instant

Stopwatch = Callable[[], float]
"""Seconds from any beginning, never backwards; what a stage took is the difference of two."""


@dataclass(frozen=True, slots=True)
class View:
    """What a net looks at in one cycle.

    Attributes:
        at: the instant all tracks were brought to.
        snapshot: every track.
        seen: the airborne ones as a picture.
        taken: what this cycle's plots were like where they fell, by feed.
        ended: ids of the tracks that ended in this cycle.
        run: names this run of the node, in keys of tracks without an address.
    """

    at: Instant
    snapshot: TrackSnapshot
    seen: Seen
    taken: Sequence[Taken]
    ended: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    run: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a net found, for how many tracks it could not tell, and what else it does not see.

    Attributes:
        missing: data sets that it lacks.
        unseen: other reasons for which its silence means less.
        aside: what is told as degraded though all that it watches is watched: it goes on clearing.
        unsure: why it cannot tell of one situation whether it goes on; such an alert is held.
    """

    findings: tuple[Finding, ...]
    undetermined: int = 0
    missing: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    unsure: Unsure = of_nothing


class Net(Protocol):
    """One safety net: the same view and the same rules give the same findings."""

    @property
    def kind(self) -> AlertKind:
        """Which net."""
        ...

    def look(self, view: View) -> Found:
        """What there is to warn of now."""
        ...


@dataclass(frozen=True, slots=True)
class Cycle:
    """One cycle of the loop, whole.

    Attributes:
        at: its instant.
        snapshot: every track then.
        changed: alerts raised, raised anew and cleared, each of which becomes a record.
        nets: what each net says of itself.
        plots: plots taken in.
        ended: tracks that ended.
        stage_s: what each stage took, by name.
        faults: nets that failed, a fault of ours: each is blind for this cycle, the others go on.
    """

    at: Instant
    snapshot: TrackSnapshot
    changed: tuple[Alert, ...]
    nets: dict[AlertKind, NetState]
    plots: int
    ended: int
    stage_s: dict[str, float]
    faults: dict[AlertKind, Exception] = field(default_factory=dict)


@dataclass(slots=True)
class AirWatch:
    """One node's picture of the air and the nets over it. Not safe for use by two threads at once.

    Attributes:
        tracks: the tracks.
        nets: the nets, each of another kind.
        stopwatch: how stages are timed; it decides nothing but whether a net calls itself late.
        run: names this run of the node, for tracks that have no name of their own.
        net_rule: when a net calls itself degraded or blind.
        alerts: the alerts that are open.
        counts: findings by net, and alerts by phase, since the beginning.
        view: what the nets looked at in the last cycle.
    """

    tracks: TrackTable
    nets: tuple[Net, ...]
    stopwatch: Stopwatch
    run: str
    net_rule: NetRule = field(default_factory=NetRule)
    alerts: AlertBook = field(default_factory=AlertBook)
    counts: Counter[str] = field(default_factory=Counter)
    view: View | None = None
    _watches: dict[AlertKind, NetWatch] = field(default_factory=dict)
    _failing: dict[AlertKind, Instant] = field(default_factory=dict)
    _cycle_s: float | None = None
    _newest_at: Instant | None = None

    def cycle(
        self, at: Instant, batches: Iterable[PlotBatch], feeds_down: tuple[str, ...] = ()
    ) -> Cycle:
        """Take in what came, bring all tracks to `at`, look, and say what changed.

        Args:
            at: now, by this node's clock.
            batches: plots of feeds that the table knows, checked.
            feeds_down: feeds that deliver nothing; every net says so.
        """
        began_s = mark_s = self.stopwatch()
        stage_s: dict[str, float] = {}

        def done(stage: str) -> None:
            nonlocal mark_s
            now_s = self.stopwatch()
            stage_s[stage] = now_s - mark_s
            mark_s = now_s

        taken = [self.tracks.take(batch) for batch in batches]
        plots = sum(len(each.ready.at_ms) for each in taken)
        self._note_newest(taken, at)
        done("tracks")
        ended = self.tracks.tidy(at)
        snapshot = self.tracks.at(at)
        seen = seen_of(snapshot, self.run)
        done("picture")
        view = self.view = View(at, snapshot, seen, taken, ended, self.run)
        changed: list[Alert] = []
        states: dict[AlertKind, NetState] = {}
        faults: dict[AlertKind, Exception] = {}
        for net in self.nets:
            try:
                found = net.look(view)
            except Exception as error:  # noqa: BLE001 - one net's fault must not end the others
                faults[net.kind] = error
                states[net.kind] = self._failed(net.kind, at, error)
                changed += self.alerts.observe(at, net.kind, (), NetHealth.BLIND)
                done(str(net.kind))
                continue
            self._failing.pop(net.kind, None)
            state = self._watch(net.kind, at).observe(
                at,
                NetInput(
                    newest_at=self._newest_at,
                    tracks=len(seen.picture),
                    left_out=seen.left_out,
                    undetermined=found.undetermined,
                    feeds_down=feeds_down,
                    cycle_s=self._cycle_s,
                    missing=found.missing,
                    other=found.unseen,
                ),
            )
            self.counts[f"found {net.kind}"] += len(found.findings)
            changed += self.alerts.observe(at, net.kind, found.findings, state.health, found.unsure)
            waiting = self.alerts.waiting(net.kind)
            state = told_aside(state, found.aside)
            states[net.kind] = overfull(state, at, waiting) if waiting else state
            done(str(net.kind))
        for alert in changed:
            self.counts[f"{alert.phase} {alert.finding.situation.kind}"] += 1
        self._cycle_s = self.stopwatch() - began_s
        return Cycle(at, snapshot, tuple(changed), states, plots, len(ended), stage_s, faults)

    def take_plots(self, plots: Iterable[Plot]) -> None:
        """Single plots without a cycle: a recording's past, before the nets begin to look."""
        self.tracks.take_plots(plots)

    def acknowledge(self, alert_id: str, operator: OperatorId, at: Instant) -> Alert:
        """A person has seen an alert.

        Raises:
            InputError: it is not open, or was acknowledged already.
        """
        return self.alerts.acknowledge(alert_id, operator, at)

    def _failed(self, kind: AlertKind, at: Instant, error: Exception) -> NetState:
        """A net that failed is blind, since its first failure in a row."""
        since = self._failing.setdefault(kind, at)
        self.counts[f"failed {kind}"] += 1
        self._watches.pop(kind, None)  # it begins anew: blind until it has seen for a while
        return NetState(NetHealth.BLIND, since, (f"fault: {type(error).__name__}: {error}"[:200],))

    def _watch(self, kind: AlertKind, at: Instant) -> NetWatch:
        if kind not in self._watches:
            self._watches[kind] = NetWatch(at, self.net_rule)
        return self._watches[kind]

    def _note_newest(self, taken: Sequence[Taken], at: Instant) -> None:
        """The newest report that may be believed: one from the future says nothing of now."""
        newest_ms = max(
            (int(each.ready.at_ms.max()) for each in taken if len(each.ready.at_ms)), default=None
        )
        if newest_ms is None:
            return
        newest = min(Instant(newest_ms), at)
        if self._newest_at is None or newest > self._newest_at:
            self._newest_at = newest
