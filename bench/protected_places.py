"""The load of job D: a million protected places, and what is asked about them; seeded and invented.

Six in ten cluster around 4,000 towns near large airports, the rest are spread over latitudes that have
land; each counts for 20 to 366 days. Points asked about are near places; areas are stars of 6 to 12
corners, 300 to 1,500 m across.
"""

from dataclasses import dataclass

import airportsdata
import numpy as np
from bench.planned_flights import HUBS, METRES_PER_DEGREE
from numpy.typing import NDArray

Floats = NDArray[np.float64]
TOWNS = 4_000
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Places:
    """Columns of places: position, reach, from when until when they count (s since the year began)."""

    latitude_deg: Floats
    longitude_deg: Floats
    reach_m: Floats
    from_s: Floats
    until_s: Floats

    def __len__(self) -> int:
        return len(self.latitude_deg)


def protected_places(count: int, seed: int = 31, *, reach_m: float = 0.0) -> Places:
    """Places; with a reach, between nothing and it."""
    chance = np.random.default_rng(seed)
    airports = airportsdata.load("ICAO")
    hubs = [(code, weight) for weight, codes in HUBS.items() for code in codes.split()]
    hub = np.array([(airports[code]["lat"], airports[code]["lon"]) for code, _ in hubs])
    weight = np.array([each for _, each in hubs], float)
    of_town = chance.choice(len(hubs), TOWNS, p=weight / weight.sum())
    town = hub[of_town] + chance.normal(0, (4.0, 5.0), (TOWNS, 2))
    share = chance.pareto(1.1, TOWNS) + 0.1
    settled = int(0.6 * count)
    chosen = chance.choice(TOWNS, settled, p=share / share.sum())
    latitude = np.concatenate([
        town[chosen, 0] + chance.normal(0, 0.15, settled),
        np.degrees(np.arcsin(chance.uniform(-0.8, 0.95, count - settled))),
    ])  # fmt: skip
    longitude = np.concatenate([
        town[chosen, 1] + chance.normal(0, 0.2, settled),
        chance.uniform(-180, 180, count - settled),
    ])  # fmt: skip
    order = chance.permutation(count)
    begins_s = chance.uniform(0, 366, count) * DAY_S
    return Places(
        np.clip(latitude, -89.9, 89.9)[order],
        ((longitude + 180) % 360 - 180)[order],
        chance.uniform(0, reach_m, count) if reach_m else np.zeros(count),
        begins_s,
        begins_s + chance.uniform(20, 366, count) * DAY_S,
    )


def points_asked(places: Places, count: int, seed: int = 32) -> tuple[Floats, Floats]:
    """Points near places: where one takes off."""
    chance = np.random.default_rng(seed)
    near = chance.integers(0, len(places), count)
    latitude = np.clip(places.latitude_deg[near] + chance.normal(0, 0.05, count), -89, 89)
    longitude = places.longitude_deg[near] + chance.normal(0, 0.07, count)
    return latitude, (longitude + 180) % 360 - 180


def areas_asked(places: Places, count: int, seed: int = 33) -> list[tuple[Floats, Floats]]:
    """Stars: latitude and longitude of the corners of each."""
    chance = np.random.default_rng(seed)
    latitude, longitude = points_asked(places, count, seed)
    found = []
    for middle_latitude, middle_longitude in zip(latitude, longitude, strict=True):
        corners = int(chance.integers(6, 13))
        turn = (np.arange(corners) + chance.uniform(-0.3, 0.3, corners)) / corners * 2 * np.pi
        away_m = chance.uniform(300, 1_500) * chance.uniform(0.5, 1, corners)
        away_deg = away_m / METRES_PER_DEGREE
        east_deg = away_deg * np.cos(turn) / np.cos(np.radians(middle_latitude))
        found.append((
            middle_latitude + away_deg * np.sin(turn),
            (middle_longitude + east_deg + 180) % 360 - 180,
        ))  # fmt: skip
    return found
