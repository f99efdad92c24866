"""Pictures of the air for tests."""

import numpy as np

from comity.domain.airspace import Datum
from comity.domain.alerts import (
    DATUM_CODES,
    AirPicture,
    ecef_from_degrees,
    velocity_from_track,
)
from comity.kernel.instants import Instant

AT = Instant(1_800_000_000_000)


def picture_of(flights, at=AT, **columns):
    """One row a flight (`air_reference.Flight`), pressure heights unless a column says else."""
    latitude = np.array([f.latitude_deg for f in flights])
    longitude = np.array([f.longitude_deg for f in flights])
    speed = np.array([f.speed_mps for f in flights])
    track = np.radians([f.track_deg for f in flights])
    given = {
        "datum": np.full(len(flights), DATUM_CODES[Datum.QNE], np.uint8),
        "vertical_rate_mps": np.array([f.climb_mps for f in flights]),
        "height_m": np.array([f.height_m for f in flights]),
    } | columns
    return AirPicture(
        at=at,
        keys=tuple(f"track-{number}" for number in range(len(flights))),
        position_ecef_m=ecef_from_degrees(latitude, longitude),
        velocity_ecef_mps=velocity_from_track(latitude, longitude, speed, track),
        **given,
    )
