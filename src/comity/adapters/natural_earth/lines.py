"""The packaged borders for one place at a time: what `comity border check` asks, without an index."""

from collections.abc import Sequence

from comity.adapters.natural_earth.areas import country_rings
from comity.adapters.natural_earth.data_set import BorderDataSet
from comity.domain.airspace import Altitude
from comity.domain.geometry.areas_few import ChordRings, NearestEdge


class PackagedLines:
    """Every country's rings as published; see `alerts.border_lines.BorderLines`."""

    def __init__(self, data_set: BorderDataSet) -> None:
        self.name = data_set.name
        self.version = data_set.version
        self.digest = data_set.digest
        self.error_m: float | None = data_set.error_m
        self.view = data_set.view
        self._names = list(data_set.countries)
        self._rings = ChordRings([country_rings(data_set, name) for name in self._names])

    def over(
        self, latitude_deg: float, longitude_deg: float, altitude: Altitude | None
    ) -> Sequence[str]:
        """Countries inside whose lines a place lies, at whatever height."""
        del altitude
        return [self._names[owner] for owner in self._rings.holding(latitude_deg, longitude_deg)]

    def near(
        self, latitude_deg: float, longitude_deg: float, limit_m: float
    ) -> Sequence[tuple[str, NearestEdge]]:
        """Countries whose line comes within the limit, nearest first."""
        found = self._rings.near(latitude_deg, longitude_deg, limit_m)
        return [(self._names[owner], edge) for owner, edge in found]
