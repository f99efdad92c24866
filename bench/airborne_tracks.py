"""The loads of job A, seeded: aircraft on their way worldwide, drones over cities, and hard places.

Aircraft fly between pairs of large airports, the nearer and larger the more, at levels by direction, an
eighth of them light ones around airports. Nobody has deconflicted them: far more pairs lose separation
than in real traffic.
"""

from dataclasses import dataclass

import airportsdata
import numpy as np
from bench.planned_flights import HUBS
from numpy.typing import NDArray

from comity.domain.alerts import ecef_from_degrees, velocity_from_track
from comity.domain.geometry.closest_pairs import MovingPoints

Floats = NDArray[np.float64]

RADIUS_M = 6_371_008.8
FOOT_M, KNOT_MPS = 0.3048, 1852.0 / 3600.0
LIGHT_SHARE = 0.12
CITIES = 400


@dataclass(frozen=True, slots=True)
class Tracks:
    """Tracks of one instant, (N,) each; heights of one datum."""

    latitude_deg: Floats
    longitude_deg: Floats
    height_m: Floats
    speed_mps: Floats
    track_rad: Floats
    climb_mps: Floats

    def __len__(self) -> int:
        return len(self.height_m)

    def points(self) -> MovingPoints:
        """As the search takes them."""
        count = len(self)
        return MovingPoints(
            ecef_from_degrees(self.latitude_deg, self.longitude_deg),
            velocity_from_track(
                self.latitude_deg, self.longitude_deg, self.speed_mps, self.track_rad
            ),
            self.height_m,
            self.climb_mps,
            np.zeros(count, np.uint8),
            np.zeros(count),
            np.zeros(count),
            np.zeros(count, np.uint8),
        )


def aircraft(count: int, seed: int = 1) -> Tracks:
    """Aircraft worldwide."""
    rng = np.random.default_rng(seed)
    places, weights = _hubs()
    light = round(LIGHT_SHARE * count)
    en_route = count - light
    centre = _unit(places[:, 0], places[:, 1])
    apart = np.arccos(np.clip(centre @ centre.T, -1.0, 1.0)) * RADIUS_M
    wanted = np.outer(weights, weights) / np.maximum(apart, 3e5) ** 0.7
    wanted[(apart == 0.0) | (apart > 1.4e7)] = 0.0
    chosen = rng.choice(wanted.size, en_route, p=(wanted / wanted.sum()).ravel())
    ends = [
        _unit(*(places[number] + rng.normal(0.0, 0.5, (en_route, 2))).T)
        for number in (chosen // len(places), chosen % len(places))
    ]
    share = rng.uniform(0.003, 0.997, en_route)
    here, ahead = _between(*ends, share), _between(*ends, np.minimum(share + 1e-5, 0.999))
    latitude, longitude = _degrees(here)
    east = np.stack([-here[:, 1], here[:, 0], np.zeros(en_route)], axis=1)
    way = ahead - here
    track = np.arctan2((way * east).sum(1), way[:, 2] * np.hypot(here[:, 0], here[:, 1])) % (
        2 * np.pi
    )
    length_nm = np.arccos(np.clip((ends[0] * ends[1]).sum(1), -1.0, 1.0)) * RADIUS_M / 1852.0
    level = np.clip(np.round((180 + 0.28 * length_nm + rng.normal(0, 25, en_route)) / 10), 14, 41)
    level = np.where((level % 2 == 1) != (track < np.pi), level - 1, level)
    profile_ft = 300.0 * length_nm * np.minimum(share, 1.0 - share)
    cruising = profile_ft >= 1000.0 * level
    height_ft = np.where(cruising, 1000.0 * level, np.maximum(profile_ft, 300.0))
    speed_kt = np.interp(height_ft, [0, 3_000, 10_000, 24_000, 36_000], [140, 200, 270, 400, 460])
    climb = np.where(
        cruising,
        rng.normal(0, 0.1, en_route),
        np.where(share < 0.5, 1, -1) * rng.uniform(5, 14, en_route),
    )
    around = rng.choice(len(places), light, p=weights / weights.sum())
    return Tracks(
        np.concatenate([latitude, places[around, 0] + rng.normal(0, 1.2, light)]),
        np.concatenate([longitude, _turned(places[around, 1] + rng.normal(0, 1.6, light))]),
        np.concatenate([height_ft, rng.uniform(500, 9_500, light)]) * FOOT_M,
        np.concatenate([speed_kt + rng.normal(0, 15, en_route), rng.uniform(60, 160, light)])
        * KNOT_MPS,
        np.concatenate([track + rng.normal(0, 0.05, en_route), rng.uniform(0, 6.28, light)])
        % (2 * np.pi),
        np.concatenate([climb, rng.normal(0, 1.0, light)]),
    )


def drones(count: int, seed: int = 3) -> Tracks:
    """Drones over cities, a few of which have most of them."""
    rng = np.random.default_rng(seed)
    places, weights = _hubs()
    around = rng.choice(len(places), CITIES, p=weights / weights.sum())
    city = places[around] + rng.normal(0, 2.0, (CITIES, 2))
    size = rng.pareto(1.2, CITIES) + 0.2
    size = np.minimum(size / size.sum(), 0.02)
    size /= size.sum()
    at = rng.choice(CITIES, count, p=size)
    spread = 0.08 * np.sqrt(size[at] * CITIES) + 0.03
    return Tracks(
        city[at, 0] + rng.normal(0, 1, count) * spread,
        _turned(city[at, 1] + rng.normal(0, 1.4, count) * spread),
        rng.uniform(10.0, 120.0, count),
        np.abs(rng.normal(12.0, 6.0, count)),
        rng.uniform(0, 2 * np.pi, count),
        np.where(rng.random(count) < 0.7, 0.0, rng.normal(0, 2.0, count)),
    )


def hard_places(count: int, seed: int = 9) -> Tracks:
    """Both poles, the antimeridian north and at the equator; many with one and the same velocity."""
    rng = np.random.default_rng(seed)
    each = count // 4
    latitude = np.concatenate(
        [rng.uniform(50, 52, each), rng.uniform(89.2, 90, each), rng.uniform(-90, -89.2, each),
         rng.uniform(-1, 1, count - 3 * each)]
    )  # fmt: skip
    longitude = np.concatenate(
        [rng.uniform(179.5, 180.5, each), rng.uniform(-180, 180, 2 * each),
         rng.uniform(179.6, 180.4, count - 3 * each)]
    )  # fmt: skip
    return Tracks(
        latitude,
        _turned(longitude),
        rng.uniform(9_000, 11_000, count),
        np.where(rng.random(count) < 0.2, 200.0, rng.uniform(0, 290, count)),
        np.where(rng.random(count) < 0.2, np.pi / 2, rng.uniform(0, 6.28, count)),
        np.where(rng.random(count) < 0.5, 0.0, rng.normal(0, 8, count)),
    )


def _hubs() -> tuple[Floats, Floats]:
    """Places (H, 2) and weights (H,) of large airports."""
    known = airportsdata.load("ICAO")
    rows = [
        (known[code]["lat"], known[code]["lon"], weight)
        for weight, codes in HUBS.items()
        for code in codes.split()
    ]
    table = np.array(rows)
    return table[:, :2], table[:, 2]


def _unit(latitude_deg: Floats, longitude_deg: Floats) -> Floats:
    north, east = np.radians(latitude_deg), np.radians(longitude_deg)
    return np.stack(
        [np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=-1
    )


def _between(one: Floats, other: Floats, share: Floats) -> Floats:
    angle = np.arccos(np.clip((one * other).sum(-1), -1.0, 1.0))
    sine = np.maximum(np.sin(angle), 1e-9)
    mixed = (np.sin((1 - share) * angle) / sine)[:, None] * one
    return mixed + (np.sin(share * angle) / sine)[:, None] * other


def _degrees(unit: Floats) -> tuple[Floats, Floats]:
    latitude = np.degrees(np.arcsin(np.clip(unit[:, 2], -1.0, 1.0)))
    return latitude, np.degrees(np.arctan2(unit[:, 1], unit[:, 0]))


def _turned(longitude_deg: Floats) -> Floats:
    return (longitude_deg + 180.0) % 360.0 - 180.0
