"""Seeded footprints of many kinds, crowded so that they meet: for the tests of the index."""

import math

import numpy as np

from comity.domain.airspace import (
    Altitude,
    Datum,
    Footprint,
    HeightBounds,
    Separation,
    Shape,
    ShapeKind,
    Volume4D,
)
from comity.kernel.instants import Instant

START_MS = 1_780_000_000_000
PLACES = {
    "inland": (47.0, 8.5),
    "antimeridian": (-17.0, 180.0),
    "pole": (89.93, 20.0),
    "south pole": (-89.8, 77.0),
}
CLASSES = ("crewed", "uas-area", "uas-corridor")


def minima(one: str, other: str) -> Separation:
    """9 km and 300 m where one of them is crewed, else 50 m and 15 m."""
    bounds = HeightBounds(pressure_error_m=200.0)
    if "crewed" in {one, other}:
        return Separation(9_260.0, 304.8, bounds)
    return Separation(50.0, 15.0, bounds)


def wider_minima(one: str, other: str) -> Separation:
    """Others, to change to."""
    return Separation(2_000.0 if one == other else 12_000.0, 150.0)


def random_footprint(chance: np.random.Generator, place: str, spread_m: float) -> Footprint:
    """One flight of one to four volumes near a place; whole minutes and heights, so that they tie."""
    latitude, longitude = PLACES[place]
    east, north = chance.normal(0.0, spread_m, 2)
    flight_class = CLASSES[chance.integers(3)]
    datum = [Datum.WGS84, Datum.WGS84, Datum.EGM2008, Datum.QNE, Datum.AGL][chance.integers(5)]
    upper_datum = datum if chance.random() < 0.9 else Datum.WGS84
    volumes = []
    for leg in range(chance.integers(1, 5)):
        shape = _shape(chance, latitude, longitude, east + leg * 800.0, north + leg * 500.0)
        lower = float(chance.integers(0, 20) * 50)
        start = Instant(START_MS + 60_000 * int(chance.integers(0, 90) + 5 * leg))
        volumes.append(
            Volume4D(
                shape,
                Altitude(lower, datum),
                Altitude(lower + float(chance.integers(0, 4) * 100), upper_datum),
                start,
                start.plus_s(60.0 * int(chance.integers(1, 30))),
            )
        )
    return Footprint(tuple(volumes), None, flight_class)


def _shape(
    chance: np.random.Generator, latitude: float, longitude: float, east_m: float, north_m: float
) -> Shape:
    if chance.random() < 0.5:
        count = int(chance.integers(3, 8))
        angle = np.sort(chance.random(count)) + np.arange(count)
        angle = angle * 2.0 * math.pi / (count + 1)
        size_m = chance.uniform(50.0, 3_000.0)
        corners = [
            moved(
                latitude, longitude, east_m + size_m * math.sin(a), north_m + size_m * math.cos(a)
            )
            for a in angle
        ]
        return Shape(ShapeKind.RING, *zip(*corners, strict=True))
    count = int(chance.integers(1, 4))
    steps = np.cumsum(chance.normal(0.0, 2_000.0, (count, 2)), axis=0)
    corners = [moved(latitude, longitude, east_m + e, north_m + n) for e, n in steps]
    radius_m = float(chance.choice([0.0, 20.0, 150.0, 4_000.0]))
    return Shape(ShapeKind.PATH, *zip(*corners, strict=True), radius_m)


def moved(latitude: float, longitude: float, east_m: float, north_m: float) -> tuple[float, float]:
    """A point so far from another on a sphere, over a pole and across ±180° if need be."""
    distance = math.hypot(east_m, north_m) / 6_371_000.0
    bearing = math.atan2(east_m, north_m)
    phi, lam = math.radians(latitude), math.radians(longitude)
    sine = math.sin(phi) * math.cos(distance)
    sine += math.cos(phi) * math.sin(distance) * math.cos(bearing)
    turned = lam + math.atan2(
        math.sin(bearing) * math.sin(distance) * math.cos(phi),
        math.cos(distance) - math.sin(phi) * sine,
    )
    turned = (math.degrees(turned) + 180.0) % 360.0 - 180.0
    return round(math.degrees(math.asin(sine)), 7), round(turned, 7)
