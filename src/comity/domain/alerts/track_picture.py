"""From the tracks of an instant to the picture that the nets look at, and what they could not see."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.domain.airspace import Datum
from comity.domain.alerts.picture import DATUM_CODES, DATUM_UNKNOWN, AirPicture, kept, unusable_rows
from comity.domain.tracks import TrackSnapshot

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What the nets may look at.

    Attributes:
        picture: tracks in the air, believed, fresh, with a velocity.
        track_id: (N,) of each row of the picture.
        left_out: tracks in the air that no net can use: stale, or without a velocity.
        height_unknown: rows of the picture without any height.
    """

    picture: AirPicture
    track_id: NDArray[np.int64]
    left_out: int
    height_unknown: int


def seen_of(snapshot: TrackSnapshot, run: str) -> Seen:
    """The airborne part of a snapshot as a picture.

    A track whose source says that it is on the ground takes no part. One that is not believed yet
    (`confirmed`) takes no part either and is not missed. Pressure height goes before ellipsoid height,
    for it is what separation is kept by; where neither is known the row has none.

    Args:
        snapshot: all tracks.
        run: names this run of the node; it goes into the names of tracks that have no address, whose
            numbers begin anew with each run.
    """
    airborne = snapshot.confirmed & ~(snapshot.on_ground & snapshot.has_on_ground)
    usable = airborne & ~snapshot.stale & snapshot.has_velocity
    rows = np.flatnonzero(usable)
    by_pressure = snapshot.has_altitude_pressure[rows]
    by_ellipsoid = snapshot.has_altitude_ellipsoid[rows] & ~by_pressure
    height_m = np.full(len(rows), np.nan)
    height_m[by_pressure] = snapshot.altitude_pressure_m[rows][by_pressure]
    height_m[by_ellipsoid] = snapshot.altitude_ellipsoid_m[rows][by_ellipsoid]
    datum = np.full(len(rows), DATUM_UNKNOWN, np.uint8)
    datum[by_pressure] = DATUM_CODES[Datum.QNE]
    datum[by_ellipsoid] = DATUM_CODES[Datum.WGS84]
    picture = AirPicture(
        at=snapshot.at,
        keys=track_keys(snapshot, rows, run),
        position_ecef_m=snapshot.position_ecef_m[rows],
        velocity_ecef_mps=snapshot.velocity_ecef_mps[rows],
        height_m=height_m,
        datum=datum,
        vertical_rate_mps=np.where(
            snapshot.has_vertical_rate[rows], snapshot.vertical_rate_mps[rows], np.nan
        ),
        position_accuracy_m=snapshot.accuracy_horizontal_m[rows],
        velocity_accuracy_mps=snapshot.accuracy_velocity_mps[rows],
        turn_rate_radps=snapshot.turn_rate_radps[rows],
        turn_rate_accuracy_radps=snapshot.accuracy_turn_radps[rows],
    )
    faults = [refused.row for refused in unusable_rows(picture)]
    track_id = snapshot.track_id[rows]
    if faults:
        sound = np.ones(len(rows), np.bool_)
        sound[faults] = False
        picture, track_id = kept(picture, sound), track_id[sound]
    return Seen(
        picture=picture,
        track_id=track_id,
        left_out=int(np.count_nonzero(airborne)) - len(track_id),
        height_unknown=int(np.count_nonzero(picture.datum == DATUM_UNKNOWN)),
    )


def track_keys(snapshot: TrackSnapshot, rows: NDArray[np.int64], run: str) -> tuple[str, ...]:
    """How alerts name tracks: the party whose feeds made one, then its address or its number.

    `borealis.h7k2pq4z/4ca7f1`; `~4ca7f1` for an address that the source made up; a `+` behind it for a
    second place under one address; `#<run>-<number>` without an address.
    """
    number = snapshot.track_id[rows].tolist()
    names = [
        f"{'' if icao else '~'}{address:06x}{'+' if twin else ''}" if has else f"#{run}-{own}"
        for has, address, icao, twin, own in zip(
            snapshot.has_address[rows].tolist(),
            snapshot.address[rows].tolist(),
            snapshot.address_is_icao[rows].tolist(),
            snapshot.is_twin[rows].tolist(),
            number,
            strict=True,
        )
    ]
    parties = [snapshot.parties[party] for party in snapshot.party[rows].tolist()]
    return tuple(f"{party}/{name}" for party, name in zip(parties, names, strict=True))
