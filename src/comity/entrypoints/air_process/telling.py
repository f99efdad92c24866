"""What the watch tells of its tracks and of itself."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from comity.application.watch_air import Cycle
from comity.application.watched_flights import FlightBoard, callsign_spelt
from comity.domain.alerts import Alert, track_keys
from comity.domain.tracks import TrackSnapshot
from comity.domain.tracks.missing import missing_of
from comity.domain.tracks.snapshot import speed_and_track
from comity.domain.tracks.table import TrackTable
from comity.entrypoints.air_process.messages import (
    TRACKS_TOLD_MAX,
    AlertNow,
    TrackRow,
    TracksAsked,
    TracksTold,
)

PAGE_BYTES = 4_096
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]
_STATM = Path("/proc/self/statm")


def memory_bytes() -> int:
    """What this process has in memory, where the system says so; else 0."""
    try:
        return int(_STATM.read_text().split()[1]) * PAGE_BYTES
    except (OSError, ValueError, IndexError):
        return 0


def tell_alert(alert: Alert) -> AlertNow:
    """An open alert as it stands."""
    return AlertNow(
        alert=alert.alert_id,
        severity=alert.finding.severity.name.lower(),
        seen_ms=alert.seen_at.unix_ms,
        held=alert.held,
        basis=dict(alert.finding.basis),
    )


def tell_tracks(
    asked: TracksAsked, cycle: Cycle | None, table: TrackTable, board: FlightBoard, run: str
) -> TracksTold:
    """The tracks within a box, the freshest first where there are more than were asked for."""
    if cycle is None:
        return TracksTold(number=asked.number, at=None, total=0, rows=[])
    snapshot = cycle.snapshot
    within = (snapshot.latitude_deg >= asked.south_deg) & (snapshot.latitude_deg <= asked.north_deg)
    east, west = snapshot.longitude_deg <= asked.east_deg, snapshot.longitude_deg >= asked.west_deg
    within &= (east & west) if asked.west_deg <= asked.east_deg else (east | west)
    flights = {row: str(intent) for intent, row in board.last_rows().items()}
    if asked.named:
        named = _named(asked.named, snapshot, table, run)
        named[[row for row, flight in flights.items() if flight == asked.named]] = True
        within &= named
    rows = np.flatnonzero(within)
    limit = min(asked.limit, TRACKS_TOLD_MAX)
    if len(rows) > limit:
        rows = rows[np.argsort(snapshot.age_s[rows], kind="stable")[:limit]]
    keys = track_keys(snapshot, rows, run)
    callsigns = table.texts("callsign", snapshot.slot[rows]).tolist()
    speed, direction = speed_and_track(
        snapshot.position_ecef_m[rows], snapshot.velocity_ecef_mps[rows]
    )
    lacks = lacks_of(snapshot, rows, table, board)
    told = []
    for place, row in enumerate(rows.tolist()):
        moving = bool(snapshot.has_velocity[row])
        told.append(
            TrackRow(
                key=keys[place],
                callsign=callsigns[place],
                latitude_deg=round(float(snapshot.latitude_deg[row]), 6),
                longitude_deg=round(float(snapshot.longitude_deg[row]), 6),
                accuracy_m=round(float(snapshot.accuracy_horizontal_m[row]), 1),
                altitude_pressure_m=_known(
                    snapshot.altitude_pressure_m[row], snapshot.has_altitude_pressure[row]
                ),
                altitude_ellipsoid_m=_known(
                    snapshot.altitude_ellipsoid_m[row], snapshot.has_altitude_ellipsoid[row]
                ),
                ground_speed_mps=round(float(speed[place]), 1) if moving else None,
                track_true_deg=round(float(np.degrees(direction[place])), 1) if moving else None,
                vertical_rate_mps=_known(
                    snapshot.vertical_rate_mps[row], snapshot.has_vertical_rate[row]
                ),
                on_ground=bool(snapshot.on_ground[row]) if snapshot.has_on_ground[row] else None,
                age_s=round(float(snapshot.age_s[row]), 1),
                stale=bool(snapshot.stale[row]),
                confirmed=bool(snapshot.confirmed[row]),
                flight=flights.get(row),
                track_id=int(snapshot.track_id[row]),
                address=f"{int(snapshot.address[row]):06x}" if snapshot.has_address[row] else None,
                accuracy_pressure_m=_known(
                    snapshot.accuracy_pressure_m[row], snapshot.has_altitude_pressure[row]
                ),
                accuracy_ellipsoid_m=_known(
                    snapshot.accuracy_ellipsoid_m[row], snapshot.has_altitude_ellipsoid[row]
                ),
                lacks=[name for name, mask in lacks if mask[row]],
            )
        )
    return TracksTold(number=asked.number, at=str(cycle.at), total=int(within.sum()), rows=told)


def lacks_of(
    snapshot: TrackSnapshot, rows: Integers, table: TrackTable, board: FlightBoard
) -> tuple[tuple[str, Mask], ...]:
    """What tracks (N,) are known to lack, asked of these rows; of radio contact people tell the node."""
    squawked = np.zeros(len(snapshot), np.bool_)
    squawked[rows] = [bool(each) for each in table.texts("squawk", snapshot.slot[rows]).tolist()]
    missing = missing_of(snapshot, squawked=squawked, plan=board.plans(snapshot, rows))
    return ("transponder", missing.transponder), ("plan", missing.plan)


def _named(name: str, snapshot: TrackSnapshot, table: TrackTable, run: str) -> Mask:
    """Whether each track (N,) has a key, the last part of one, or a callsign."""
    wanted = name.strip().casefold()
    last = wanted.rpartition("/")[2]
    found = np.zeros(len(snapshot), np.bool_)
    near = snapshot.track_id == _number(last.rpartition("-")[2][:18], 10)
    near |= snapshot.has_address & (snapshot.address == _number(last.strip("~+")[:6], 16))
    rows = np.flatnonzero(near)
    for row, key in zip(rows.tolist(), track_keys(snapshot, rows, run), strict=True):
        found[row] = wanted in {key.casefold(), key.rpartition("/")[2].casefold()}
    spelt = "" if "/" in wanted else callsign_spelt(name)
    if spelt:
        callsigns = table.texts("callsign", snapshot.slot).tolist()
        found |= [bool(each) and callsign_spelt(each) == spelt for each in callsigns]
    return found


def _number(text: str, base: int) -> int:
    """A whole number; -1, which no track has, for anything else."""
    try:
        return int(text, base)
    except ValueError:
        return -1


def _known(value: float, known: bool) -> float | None:
    return round(float(value), 1) if known else None
