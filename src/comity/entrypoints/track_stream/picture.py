"""All tracks of one cycle, in whole units of the wire: what every reader's frames are made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntFlag
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry.ellipsoid import SEMI_MAJOR_M, SEMI_MINOR_M
from comity.domain.tracks import PlotSource, TrackSnapshot
from comity.domain.tracks.rules import SOURCE_CODE
from comity.domain.tracks.snapshot import speed_and_track
from comity.kernel.errors import StoreError
from comity.kernel.instants import Instant

SLOTS_MAX = 65_536  # a slot is 16 bits on the wire; tracks above are left out, counted and told
UNITS_PER_DEGREE = 1e6
TURN_UNITS = 65_536
RATE_UNITS_MAX = 32_767  # 0.0328 degrees a second: 3.6 km/s northwards
HEIGHT_M_MAX = 32_767
ECCENTRICITY_SQUARED = 1.0 - (SEMI_MINOR_M / SEMI_MAJOR_M) ** 2
SEVERITY_SHIFT = 12


class Flag(IntFlag):
    """Bits of a track's state, as docs/spec/track-stream.md has them; bits 12 and 13 are a severity."""

    STALE = 1
    CONFIRMED = 2
    GROUND_KNOWN = 4
    ON_GROUND = 8
    VELOCITY_KNOWN = 16
    PRESSURE_KNOWN = 32
    ELLIPSOID_KNOWN = 64
    VERTICAL_KNOWN = 128
    RADAR_ONLY = 256
    TWIN = 512
    FLIGHT_KNOWN = 1_024
    ADDRESS_KNOWN = 2_048
    SEVERITY = 3 << SEVERITY_SHIFT


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TrackPicture:
    """Row k of each column, (N,), is one track at the instant; slots differ from each other.

    Attributes:
        cycle: of the watch, counted by it.
        at: the instant of all of it.
        slot: place of the track; another may have it later.
        track_id: unique in this run of the watch.
        latitude, longitude: 1e-6 degrees, WGS 84, rounded to nearest; longitude at least -180°, under 180°.
        latitude_rate, longitude_rate: 1e-6 degrees a second; 0 where unknown or not representable.
        direction: over the ground, true, 65,536 a turn.
        speed: 0.1 m/s, over the ground.
        altitude_pressure, altitude_ellipsoid: metres, held within 16 bits.
        vertical_rate: 0.01 m/s, likewise.
        accuracy: metres, 95 % radius rounded up, at most 65,535.
        age: 0.1 s since the last position, rounded up, at most 65,535.
        flags: `Flag`.
        left_out: tracks that no slot of 16 bits names.
        exercise: all of it is of the exercise; one that is not has no track that is.
    """

    cycle: int
    at: Instant
    slot: NDArray[np.uint16]
    track_id: NDArray[np.int64]
    latitude: NDArray[np.int32]
    longitude: NDArray[np.int32]
    latitude_rate: NDArray[np.int16]
    longitude_rate: NDArray[np.int16]
    direction: NDArray[np.uint16]
    speed: NDArray[np.uint16]
    altitude_pressure: NDArray[np.int16]
    altitude_ellipsoid: NDArray[np.int16]
    vertical_rate: NDArray[np.int16]
    accuracy: NDArray[np.uint16]
    age: NDArray[np.uint16]
    flags: NDArray[np.uint16]
    left_out: int = 0
    exercise: bool = False

    def __len__(self) -> int:
        return len(self.slot)


COLUMNS: Mapping[str, Any] = {
    "track_id": np.int64,
    "latitude": np.int32,
    "longitude": np.int32,
    "slot": np.uint16,
    "latitude_rate": np.int16,
    "longitude_rate": np.int16,
    "direction": np.uint16,
    "speed": np.uint16,
    "altitude_pressure": np.int16,
    "altitude_ellipsoid": np.int16,
    "vertical_rate": np.int16,
    "accuracy": np.uint16,
    "age": np.uint16,
    "flags": np.uint16,
}
DETAILS = (
    "direction",
    "speed",
    "altitude_pressure",
    "altitude_ellipsoid",
    "vertical_rate",
    "accuracy",
    "age",
    "flags",
)
"""Columns that change seldom, in the order of the wire."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a track is called; told once, and again where it changes.

    Attributes:
        key: as alerts name it.
        callsign: as its feeds say; None where nobody said one.
        flight: the agreed flight that it is taken for.
    """

    key: str
    callsign: str | None
    flight: str | None


def picture_of(
    cycle: int,
    snapshot: TrackSnapshot,
    severity: NDArray[np.uint8],
    has_flight: NDArray[np.bool_],
) -> TrackPicture:
    """A snapshot in units of the wire.

    Args:
        cycle: its number.
        snapshot: every track.
        severity: (N,) of the worst open alert about each track, 0 for none.
        has_flight: (N,) whether it is taken for an agreed flight.
    """
    rows = np.flatnonzero(snapshot.slot < SLOTS_MAX)
    speed_mps, direction_rad = speed_and_track(
        snapshot.position_ecef_m[rows], snapshot.velocity_ecef_mps[rows]
    )
    moving = snapshot.has_velocity[rows]
    latitude_deg = snapshot.latitude_deg[rows]
    north, east = _rates(latitude_deg, speed_mps, direction_rad)
    usable = moving & (np.abs(north) <= RATE_UNITS_MAX) & (np.abs(east) <= RATE_UNITS_MAX)
    longitude = np.rint(snapshot.longitude_deg[rows] * UNITS_PER_DEGREE).astype(np.int64)
    longitude = np.where(longitude >= 180_000_000, longitude - 360_000_000, longitude)
    return TrackPicture(
        cycle=cycle,
        at=snapshot.at,
        slot=snapshot.slot[rows].astype(np.uint16),
        track_id=snapshot.track_id[rows],
        latitude=np.rint(latitude_deg * UNITS_PER_DEGREE).astype(np.int32),
        longitude=longitude.astype(np.int32),
        latitude_rate=np.where(usable, np.rint(north), 0.0).astype(np.int16),
        longitude_rate=np.where(usable, np.rint(east), 0.0).astype(np.int16),
        direction=(np.rint(direction_rad * (TURN_UNITS / (2.0 * np.pi))) % TURN_UNITS).astype(
            np.uint16
        ),
        speed=_unsigned(np.rint(speed_mps * 10.0)),
        altitude_pressure=_signed(snapshot.altitude_pressure_m[rows]),
        altitude_ellipsoid=_signed(snapshot.altitude_ellipsoid_m[rows]),
        vertical_rate=_signed(snapshot.vertical_rate_mps[rows] * 100.0),
        accuracy=_unsigned(np.ceil(snapshot.accuracy_horizontal_m[rows])),
        age=_unsigned(np.ceil(np.maximum(snapshot.age_s[rows], 0.0) * 10.0)),
        flags=_flags(snapshot, rows, severity, has_flight),
        left_out=len(snapshot) - len(rows),
    )


def pack_columns(picture: TrackPicture) -> bytes:
    """The columns, one after the other, little-endian."""
    return b"".join(
        np.ascontiguousarray(getattr(picture, name), np.dtype(kind).newbyteorder("<")).tobytes()
        for name, kind in COLUMNS.items()
    )


def unpack_columns(
    content: bytes, count: int, cycle: int, at: Instant, left_out: int
) -> TrackPicture:
    """The picture of packed columns.

    Raises:
        StoreError: `fault`: the length does not fit the count.
    """
    columns: dict[str, Any] = {}
    offset = 0
    for name, kind in COLUMNS.items():
        dtype = np.dtype(kind).newbyteorder("<")
        if offset + dtype.itemsize * count > len(content):
            raise StoreError("fault", f"{len(content)} bytes for {count} tracks")
        columns[name] = np.frombuffer(content, dtype, count, offset)
        offset += dtype.itemsize * count
    return TrackPicture(cycle=cycle, at=at, left_out=left_out, **columns)


def _rates(
    latitude_deg: NDArray[np.float64],
    speed_mps: NDArray[np.float64],
    direction_rad: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Degrees north and east a second, in 1e-6, along the meridian and the parallel of WGS 84."""
    latitude = np.radians(latitude_deg)
    root = np.sqrt(1.0 - ECCENTRICITY_SQUARED * np.sin(latitude) ** 2)
    meridian_m = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED) / root**3
    parallel_m = np.maximum(SEMI_MAJOR_M / root * np.cos(latitude), 1.0)
    scale = UNITS_PER_DEGREE * 180.0 / np.pi
    north = speed_mps * np.cos(direction_rad) / meridian_m * scale
    east = speed_mps * np.sin(direction_rad) / parallel_m * scale
    return north, east


def _flags(
    snapshot: TrackSnapshot,
    rows: NDArray[np.int64],
    severity: NDArray[np.uint8],
    has_flight: NDArray[np.bool_],
) -> NDArray[np.uint16]:
    flags = severity[rows].astype(np.uint16) << np.uint16(SEVERITY_SHIFT)
    for flag, mask in (
        (Flag.STALE, snapshot.stale),
        (Flag.CONFIRMED, snapshot.confirmed),
        (Flag.GROUND_KNOWN, snapshot.has_on_ground),
        (Flag.ON_GROUND, snapshot.on_ground & snapshot.has_on_ground),
        (Flag.VELOCITY_KNOWN, snapshot.has_velocity),
        (Flag.PRESSURE_KNOWN, snapshot.has_altitude_pressure),
        (Flag.ELLIPSOID_KNOWN, snapshot.has_altitude_ellipsoid),
        (Flag.VERTICAL_KNOWN, snapshot.has_vertical_rate),
        (Flag.RADAR_ONLY, snapshot.source == SOURCE_CODE[PlotSource.RADAR_PRIMARY]),
        (Flag.TWIN, snapshot.is_twin),
        (Flag.FLIGHT_KNOWN, has_flight),
        (Flag.ADDRESS_KNOWN, snapshot.has_address),
    ):
        flags |= np.where(mask[rows], np.uint16(flag), np.uint16(0))
    told: NDArray[np.uint16] = flags.astype(np.uint16)
    return told


def _unsigned(values: NDArray[np.float64]) -> NDArray[np.uint16]:
    return np.clip(np.nan_to_num(values), 0, 65_535).astype(np.uint16)


def _signed(values: NDArray[np.float64]) -> NDArray[np.int16]:
    return np.clip(np.rint(np.nan_to_num(values)), -HEIGHT_M_MAX, HEIGHT_M_MAX).astype(np.int16)
