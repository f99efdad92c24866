"""All tracks at one instant, in columns: what nets and screens look at."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry.ellipsoid import (
    SEMI_MAJOR_M,
    SEMI_MINOR_M,
    degrees_from_unit,
    unit_from_degrees,
)
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]
SEMI_AXES_M = np.array([SEMI_MAJOR_M, SEMI_MAJOR_M, SEMI_MINOR_M])


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TrackSnapshot:
    """Tracks brought to one instant; row k of each column, (N,) or (N, 3), is one track.

    Where a mask `has_…` is False the number beside it means nothing. Accuracies are 95 %.

    Attributes:
        at: the instant.
        parties: names of the parties that `party` counts.
        track_id: unique at this node, never used again.
        slot: place in the table; another track may have it later.
        party: whose feeds made the track.
        latitude_deg, longitude_deg: geodetic, WGS 84.
        position_ecef_m: (N, 3) foot of the track on the ellipsoid.
        velocity_ecef_mps: (N, 3) over the ground, in the tangent plane.
        has_velocity: whether it is known; else it is 0 and means nothing.
        accuracy_horizontal_m, accuracy_velocity_mps: 95 % radius, grown since the last plot; that of the
            worse of two axes, so too large rather than too small.
        turn_rate_radps, accuracy_turn_radps: clockwise seen from above.
        altitude_pressure_m, altitude_ellipsoid_m: each with the 95 % bound of its error.
        vertical_rate_mps: of the pressure height, else of the ellipsoid height.
        age_s: since the last position; 0 for one from a clock slightly ahead.
        stale: too old to be relied on.
        confirmed: enough positions to be believed.
        address: 24 bits.
        twin_of: track id of the track under whose name this one's plots came from elsewhere.
        unrest: squared innovation over its expected value, smoothed; about 1 where the model fits.
    """

    at: Instant
    parties: tuple[PartyId, ...]
    track_id: Integers
    slot: Integers
    party: Integers
    latitude_deg: Floats
    longitude_deg: Floats
    position_ecef_m: Floats
    velocity_ecef_mps: Floats
    has_velocity: Mask
    accuracy_horizontal_m: Floats
    accuracy_velocity_mps: Floats
    turn_rate_radps: Floats
    accuracy_turn_radps: Floats
    altitude_pressure_m: Floats
    has_altitude_pressure: Mask
    accuracy_pressure_m: Floats
    altitude_ellipsoid_m: Floats
    has_altitude_ellipsoid: Mask
    accuracy_ellipsoid_m: Floats
    vertical_rate_mps: Floats
    has_vertical_rate: Mask
    accuracy_vertical_rate_mps: Floats
    on_ground: Mask
    has_on_ground: Mask
    age_s: Floats
    stale: Mask
    confirmed: Mask
    address: Integers
    has_address: Mask
    address_is_icao: Mask
    source: NDArray[np.uint8]
    twin_of: Integers
    is_twin: Mask
    unrest: Floats

    def __len__(self) -> int:
        return len(self.track_id)


def surface_ecef_m(latitude_deg: Floats, longitude_deg: Floats) -> Floats:
    """Earth-fixed feet (N, 3) on the ellipsoid of geodetic positions (N,)."""
    feet: Floats = unit_from_degrees(latitude_deg, longitude_deg) * SEMI_AXES_M
    return feet


def degrees_of(position_ecef_m: Floats) -> tuple[Floats, Floats]:
    """Geodetic latitude and longitude of feet (N, 3) on the ellipsoid."""
    return degrees_from_unit(position_ecef_m / SEMI_AXES_M)


def level_velocity_ecef_mps(
    latitude_deg: Floats, longitude_deg: Floats, ground_speed_mps: Floats, track_true_rad: Floats
) -> Floats:
    """Earth-fixed velocities (N, 3) of speeds over the ground and true directions (N,)."""
    latitude, longitude = np.radians(latitude_deg), np.radians(longitude_deg)
    east = ground_speed_mps * np.sin(track_true_rad)
    north = ground_speed_mps * np.cos(track_true_rad)
    inward = np.sin(latitude) * north
    sine, cosine = np.sin(longitude), np.cos(longitude)
    velocity = np.empty((len(latitude_deg), 3))
    velocity[:, 0] = -sine * east - cosine * inward
    velocity[:, 1] = cosine * east - sine * inward
    velocity[:, 2] = np.cos(latitude) * north
    return velocity


def speed_and_track(position_ecef_m: Floats, velocity_ecef_mps: Floats) -> tuple[Floats, Floats]:
    """Speeds over the ground and true directions (N,), 0 to 2 pi; direction 0 where nothing moves."""
    latitude_deg, longitude_deg = degrees_of(position_ecef_m)
    latitude, longitude = np.radians(latitude_deg), np.radians(longitude_deg)
    x, y, z = velocity_ecef_mps[:, 0], velocity_ecef_mps[:, 1], velocity_ecef_mps[:, 2]
    sine, cosine = np.sin(longitude), np.cos(longitude)
    east = cosine * y - sine * x
    north = np.cos(latitude) * z - np.sin(latitude) * (cosine * x + sine * y)
    return np.hypot(east, north), np.arctan2(east, north) % (2.0 * np.pi)
