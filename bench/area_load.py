"""The load of job B: countries at 10m, synthetic zones and sites near hubs of traffic, tracks, drones.

Deterministic; shaped like the load of the figures first published for this job: 15,000 areas and
more beside the countries, 20,000 tracks round the world, drones over 400 cities.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from comity.adapters.natural_earth.data_set import border_data_set
from comity.domain.alerts.picture import ecef_from_degrees, velocity_from_track
from comity.domain.geometry.area_index import Moving
from comity.domain.geometry.area_outlines import AreaOutline, outline_of_rings
from comity.domain.geometry.kinds import EdgeKind

Floats = NDArray[np.float64]
ZONES = 5_000
SITES = 10_000
HUBS = 110
LATITUDE_DEG_MAX = 84.0


@dataclass(frozen=True)
class Tracks:
    """Tracks in columns; positions both ways, so that neither side pays for the other's form."""

    latitude_deg: Floats
    longitude_deg: Floats
    height_m: Floats
    speed_mps: Floats
    track_deg: Floats
    climb_mps: Floats

    def moving(self) -> Moving:
        """As the search reads them."""
        return Moving(
            ecef_from_degrees(self.latitude_deg, self.longitude_deg),
            velocity_from_track(
                self.latitude_deg, self.longitude_deg, self.speed_mps, np.radians(self.track_deg)
            ),
            self.height_m,
            self.climb_mps,
            np.zeros(len(self.height_m), np.uint8),
        )


@dataclass(frozen=True)
class Load:
    """The areas, both ways, and their bands of heights (metres, one datum)."""

    outlines: list[AreaOutline]
    polygons: NDArray[Any]
    lowest_m: Floats
    highest_m: Floats


def areas() -> Load:
    """Countries, zones, sites."""
    rng = np.random.default_rng(11)
    outlines, polygons = [], []
    for country in border_data_set().countries.values():
        rings = [
            (ring[:, 1], ring[:, 0])
            for shape in country.stitched
            for polygon in shape.polygons
            for ring in polygon
        ]
        outlines.append(outline_of_rings(rings, EdgeKind.CHORD))
        polygons.append(country.geometry)
    countries = len(outlines)
    hubs = hub_places()
    for ring in [
        *rings_near(rng, hubs, ZONES, (2.0, 28.0), (12, 40)),
        *rings_near(rng, hubs, SITES, (0.5, 3.0), (8, 20)),
    ]:
        outlines.append(outline_of_rings([(ring[:, 1], ring[:, 0])], EdgeKind.CHORD))
        polygons.append(shapely.Polygon(ring))
    floors = rng.choice([0.0, 0.0, 0.0, 300.0, 1_500.0, 3_000.0], ZONES)
    lowest = np.concatenate([np.full(countries, -np.inf), floors, np.zeros(SITES)])
    tops = floors + rng.choice([1_000.0, 3_000.0, 6_000.0, 15_000.0], ZONES)
    highest = np.concatenate([np.full(countries, np.inf), tops, np.full(SITES, 1_000.0)])
    return Load(outlines, np.array(polygons, dtype=object), lowest, highest)


def hub_places() -> Floats:
    """(HUBS, 2) longitude, latitude: made up, over the land where people live."""
    rng = np.random.default_rng(7)
    regions = (
        (5.0, 49.0, 14.0, 6.0, 45),
        (-92.0, 38.0, 15.0, 5.0, 30),
        (110.0, 28.0, 14.0, 9.0, 35),
    )
    parts = [
        np.column_stack([rng.normal(west, dx, count), rng.normal(north, dy, count)])
        for west, north, dx, dy, count in regions
    ]
    return np.concatenate(parts)


def rings_near(
    rng: np.random.Generator, hubs: Floats, count: int, radius_km: tuple[float, float],
    vertices: tuple[int, int],
) -> list[Floats]:  # fmt: skip
    """Closed rings of longitude and latitude: every second one a circle of 32, else star-shaped."""
    rings = []
    for number in range(count):
        longitude, latitude = hubs[rng.integers(len(hubs))] + rng.normal(0, [6.0, 4.0])
        latitude = np.clip(latitude, -LATITUDE_DEG_MAX, LATITUDE_DEG_MAX)
        longitude = np.clip(longitude, -178.0, 178.0)
        many = int(rng.integers(*vertices)) if number % 2 else 32
        angle = np.linspace(0.0, 2.0 * np.pi, many + 1)[:-1]
        reach = rng.uniform(*radius_km) / 111.2
        if number % 2:
            angle = np.sort(rng.uniform(0.0, 2.0 * np.pi, many))
            reach = reach * rng.uniform(0.6, 1.0, many)
        east = reach * np.cos(angle) / np.cos(np.radians(latitude))
        ring = np.column_stack([longitude + east, latitude + reach * np.sin(angle)])
        rings.append(np.concatenate([ring, ring[:1]]))
    return rings


def tracks(count: int, seed: int = 4) -> Tracks:
    """Airliners between hubs on great circles, and an eighth of light aircraft round hubs."""
    rng = np.random.default_rng(seed)
    hubs = hub_places()
    light = count // 8
    ends = rng.integers(len(hubs), size=(2, count - light))
    share = rng.uniform(0.0, 1.0, count - light)
    unit = [_unit(hubs[end] + rng.normal(0, 0.8, (count - light, 2))) for end in ends]
    angle = np.arccos(np.clip((unit[0] * unit[1]).sum(axis=1), -1.0, 1.0)) + 1e-6
    place = (
        np.sin((1 - share) * angle)[:, None] * unit[0] + np.sin(share * angle)[:, None] * unit[1]
    )
    latitude = np.degrees(np.arctan2(place[:, 2], np.hypot(place[:, 0], place[:, 1])))
    longitude = np.degrees(np.arctan2(place[:, 1], place[:, 0]))
    around = hubs[rng.integers(len(hubs), size=light)] + rng.normal(0, [1.6, 1.2], (light, 2))
    height = np.concatenate(
        [rng.uniform(1_500, 12_000, count - light), rng.uniform(150, 2_900, light)]
    )
    speed = np.concatenate([rng.uniform(120, 260, count - light), rng.uniform(30, 80, light)])
    order = rng.permutation(count)
    return Tracks(
        np.concatenate([latitude, np.clip(around[:, 1], -89.0, 89.0)])[order],
        np.concatenate([longitude, (around[:, 0] + 180.0) % 360.0 - 180.0])[order],
        height[order],
        speed[order],
        rng.uniform(0.0, 360.0, count),
        rng.normal(0.0, 4.0, count),
    )


def drones(count: int, seed: int = 3, cities: int = 400) -> Tracks:
    """Small aircraft over cities, low and slow."""
    rng = np.random.default_rng(seed)
    hubs = hub_places()
    centre = hubs[rng.integers(len(hubs), size=cities)] + rng.normal(0, [2.5, 2.0], (cities, 2))
    weight = rng.pareto(1.2, cities) + 0.2
    weight = np.minimum(weight / weight.sum(), 0.02)
    weight /= weight.sum()
    city = rng.choice(cities, count, p=weight)
    spread = 0.08 * np.sqrt(weight[city] * cities) + 0.03
    place = centre[city] + rng.normal(0, 1, (count, 2)) * spread[:, None] * np.array([1.4, 1.0])
    return Tracks(
        place[:, 1].copy(),
        place[:, 0].copy(),
        rng.uniform(10.0, 120.0, count),
        np.abs(rng.normal(12.0, 6.0, count)),
        rng.uniform(0.0, 360.0, count),
        np.where(rng.random(count) < 0.7, 0.0, rng.normal(0.0, 2.0, count)),
    )


def _unit(place: Floats) -> Floats:
    longitude, latitude = np.radians(place[:, 0]), np.radians(place[:, 1])
    across = np.cos(latitude)
    return np.column_stack(
        [across * np.cos(longitude), across * np.sin(longitude), np.sin(latitude)]
    )
