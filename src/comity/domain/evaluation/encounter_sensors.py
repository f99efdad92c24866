"""How feeds see the flights of encounters: update times, noise, steps of heights, losses of messages."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from comity.domain.evaluation.encounter_motion import STEP_S, States
from comity.domain.evaluation.flown import degrees_of, ecef_of
from comity.domain.geometry.ellipsoid import Floats
from comity.domain.tracks import FeedId, Plot, PlotSource
from comity.kernel.instants import Instant
from comity.kernel.units import METRES_PER_FOOT, RADIANS_PER_DEGREE

RADIUS_95_PER_SD = 2.448  # Rayleigh
FEET_PER_MINUTE = METRES_PER_FOOT / 60.0


@dataclass(frozen=True, slots=True)
class Sensor:
    """One way to be seen.

    Attributes:
        source: how positions come about.
        period_s: between reports.
        jitter_s: of the period, as a share of a report's own time.
        lost: share of reports that never come.
        position_sd_m: along each axis; 0 where range and azimuth err instead.
        range_sd_m, azimuth_sd_rad: of a radar that stands `radar_m` away.
        radar_m: least and greatest.
        height_step_m: of the pressure height's code.
        velocity: whether ground speed, track and vertical rate are reported.
        stamp_s: a position is this much older than it says, at most.
    """

    name: str
    source: PlotSource
    period_s: float
    jitter_s: float
    lost: float
    position_sd_m: float
    range_sd_m: float = 0.0
    azimuth_sd_rad: float = 0.0
    radar_m: tuple[float, float] = (0.0, 0.0)
    height_step_m: float = 25.0 * METRES_PER_FOOT
    velocity: bool = True
    stamp_s: float = 0.0


SENSORS = (
    Sensor("ADS-B, own receiver", PlotSource.ADS_B, 1.0, 0.1, 0.15, 10.0),
    Sensor("ADS-B, network, 5 s", PlotSource.ADS_B, 5.0, 1.0, 0.1, 15.0, stamp_s=0.5),
    Sensor("ADS-B, recorded each 10 s", PlotSource.ADS_B, 10.0, 0.5, 0.0, 15.0, stamp_s=0.5),
    Sensor("multilateration", PlotSource.MLAT, 2.0, 0.3, 0.1, 60.0, velocity=False),
    Sensor(
        "radar, terminal area", PlotSource.RADAR_SECONDARY, 4.0, 0.05, 0.03, 0.0, 50.0,
        0.068 * RADIANS_PER_DEGREE, (15_000.0, 90_000.0), velocity=False,
    ),
    Sensor(
        "radar, en route", PlotSource.RADAR_SECONDARY, 8.0, 0.1, 0.03, 0.0, 60.0,
        0.068 * RADIANS_PER_DEGREE, (60_000.0, 220_000.0), 100.0 * METRES_PER_FOOT, velocity=False,
    ),
)  # fmt: skip
"""Errors: EUROCONTROL-SPEC-147 (ESASSP) asks for 300 m rms at 3 NM and 500 m at 5 NM separation; a Mode S
radar's azimuth errs by 0.068° (EUROCONTROL Mode S station specification); periods are those in use."""


def plots_seen(
    states: States,
    row: int,
    first_s: float,
    sensor: Sensor,
    feed: FeedId,
    address: int,
    ellipsoid_offset_m: float | None,
    rng: np.random.Generator,
) -> Iterator[Plot]:
    """Reports of one flight.

    Args:
        states: of all flights.
        row: which one.
        first_s: seconds since 1970 of the first state.
        sensor: how it is seen.
        feed: of the plots.
        address: 24 bits.
        ellipsoid_offset_m: where given, ellipsoid height is stated instead of pressure height.
        rng: chance.
    """
    length_s = (states.height_m.shape[1] - 1) * STEP_S
    times = np.arange(rng.uniform(0.0, sensor.period_s), length_s - 1.0, sensor.period_s)
    times = np.clip(times + rng.normal(0.0, sensor.jitter_s / 2.0, len(times)), 0.0, length_s)
    times = np.unique(np.round(times[rng.random(len(times)) >= sensor.lost], 3))
    measured = np.clip(times - rng.uniform(0.0, sensor.stamp_s, len(times)), 0.0, None)
    latitude, longitude = _noisy(states, row, measured, sensor, rng)
    height = _at(states.height_m[row], measured)
    if ellipsoid_offset_m is None:
        height = np.round(height / sensor.height_step_m) * sensor.height_step_m
    else:
        height = height + ellipsoid_offset_m + rng.normal(0.0, 8.0, len(height))
    speed = _at(states.speed_mps[row], measured) + rng.normal(0.0, 0.5, len(times))
    track = _direction(states, row, measured) + rng.normal(0.0, 0.3, len(times))
    step = 64.0 * FEET_PER_MINUTE
    rate = np.round(_at(states.climb_mps[row], measured) / step) * step
    accuracy_m = RADIUS_95_PER_SD * max(
        sensor.position_sd_m, sensor.range_sd_m, sensor.azimuth_sd_rad * sensor.radar_m[1]
    )
    for k, time_s in enumerate(times.tolist()):
        at = Instant(round((first_s + time_s) * 1000))
        yield Plot(
            feed=feed,
            source=sensor.source,
            at=at,
            received_at=at,
            latitude_deg=float(latitude[k]),
            longitude_deg=float(longitude[k]),
            altitude_pressure_m=float(height[k]) if ellipsoid_offset_m is None else None,
            altitude_ellipsoid_m=float(height[k]) if ellipsoid_offset_m is not None else None,
            ground_speed_mps=max(float(speed[k]), 0.0) if sensor.velocity else None,
            track_true_rad=float(track[k]) % 360.0 * RADIANS_PER_DEGREE
            if sensor.velocity
            else None,
            vertical_rate_mps=float(rate[k]) if sensor.velocity else None,
            address=address,
            address_is_icao=True,
            accuracy_horizontal_m=accuracy_m,
        )


def _noisy(
    states: States, row: int, times: Floats, sensor: Sensor, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Positions as measured, degrees."""
    north, east = np.radians(states.latitude_deg[row]), np.radians(states.longitude_deg[row])
    normal = np.stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])
    between = np.stack([_at(axis, times) for axis in normal], axis=-1)
    between /= np.sqrt((between**2).sum(axis=1, keepdims=True))
    places = ecef_of(
        np.degrees(np.arcsin(between[:, 2])), np.degrees(np.arctan2(between[:, 1], between[:, 0]))
    )
    up = between
    aside = np.cross(np.broadcast_to([0.31, -0.74, 0.6], up.shape), up)  # any level direction
    aside /= np.sqrt((aside**2).sum(axis=1, keepdims=True))
    other = np.cross(up, aside)
    one_m, other_m = rng.normal(0.0, 1.0, (2, len(times)))
    if sensor.azimuth_sd_rad:
        bearing = rng.uniform(0.0, 2.0 * math.pi)
        far_m = rng.uniform(*sensor.radar_m)
        along = aside * math.cos(bearing) + other * math.sin(bearing)
        across = np.cross(up, along)
        error = along * (one_m * sensor.range_sd_m)[:, None]
        error += across * (other_m * sensor.azimuth_sd_rad * far_m)[:, None]
    else:
        error = (aside * one_m[:, None] + other * other_m[:, None]) * sensor.position_sd_m
    return degrees_of(places + error)


def _direction(states: States, row: int, times: Floats) -> Floats:
    """Track at instants, degrees, across north without a jump."""
    return _at(np.degrees(np.unwrap(np.radians(states.track_deg[row]))), times)


def _at(values: Floats, times: Floats) -> Floats:
    return np.interp(times / STEP_S, np.arange(len(values)), values)
