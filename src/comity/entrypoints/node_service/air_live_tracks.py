"""Live tracks about volumes, asked of the watch (`application.ports.live_tracks`)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.application.ports.live_tracks import Floats, Integers, LivePicture, Mask
from comity.domain.airspace import Volume4D
from comity.domain.geometry import degrees_from_unit
from comity.domain.geometry.ellipsoid import CURVATURE_RADIUS_M_MIN
from comity.entrypoints.air_process import TrackRow
from comity.entrypoints.air_process.messages import TRACKS_TOLD_MAX
from comity.entrypoints.node_service.air_desk import AirDesk
from comity.kernel.errors import StoreError
from comity.kernel.instants import Instant, instant_from_rfc3339

ACCURACY_M_MAX = 50_000.0  # a track known worse than that is nowhere; drop rules end it before
ROUNDED_M = 0.2  # rows have positions to 1e-6 degrees, heights and accuracies to 0.1 m
Box = tuple[float, float, float, float]
"""South, west, north and east, degrees; west of 180 and east of it where west is the greater."""


@dataclass(frozen=True, slots=True, eq=False)
class ToldTracks:
    """Rows of the watch as columns (`ports.live_tracks.TracksSeen`)."""

    at: Instant
    track_id: Integers
    latitude_deg: Floats
    longitude_deg: Floats
    accuracy_horizontal_m: Floats
    altitude_pressure_m: Floats
    has_altitude_pressure: Mask
    accuracy_pressure_m: Floats
    altitude_ellipsoid_m: Floats
    has_altitude_ellipsoid: Mask
    accuracy_ellipsoid_m: Floats
    stale: Mask
    address: Integers
    has_address: Mask

    def __len__(self) -> int:
        return len(self.track_id)


class AirLiveTracks:
    """The watch's tracks, for whoever asks what is where."""

    def __init__(self, air: AirDesk) -> None:
        self._air = air

    async def over(self, volumes: Sequence[Volume4D]) -> LivePicture | None:
        """The newest picture about volumes; None where the watch has none or does not answer."""
        south, west, north, east = box_of(volumes)
        try:
            told = await self._air.tracks(
                limit=TRACKS_TOLD_MAX,
                south_deg=south,
                west_deg=west,
                north_deg=north,
                east_deg=east,
            )
        except StoreError:
            return None
        if told.at is None:
            return None
        at = instant_from_rfc3339(told.at, "at")
        return LivePicture(columns_of(at, told.rows), more=told.total > len(told.rows))


def box_of(volumes: Sequence[Volume4D]) -> Box:
    """A box of degrees about volumes and every track whose inaccuracy may reach them.

    Over-approximates; all longitudes where a pole is near or the volumes are far apart.
    """
    south, north = 90.0, -90.0
    sides: list[tuple[float, float]] = []
    for shape in {volume.shape for volume in volumes}:
        prepared = shape.prepared
        latitude, longitude = (float(each) for each in degrees_from_unit(prepared.centre))
        # a chord c of a sphere of radius R spans an angle of at most (pi/2)·c/R
        reach_m = math.pi / 2.0 * (prepared.reach_m + shape.radius_m + ACCURACY_M_MAX)
        reach_deg = math.degrees(reach_m / CURVATURE_RADIUS_M_MIN)
        south, north = min(south, latitude - reach_deg), max(north, latitude + reach_deg)
        widest = abs(latitude) + reach_deg
        east_deg = 180.0 if widest >= 89.0 else reach_deg / math.cos(math.radians(widest))
        sides.append((longitude - east_deg, longitude + east_deg))
    west = min((side[0] for side in sides), default=-180.0)
    east = max((side[1] for side in sides), default=180.0)
    if east - west >= 360.0 or (len(sides) > 1 and (west < -180.0 or east > 180.0)):
        west, east = -180.0, 180.0
    west, east = (each - 360.0 * math.floor((each + 180.0) / 360.0) if abs(each) > 180.0 else each
                  for each in (west, east))  # fmt: skip
    return max(south, -90.0), west, min(north, 90.0), east


def columns_of(at: Instant, rows: Sequence[TrackRow]) -> ToldTracks:
    """Rows as columns; what was rounded is known by so much worse."""

    def floats(values: Sequence[float | None], more: float = 0.0) -> Floats:
        told = [0.0 if each is None else each + more for each in values]
        return np.array(told, np.float64)

    def known(values: Sequence[object]) -> NDArray[np.bool_]:
        return np.array([each is not None for each in values], np.bool_)

    pressure = [row.altitude_pressure_m for row in rows]
    ellipsoid = [row.altitude_ellipsoid_m for row in rows]
    addresses = [row.address for row in rows]
    return ToldTracks(
        at=at,
        track_id=np.array([row.track_id for row in rows], np.int64),
        latitude_deg=floats([row.latitude_deg for row in rows]),
        longitude_deg=floats([row.longitude_deg for row in rows]),
        accuracy_horizontal_m=floats([row.accuracy_m for row in rows], ROUNDED_M),
        altitude_pressure_m=floats(pressure),
        has_altitude_pressure=known(pressure),
        accuracy_pressure_m=floats([row.accuracy_pressure_m for row in rows], ROUNDED_M),
        altitude_ellipsoid_m=floats(ellipsoid),
        has_altitude_ellipsoid=known(ellipsoid),
        accuracy_ellipsoid_m=floats([row.accuracy_ellipsoid_m for row in rows], ROUNDED_M),
        stale=np.array([row.stale for row in rows], np.bool_),
        address=np.array([int(each, 16) if each else 0 for each in addresses], np.int64),
        has_address=known(addresses),
    )
