"""The pair conflict net over the live loop's view: what it looks at, what it leaves out and why."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from comity.application.watch_air import Found, View
from comity.domain.alerts import (
    AlertKind,
    PairRule,
    PairSeverityRule,
    Suppression,
    find_pair_conflicts,
    pair_findings,
)
from comity.domain.alerts.pair_conflict import Search
from comity.domain.geometry.closest_pairs_few import losing_pairs
from comity.domain.tracks import TrackSnapshot

Agreed = Callable[[], Suppression]
"""Pairs and formations that people or the agreement let fly close; asked anew each cycle."""


Classes = Callable[[View], "NDArray[np.uint8] | None"]


def one_class(_view: View) -> None:
    """Every track has the first minima of the table."""


def nothing_agreed() -> Suppression:
    """No pair and no formation."""
    return Suppression()


@dataclass(slots=True)
class PairNet:
    """Short-term conflict alert.

    Two tracks under one ICAO address are two accounts of one aircraft (a twin, or a rival party's
    track) and raise nothing here; that they disagree is the integrity net's to say. Tracks that only
    may be the same, with no address in common, are two aircraft to this net: it warns.

    Attributes:
        rule: separation and look-ahead, from the agreement in force.
        severity: the published rule.
        agreed: pairs and formations that raise nothing.
        suppressed: pairs found and left out in the last cycle.
        search: NumPy's by default; `PairFinder.search` where many tracks are watched.
        classes: row of the table of minima of each row of the picture; None: all have the first.
    """

    rule: PairRule = field(default_factory=PairRule)
    severity: PairSeverityRule = field(default_factory=PairSeverityRule)
    agreed: Agreed = nothing_agreed
    suppressed: int = 0
    search: Search = losing_pairs
    classes: Classes = one_class

    @property
    def kind(self) -> AlertKind:
        """Which net."""
        return AlertKind.PAIR_CONFLICT

    def look(self, view: View) -> Found:
        """Pairs that lose separation within the look-ahead."""
        if len(view.seen.picture) < 2:  # the search costs half a millisecond to find nothing
            self.suppressed = 0
            return Found((), view.seen.height_unknown)
        picture = replace(view.seen.picture, minima_class=self.classes(view))
        agreed = self.agreed()
        together = Suppression(
            agreed.accepted, (*agreed.formations, *one_aircraft(view.snapshot, view))
        )
        pairs = find_pair_conflicts(picture, self.rule, together, self.search)
        self.suppressed = pairs.suppressed
        return Found(pair_findings(picture, pairs, self.severity), view.seen.height_unknown)


def one_aircraft(snapshot: TrackSnapshot, view: View) -> tuple[frozenset[str], ...]:
    """Groups of track keys of the picture that state one ICAO address."""
    row_of = {number: row for row, number in enumerate(view.seen.track_id.tolist())}
    named = np.flatnonzero(snapshot.has_address & snapshot.address_is_icao)
    order = named[np.argsort(snapshot.address[named], kind="stable")]
    addresses = snapshot.address[order]
    again = np.flatnonzero(addresses[1:] == addresses[:-1])
    groups: dict[int, set[str]] = {}
    for place in again.tolist():
        for row in (order[place], order[place + 1]):
            seen_row = row_of.get(int(snapshot.track_id[row]))
            if seen_row is not None:
                address = int(snapshot.address[row])
                groups.setdefault(address, set()).add(view.seen.picture.keys[seen_row])
    return tuple(frozenset(group) for _, group in sorted(groups.items()) if len(group) > 1)
