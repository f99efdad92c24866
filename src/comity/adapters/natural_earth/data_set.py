"""The border data set as one de facto view: who drew it, which bytes, how far it may err."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources

import numpy as np
import shapely
from numpy.typing import NDArray

from comity.adapters.natural_earth.topology import StitchedShape, decode_topology
from comity.adapters.natural_earth.unstitch import unstitch
from comity.kernel.errors import InputError, StoreError

Floats = NDArray[np.float64]

NAME = "Natural Earth 10m countries"
VERSION = "world-atlas 2.0.2"
DE_FACTO = (
    "One de facto view of borders by Natural Earth: who controls, not who claims. "
    "Land borders only, no maritime limits."
)
METRES_PER_DEGREE_MAX = 111_694.0  # WGS 84: one degree of latitude at a pole, the longest degree
ERROR_GENERALISED_M = 5_080.0
"""0.508 mm (1/50 inch) on paper at 1:10,000,000: the US National Map Accuracy Standards of 1947,
which Natural Earth does not promise; its own documentation states no figure."""


@dataclass(frozen=True, slots=True)
class BorderPolygon:
    """One valid polygon; edges are straight in longitude and latitude, rings closed.

    Attributes:
        exterior_deg: (N, 2) longitude, latitude; counter-clockwise.
        holes_deg: each (M, 2); clockwise.
    """

    exterior_deg: Floats
    holes_deg: tuple[Floats, ...]


@dataclass(frozen=True)
class Country:
    """The land this data set gives to one name."""

    name: str
    iso_numeric: str | None
    stitched: tuple[StitchedShape, ...]

    @cached_property
    def geometry(self) -> shapely.MultiPolygon:
        """The land within ±180°, valid; may touch that meridian on both sides."""
        parts = [unstitch(rings) for shape in self.stitched for rings in shape.polygons]
        land = shapely.union_all(parts)
        return shapely.MultiPolygon(
            [part for part in shapely.get_parts(land) if isinstance(part, shapely.Polygon)]
        )

    @property
    def polygons(self) -> tuple[BorderPolygon, ...]:
        """The same land as arrays. Empty where quantisation flattened the whole of it."""
        return tuple(
            BorderPolygon(
                shapely.get_coordinates(part.exterior),
                tuple(shapely.get_coordinates(hole) for hole in part.interiors),
            )
            for part in shapely.orient_polygons(self.geometry).geoms
        )


@dataclass(frozen=True)
class BorderDataSet:
    """A named, versioned, digested set of borders (L-13: a border is itself a claim).

    Attributes:
        name: whose borders.
        version: of which publication.
        digest: SHA-256 of the published file, before any cleaning of ours.
        error_quantised_m: how far rounding may have moved a point: half a cell's diagonal.
        error_generalised_m: how far drawing at 1:10,000,000 may have moved a line.
        view: what kind of statement the borders are.
        countries: every feature, by name.
    """

    name: str
    version: str
    digest: str
    error_quantised_m: float
    error_generalised_m: float
    view: str
    countries: Mapping[str, Country]

    @property
    def error_m(self) -> float:
        """How far a line here may lie from the line meant."""
        return self.error_quantised_m + self.error_generalised_m

    def country(self, name_or_code: str) -> Country:
        """By name (capitals do not matter) or ISO 3166-1 numeric code, zeros included.

        Raises:
            InputError: neither.
        """
        wanted = name_or_code.strip().casefold()
        if wanted.isdecimal():
            found = [c for c in self.countries.values() if c.iso_numeric == wanted]
        else:
            found = [c for c in self.countries.values() if c.name.casefold() == wanted]
        if not found:
            raise InputError("country", f"{name_or_code!r} is not in {self.name}")
        if len(found) == 1:
            return found[0]
        shapes = tuple(shape for country in found for shape in country.stitched)
        largest = max(found, key=lambda country: country.geometry.area)
        return Country(largest.name, largest.iso_numeric, shapes)


@cache
def border_data_set() -> BorderDataSet:
    """The data set this build carries, checked against its pinned digest.

    Raises:
        StoreError: the file is missing or is not the pinned one.
    """
    topology_bytes = published_bytes()
    digest = hashlib.sha256(topology_bytes).hexdigest()
    stitched = decode_topology(topology_bytes, "countries")
    by_name: dict[str, list[StitchedShape]] = {}
    for shape in stitched.shapes:
        by_name.setdefault(shape.name, []).append(shape)
    cell_diagonal_deg = float(np.hypot(stitched.cell_longitude_deg, stitched.cell_latitude_deg))
    return BorderDataSet(
        name=NAME,
        version=VERSION,
        digest=digest,
        error_quantised_m=cell_diagonal_deg / 2 * METRES_PER_DEGREE_MAX,
        error_generalised_m=ERROR_GENERALISED_M,
        view=DE_FACTO,
        countries={
            name: Country(name, shapes[0].feature_id, tuple(shapes))
            for name, shapes in by_name.items()
        },
    )


def published_bytes() -> bytes:
    """The file as published (TopoJSON), checked against its pinned digest.

    Raises:
        StoreError: the file is missing or is not the pinned one.
    """
    room = resources.files(__package__)
    digest, path = (room / "countries-10m.sha256").read_text(encoding="ascii").split()
    try:
        topology_bytes = (room / path).read_bytes()
    except FileNotFoundError as error:
        raise StoreError("border-data-missing", f"{path}: build the package to bring it") from error
    found = hashlib.sha256(topology_bytes).hexdigest()
    if found != digest:
        raise StoreError("border-data-changed", f"{path} has digest {found}, pinned is {digest}")
    return topology_bytes
