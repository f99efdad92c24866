"""Where a site is: points and lines in whole 1e-7 degrees, with what is known of their accuracy.

Kept as the integers of the record, for a register holds a million; the shape of the geometry room is made
where it is measured.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from comity.domain.airspace import shape_from_body
from comity.domain.geometry import Shape, degrees_from_unit
from comity.domain.sites.fields import choice, mapping, required
from comity.kernel.errors import RecordError
from comity.kernel.units import E7_PER_DEGREE, MM_PER_METRE

ACCURACY_MM_MAX: Final = 100_000_000  # 100 km: a district, no site; beyond it nothing is said
ACCURACY_UNSTATED_M: Final = 1_000.0  # taken where none is stated: a village, not its house
DATUM_UNSTATED_M: Final = 1_000.0
"""Added where no datum is stated: local datums lie up to about a kilometre from WGS 84 (NIMA TR8350.2, App. B)."""
RADIUS_MM_MAX: Final = 200_000_000  # docs/spec/volume.md [V6]
LATITUDE_E7_MAX: Final = 90 * E7_PER_DEGREE
LONGITUDE_E7_MAX: Final = 180 * E7_PER_DEGREE


class PlaceDatum(StrEnum):
    """What the positions are of, as their source said."""

    WGS84 = "WGS84"
    UNSTATED = "unstated"


@dataclass(frozen=True, slots=True)
class Disc:
    """A point and a radius that hold all of a place."""

    latitude_deg: float
    longitude_deg: float
    radius_m: float


@dataclass(frozen=True, slots=True)
class Place:
    """A point, line or area, as the source gave it.

    Attributes:
        kind: `path` or `ring` of docs/spec/volume.md; a path of one vertex is a point.
        edge: how vertices are joined.
        latitude_e7, longitude_e7: vertices.
        radius_mm: the place is everything within this of the line or area.
        accuracy_mm: 95 % of the source's positions are within this of the truth; None: not stated.
        datum: of the source's positions.
    """

    kind: str
    edge: str
    latitude_e7: tuple[int, ...]
    longitude_e7: tuple[int, ...]
    radius_mm: int
    accuracy_mm: int | None
    datum: PlaceDatum

    @property
    def error_m(self) -> float:
        """How far the true place may lie outside what is drawn; what is not stated is taken as wide."""
        stated = (
            ACCURACY_UNSTATED_M if self.accuracy_mm is None else self.accuracy_mm / MM_PER_METRE
        )
        return stated + (DATUM_UNSTATED_M if self.datum is PlaceDatum.UNSTATED else 0.0)

    @property
    def shape(self) -> Shape:
        """What is drawn, without its error."""
        return shape_from_body(self._shape_body())

    def disc(self) -> Disc:
        """A disc that holds the place and its error (over-approximates: a ball round the whole of it)."""
        around_m = self.radius_mm / MM_PER_METRE + self.error_m
        if len(self.latitude_e7) == 1:
            latitude_deg = self.latitude_e7[0] / E7_PER_DEGREE
            return Disc(latitude_deg, self.longitude_e7[0] / E7_PER_DEGREE, around_m)
        prepared = self.shape.prepared
        latitude, longitude = degrees_from_unit(prepared.centre)
        # the surface is longer than the straight line by c²/24R²: 0.05 % at 700 km, half again at most
        stretch = 1.0006 if prepared.reach_m < 700_000.0 else 1.6
        return Disc(float(latitude), float(longitude), around_m + prepared.reach_m * stretch + 0.1)

    def to_body(self) -> dict[str, Any]:
        """The record form."""
        return self._shape_body() | {"accuracy_mm": self.accuracy_mm, "datum": self.datum.value}

    def _shape_body(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "edge": self.edge,
            "latitude_deg_e7": list(self.latitude_e7),
            "longitude_deg_e7": list(self.longitude_e7),
            "radius_mm": self.radius_mm,
        }


def point_place(
    latitude_e7: int,
    longitude_e7: int,
    accuracy_mm: int | None,
    datum: PlaceDatum = PlaceDatum.WGS84,
    radius_mm: int = 0,
) -> Place:
    """A place that is a point, or a disc."""
    return Place("path", "geodesic", (latitude_e7,), (longitude_e7,), radius_mm, accuracy_mm, datum)


def place_from_body(body: object, field: str = "place") -> Place:
    """Read a place from a record's body.

    Raises:
        RecordError: `missing-field`, `field-form`, `field-limit`; for what the shape itself lacks
            `volume-malformed` or `volume-invalid`, naming the field and the limit.

    Source: docs/spec/site.md §3.
    """
    fields = mapping(body, field)
    accuracy = required(fields, "accuracy_mm")
    if accuracy is not None and (type(accuracy) is not int or not 0 <= accuracy <= ACCURACY_MM_MAX):
        raise RecordError(
            "field-limit", f"{field}.accuracy_mm: {accuracy!r}, 0 to {ACCURACY_MM_MAX}, or null"
        )
    datum = choice(fields, "datum", PlaceDatum)
    plain = _plain_point(fields)
    if plain is not None:
        return point_place(*plain, accuracy, datum, fields["radius_mm"])
    shape_from_body(fields, field)  # checks all of it
    return Place(
        fields["kind"],
        fields["edge"],
        tuple(fields["latitude_deg_e7"]),
        tuple(fields["longitude_deg_e7"]),
        fields["radius_mm"],
        accuracy,
        datum,
    )


def _plain_point(fields: Mapping[str, Any]) -> tuple[int, int] | None:
    """The point that a well-formed path of one vertex is; None sends it the long way round."""
    latitude, longitude = fields.get("latitude_deg_e7"), fields.get("longitude_deg_e7")
    radius_mm = fields.get("radius_mm")
    if not (
        fields.get("kind") == "path"
        and fields.get("edge") == "geodesic"
        and type(latitude) is list
        and type(longitude) is list
        and len(latitude) == len(longitude) == 1
        and type(latitude[0]) is type(longitude[0]) is type(radius_mm) is int
        and abs(latitude[0]) <= LATITUDE_E7_MAX
        and abs(longitude[0]) <= LONGITUDE_E7_MAX
        and 0 <= radius_mm <= RADIUS_MM_MAX
    ):
        return None
    return latitude[0], longitude[0]
