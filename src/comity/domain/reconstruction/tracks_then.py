"""Where aircraft were at a moment, by the plots kept: the newest plot of each, as it came, never an estimate."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.domain.airspace import Altitude, Datum
from comity.domain.incidents import OfferedTrack, TrackPoint
from comity.domain.tracks import FeedId, PlotBatch
from comity.domain.tracks.rules import ACCURACY_M_ASSUMED, SOURCES
from comity.kernel.instants import Instant

STALE_S = 16.0  # as the tracks of the watch (docs/rooms/tracks.md)
GONE_S = 60.0  # likewise
TRACKS_OF_INCIDENT_MAX = 50


@dataclass(frozen=True, slots=True)
class TrackThen:
    """The newest plot of one aircraft of one feed at a moment.

    Attributes:
        identity: address, callsign or number by which its plots belong together.
        at: its time of applicability, by the source.
        received_at: when this node had it.
        stale: too old to be relied on at that moment.
    """

    feed: FeedId
    identity: str
    callsign: str | None
    at: Instant
    received_at: Instant
    latitude_deg: float
    longitude_deg: float
    accuracy_m: float
    accuracy_assumed: bool
    altitudes: tuple[Altitude, ...]
    ground_speed_mps: float | None
    track_true_rad: float | None
    on_ground: bool | None
    stale: bool


def tracks_then(batches: Sequence[PlotBatch], at: Instant) -> list[TrackThen]:
    """The newest plot with a position of each aircraft, not older than `GONE_S` at a moment.

    Args:
        batches: plots, in any order; those of later times are passed over.
        at: the moment.
    """
    newest: dict[tuple[FeedId, str], TrackThen] = {}
    for batch in batches:
        age_ms = at.unix_ms - batch.at_ms
        rows = np.flatnonzero(batch.has_position & (age_ms >= 0) & (age_ms <= GONE_S * 1000.0))
        for row in _newest_rows(batch, rows):
            found = _then(batch, int(row), at)
            before = newest.get((batch.feed, found.identity))
            if before is None or (before.at, before.received_at) < (found.at, found.received_at):
                newest[batch.feed, found.identity] = found
    return [newest[key] for key in sorted(newest)]


def recorded_tracks(
    batches: Sequence[PlotBatch], wanted: Sequence[str] = ()
) -> tuple[list[OfferedTrack], int]:
    """Plots as tracks, one for each aircraft of each feed, and how many more there were.

    Args:
        batches: plots of a time.
        wanted: identities; none: all, of which the first `TRACKS_OF_INCIDENT_MAX` are given.
    """
    points: dict[tuple[FeedId, str], dict[int, TrackPoint]] = {}
    assumed: set[tuple[FeedId, str]] = set()
    chosen = {each.lower() for each in wanted}
    for batch in batches:
        for row in np.flatnonzero(batch.has_position):
            found = _then(batch, int(row), Instant(int(batch.at_ms[row])))
            names = {found.identity.lower(), (found.callsign or "").lower()}
            if chosen and not names & chosen:
                continue
            key = (batch.feed, found.identity)
            point = TrackPoint(
                found.at, found.latitude_deg, found.longitude_deg, found.accuracy_m, found.altitudes
            )
            points.setdefault(key, {}).setdefault(found.at.unix_ms, point)
            if found.accuracy_assumed:
                assumed.add(key)
    keys = sorted(points)
    tracks = [
        OfferedTrack(
            material=f"feed {key[0]}",
            identity=key[1],
            points=tuple(points[key][ms] for ms in sorted(points[key])),
            synthetic=False,
            accuracy_assumed=key in assumed,
        )
        for key in keys[:TRACKS_OF_INCIDENT_MAX]
    ]  # fmt: skip
    return tracks, len(keys) - len(tracks)


def _newest_rows(batch: PlotBatch, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of rows with one address or number the newest; rows without a name all stay."""
    name = np.where(
        batch.has_address[rows],
        batch.address[rows] * 2 + batch.address_is_icao[rows],
        np.where(batch.has_track_number[rows], batch.track_number[rows] + (1 << 40), -1),
    )
    order = np.lexsort((batch.received_at_ms[rows], batch.at_ms[rows], name))
    last = np.append(name[order][1:] != name[order][:-1], True)[: len(order)]
    newest: NDArray[np.int64] = rows[order[last | (name[order] == -1)]]
    return newest


def _then(batch: PlotBatch, row: int, at: Instant) -> TrackThen:
    callsign = None if batch.callsign is None else batch.callsign[row]
    accuracy_assumed = not batch.has_accuracy_horizontal[row]
    altitudes = []
    if batch.has_altitude_pressure[row]:
        altitudes.append(Altitude(float(batch.altitude_pressure_m[row]), Datum.QNE))
    if batch.has_altitude_ellipsoid[row]:
        altitudes.append(Altitude(float(batch.altitude_ellipsoid_m[row]), Datum.WGS84))
    moves = bool(batch.has_velocity[row])
    return TrackThen(
        feed=batch.feed,
        identity=_identity(batch, row, callsign),
        callsign=callsign,
        at=Instant(int(batch.at_ms[row])),
        received_at=Instant(int(batch.received_at_ms[row])),
        latitude_deg=float(batch.latitude_deg[row]),
        longitude_deg=float(batch.longitude_deg[row]),
        accuracy_m=(
            ACCURACY_M_ASSUMED[SOURCES[int(batch.source[row])]]
            if accuracy_assumed
            else float(batch.accuracy_horizontal_m[row])
        ),
        accuracy_assumed=accuracy_assumed,
        altitudes=tuple(altitudes),
        ground_speed_mps=float(batch.ground_speed_mps[row]) if moves else None,
        track_true_rad=float(batch.track_true_rad[row]) if moves else None,
        on_ground=bool(batch.on_ground[row]) if batch.has_on_ground[row] else None,
        stale=at.unix_ms - int(batch.at_ms[row]) > STALE_S * 1000.0,
    )


def _identity(batch: PlotBatch, row: int, callsign: str | None) -> str:
    if batch.has_address[row]:
        mark = "" if batch.address_is_icao[row] else "~"
        return f"{mark}{int(batch.address[row]):06x}"
    if callsign is not None:
        return callsign
    if batch.has_track_number[row]:
        return f"number {int(batch.track_number[row])}"
    return "without a name"
