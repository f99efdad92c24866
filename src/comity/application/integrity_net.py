"""The integrity net over the live loop's view: tracks that cannot be true, as findings of alerts."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from comity.application.watch_air import Found, View
from comity.domain.alerts import AlertKind, Finding, Severity, Situation, track_keys
from comity.domain.tracks.integrity import IntegrityMonitor
from comity.domain.tracks.integrity_kinds import IntegrityFinding
from comity.domain.tracks.table import TrackTable

INTEGER_UNITS = {
    "_mps": ("_mmps", 1_000),
    "_radps": ("_uradps", 1_000_000),
    "_m": ("_mm", 1_000),
    "_s": ("_ms", 1_000),
}
"""How a measure's name and value become an integer's, longest ending first."""


@dataclass(slots=True)
class IntegrityNet:
    """What cannot be true of a track: jumps, impossible speeds, an address at two places.

    Attributes:
        table: the tracks that the view is of.
        monitor: the evidence gathered so far.
    """

    table: TrackTable
    monitor: IntegrityMonitor

    @property
    def kind(self) -> AlertKind:
        """Which net."""
        return AlertKind.INTEGRITY

    def look(self, view: View) -> Found:
        """Weigh what came, and tell every contradiction that stands."""
        for taken in view.taken:
            self.monitor.watch(taken, self.table.categories(taken.slot))
        self.monitor.look(view.snapshot, self.table.categories(view.snapshot.slot))
        if len(view.ended):
            self.monitor.end(view.ended)
        standing = self.monitor.findings(view.at)
        if not standing:
            return Found(())
        wanted = {each.track_id for each in standing}
        ids = view.snapshot.track_id.tolist()
        rows = {number: row for row, number in enumerate(ids) if number in wanted}
        known = [each for each in standing if each.track_id in rows]
        places = np.array([rows[each.track_id] for each in known], np.int64)
        keys = track_keys(view.snapshot, places, view.run)
        return Found(tuple(finding_of(each, key) for each, key in zip(known, keys, strict=True)))


def finding_of(found: IntegrityFinding, key: str) -> Finding:
    """An integrity finding as alerts carry it."""
    return Finding(
        Situation(AlertKind.INTEGRITY, (key,), str(found.kind)),
        Severity(found.severity),
        None,
        True,  # noqa: FBT003 - the data contradict themselves, whatever is true
        {"since_ms": found.since.unix_ms, "reason": found.reason, **whole_numbers(found.basis)},
    )


def whole_numbers(basis: Mapping[str, float]) -> dict[str, int | None]:
    """Measures as a record carries them: integers with their unit in the name; None: not known."""
    told: dict[str, int | None] = {}
    for name, value in basis.items():
        for ending, (spelt, scale) in INTEGER_UNITS.items():
            if name.endswith(ending):
                whole = name.removesuffix(ending) + spelt
                told[whole] = round(value * scale) if math.isfinite(value) else None
                break
    return told
