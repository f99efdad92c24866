"""The picture of the air for whoever follows it, once a cycle: columns, and names where they are new."""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from comity.application.watch_air import Cycle, View
from comity.domain.alerts import Alert, track_keys
from comity.domain.tracks import TrackSnapshot
from comity.domain.tracks.table import TrackTable
from comity.entrypoints.air_process.messages import PictureTold
from comity.entrypoints.track_stream import pack_columns
from comity.entrypoints.track_stream.picture import picture_of

NAMES_LOOKED_AT = 10  # a callsign that changes is told within so many cycles


class Picturing:
    """Makes pictures for a node that follows; nothing is done while it does not."""

    def __init__(self, run: str) -> None:
        """Begin.

        Args:
            run: names this run, in keys of tracks without an address.
        """
        self.wanted = False
        self._run = run
        self._told: dict[int, tuple[str | None, str | None]] = {}
        self._alerted: dict[str, int] = {}

    def want(self, *, wanted: bool) -> None:
        """Whether the node follows; one that begins knows no names."""
        self.wanted = wanted
        self._told.clear()

    def picture(
        self,
        number: int,
        cycle: Cycle,
        table: TrackTable,
        flights: Mapping[int, str],
        alerts: Iterable[Alert],
        view: View | None,
    ) -> PictureTold:
        """The picture of a cycle.

        Args:
            number: of the cycle.
            cycle: what it saw.
            table: of the tracks.
            flights: agreed flights by row of the snapshot.
            alerts: that are open.
            view: what the nets looked at.
        """
        snapshot = cycle.snapshot
        severity = self._severity(snapshot, alerts, view)
        has_flight = np.zeros(len(snapshot), np.bool_)
        has_flight[list(flights)] = True
        picture = picture_of(number, snapshot, severity, has_flight)
        return PictureTold(
            cycle=number,
            at=str(cycle.at),
            count=len(picture),
            left_out=picture.left_out,
            columns=pack_columns(picture),
            named=self._names(number, snapshot, table, flights),
        )

    def _names(
        self,
        number: int,
        snapshot: TrackSnapshot,
        table: TrackTable,
        flights: Mapping[int, str],
    ) -> list[tuple[int, str, str | None, str | None]]:
        """Names that the node lacks: of new tracks, and of those looked at in this cycle."""
        ids = snapshot.track_id.tolist()
        told = self._told
        rows = [
            row
            for row, track in enumerate(ids)
            if track not in told
            or (track + number) % NAMES_LOOKED_AT == 0
            or flights.get(row) != told[track][1]
        ]
        if len(told) > len(ids):
            alive = set(ids)
            self._told = told = {track: each for track, each in told.items() if track in alive}
        looked_at = np.array(rows, np.int64)
        callsigns = table.texts("callsign", snapshot.slot[looked_at]).tolist()
        fresh = []
        for row, callsign in zip(rows, callsigns, strict=True):
            names = (callsign, flights.get(row))
            if told.get(ids[row]) != names:
                told[ids[row]] = names
                fresh.append((row, names))
        keys = track_keys(snapshot, np.array([row for row, _ in fresh], np.int64), self._run)
        return [(ids[row], key, *names) for (row, names), key in zip(fresh, keys, strict=True)]

    def _severity(
        self, snapshot: TrackSnapshot, alerts: Iterable[Alert], view: View | None
    ) -> NDArray[np.uint8]:
        """The worst open alert about each track (N,); 0: none."""
        severity = np.zeros(len(snapshot), np.uint8)
        worst: dict[str, int] = {}
        for alert in alerts:
            for subject in alert.finding.situation.subjects:
                worst[subject] = max(worst.get(subject, 0), int(alert.finding.severity))
        if not worst:
            self._alerted.clear()
            return severity
        known = {key: track for key, track in self._alerted.items() if key in worst}
        if view is not None and len(known) < len(worst):
            keys, ids = view.seen.picture.keys, view.seen.track_id.tolist()
            known |= {key: track for key, track in zip(keys, ids, strict=True) if key in worst}
        self._alerted = known  # a track keeps its alert while it is too stale to be seen
        row_of = {track: row for row, track in enumerate(snapshot.track_id.tolist())}
        for key, track in known.items():
            if track in row_of:
                severity[row_of[track]] = worst[key]
        return severity
