"""The nearest of many places, exact anywhere on the ellipsoid."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from comity.domain.places.bearing import Bearing, geodesics
from comity.domain.places.grid import grid_reference
from comity.domain.places.named import (
    CITY_POPULATION_MIN,
    NamedPlace,
    PlaceData,
    PlaceReference,
    Whereabouts,
)
from comity.kernel.errors import InputError

Floats = NDArray[np.float64]

SEMI_MAJOR_M = 6_378_137.0  # WGS 84, NIMA TR8350.2 table 3.1
ECCENTRICITY_SQUARED = 6.694379990141317e-3  # of f = 1/298.257223563
SLAB_M = 25_000.0  # half of the first slab looked through; some hundred places
CHORD_SLACK = 1.02
"""A place whose straight line is longer than the shortest one by more than this factor is not the
nearest along the ellipsoid: geodesics of one straight line differ by less than 1.1 % (at 10,000 km)."""


class PlaceIndex:
    """Places by height above the plane of the equator.

    A straight line is never shorter than its part along the axis, so a slab of that half-width holds
    every place nearer than it. No special case at poles or ±180°.
    """

    def __init__(self, places: Sequence[NamedPlace], data: PlaceData) -> None:
        """Take in the places.

        Raises:
            InputError: there is none.
        """
        if not places:
            raise InputError("places", "none; a list of places has at least one")
        self.data = data
        self._all = _Slabs(places)
        cities = [each for each in places if each.population >= CITY_POPULATION_MIN]
        self._cities = _Slabs(cities) if cities else None

    def __len__(self) -> int:
        return len(self._all.places)

    def nearest(self, latitude_deg: float, longitude_deg: float) -> PlaceReference:
        """A position by the nearest place.

        Raises:
            InputError: it is no position.
        """
        return self._all.nearest(latitude_deg, longitude_deg)

    def whereabouts(self, latitude_deg: float, longitude_deg: float) -> Whereabouts:
        """A position by the nearest place, the nearest city and the grid.

        Raises:
            InputError: it is no position.
        """
        nearest = self.nearest(latitude_deg, longitude_deg)
        city = None
        if self._cities is not None and nearest.place.population < CITY_POPULATION_MIN:
            city = self._cities.nearest(latitude_deg, longitude_deg)
        return Whereabouts(nearest, city, grid_reference(latitude_deg, longitude_deg), self.data)

    def named(self, name: str) -> tuple[NamedPlace, ...]:
        """Every place of that name, in any script the list has; capitals do not matter."""
        return tuple(self._all.places[row] for row in self._by_name.get(name.casefold(), ()))

    def largest_within(
        self, south_deg: float, west_deg: float, north_deg: float, east_deg: float, limit: int
    ) -> list[NamedPlace]:
        """The most populous places in a box, largest first; over 180 degrees where west is the greater."""
        latitude_deg, longitude_deg, order = self._by_population
        within = (latitude_deg >= south_deg) & (latitude_deg <= north_deg)
        east, west = longitude_deg <= east_deg, longitude_deg >= west_deg
        within &= (east & west) if west_deg <= east_deg else (east | west)
        return [self._all.places[order[row]] for row in np.flatnonzero(within)[:limit].tolist()]

    @cached_property
    def _by_population(self) -> tuple[Floats, Floats, NDArray[np.int64]]:
        """Latitudes and longitudes, largest place first, and which place each row is."""
        places = self._all.places
        order = np.argsort([-each.population for each in places], kind="stable")
        latitude_deg = np.array([places[row].latitude_deg for row in order])
        return latitude_deg, np.array([places[row].longitude_deg for row in order]), order

    @cached_property
    def _by_name(self) -> dict[str, list[int]]:
        rows: dict[str, list[int]] = {}
        for row, place in enumerate(self._all.places):
            for name in {
                place.name.casefold(),
                *(each.casefold() for each in place.names.values()),
            }:
                rows.setdefault(name, []).append(row)
        return rows


class _Slabs:
    """Places sorted along the earth's axis."""

    def __init__(self, places: Sequence[NamedPlace]) -> None:
        latitude_deg = np.array([each.latitude_deg for each in places])
        longitude_deg = np.array([each.longitude_deg for each in places])
        ecef_m = _ecef_m(latitude_deg, longitude_deg)
        order = np.argsort(ecef_m[:, 2], kind="stable")
        self.places = [places[row] for row in order]
        self._ecef_m = np.ascontiguousarray(ecef_m[order])
        self._z_m = np.ascontiguousarray(ecef_m[order, 2])
        self._latitude_deg, self._longitude_deg = latitude_deg[order], longitude_deg[order]

    def nearest(self, latitude_deg: float, longitude_deg: float) -> PlaceReference:
        if not (abs(latitude_deg) <= 90.0 and abs(longitude_deg) <= 180.0):
            raise InputError("position", f"{latitude_deg}, {longitude_deg} is no position")
        here_m = _ecef_m(np.array([latitude_deg]), np.array([longitude_deg]))[0]
        slab_m = SLAB_M
        while True:
            first, last = np.searchsorted(self._z_m, [here_m[2] - slab_m, here_m[2] + slab_m])
            apart_m = self._ecef_m[first:last] - here_m
            square = np.einsum("ij,ij->i", apart_m, apart_m)
            reach_m = CHORD_SLACK * float(np.sqrt(square.min())) if len(square) else np.inf
            if reach_m <= slab_m or last - first == len(self.places):
                break
            slab_m = max(4.0 * slab_m, reach_m if len(square) else 0.0)
        rows = first + np.flatnonzero(square <= reach_m**2)
        azimuth_deg, _, distance_m = geodesics().inv(
            self._longitude_deg[rows],
            self._latitude_deg[rows],
            np.full(len(rows), longitude_deg),
            np.full(len(rows), latitude_deg),
        )
        best = int(np.argmin(distance_m))
        way = Bearing(float(distance_m[best]), float(azimuth_deg[best]) % 360.0 % 360.0)
        return PlaceReference(self.places[int(rows[best])], way)


def _ecef_m(latitude_deg: Floats, longitude_deg: Floats) -> Floats:
    """Earth-fixed positions (N, 3) on the ellipsoid of geodetic ones (N,).

    Source: NIMA TR8350.2, equation 4-14 at height 0.
    """
    latitude, longitude = np.radians(latitude_deg), np.radians(longitude_deg)
    normal_m = SEMI_MAJOR_M / np.sqrt(1.0 - ECCENTRICITY_SQUARED * np.sin(latitude) ** 2)
    return np.stack(
        [
            normal_m * np.cos(latitude) * np.cos(longitude),
            normal_m * np.cos(latitude) * np.sin(longitude),
            normal_m * (1.0 - ECCENTRICITY_SQUARED) * np.sin(latitude),
        ],
        axis=1,
    )
