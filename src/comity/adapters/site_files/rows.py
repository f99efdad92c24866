"""One row of a file of sites, whatever the file: members as text and a geometry; or why it is refused."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from comity.domain.geometry import VERTICES_MAX
from comity.domain.sites import Candidate, Name, Place, PlaceDatum, SiteKind, point_place
from comity.domain.sites.place import ACCURACY_MM_MAX
from comity.kernel.errors import InputError
from comity.kernel.units import MM_PER_METRE, e7_from_degrees

ROWS_MAX: Final = 200_000  # of one file; OpenStreetMap's health sites of a continent are fewer
TEXT_LENGTH_MAX: Final = 2_000  # of one member; what is longer is no name and no number
METRES_PER_DEGREE_MAX: Final = 111_700.0  # the longest degree of WGS 84 is 111,694 m

NAMES = ("name", "site name", "facility name", "facility", "title", "#loc+name", "#org+name")
LATITUDES = ("lat", "latitude", "y", "lat_wgs84", "#geo+lat")
LONGITUDES = ("lon", "lng", "long", "longitude", "x", "lon_wgs84", "#geo+lon")
KINDS = ("kind", "amenity", "healthcare", "type", "category", "building", "#loc+type")
COUNTRIES = (
    "country",
    "addr:country",
    "country_code",
    "iso",
    "#country+code",
    "#country+name",
    "#country",
)
REFERENCES = ("id", "ref", "osm_id", "uuid", "code", "#meta+id", "#loc+code")
OWNERS = ("owner", "operator", "organisation", "organization", "#org")
ACCURACIES = ("accuracy_m", "accuracy", "#geo+precision")

KIND_WORDS: Mapping[str, SiteKind] = {
    **{kind.value: kind for kind in SiteKind},
    "hospitals": SiteKind.HOSPITAL,
    "doctors": SiteKind.CLINIC,
    "health_post": SiteKind.CLINIC,
    "health centre": SiteKind.CLINIC,
    "kindergarten": SiteKind.SCHOOL,
    "university": SiteKind.SCHOOL,
    "college": SiteKind.SCHOOL,
    "place_of_worship": SiteKind.WORSHIP,
    "mosque": SiteKind.WORSHIP,
    "church": SiteKind.WORSHIP,
    "refugee_site": SiteKind.CAMP,
    "camp": SiteKind.CAMP,
    "water_works": SiteKind.WATER,
    "water_point": SiteKind.WATER,
    "museum": SiteKind.HERITAGE,
    "heritage": SiteKind.HERITAGE,
    "social_facility": SiteKind.SHELTER,
    "grave_yard": SiteKind.CEMETERY,
}
_FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
)  # and full width
_SCRIPT_OF_RANGE = (
    (0x0370, 0x03FF, "Grek"), (0x0400, 0x052F, "Cyrl"), (0x0590, 0x05FF, "Hebr"),
    (0x0600, 0x06FF, "Arab"), (0x0900, 0x097F, "Deva"), (0x1200, 0x137F, "Ethi"),
    (0x3040, 0x30FF, "Jpan"), (0x4E00, 0x9FFF, "Hani"), (0xAC00, 0xD7AF, "Hang"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as a file has it.

    Attributes:
        number: counted from 1, as a person counts rows of data.
        members: names in lower case, values trimmed.
        place: where the file holds a geometry; None: in members, or nowhere.
    """

    number: int
    members: Mapping[str, str]
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that cannot be read, by field and limit."""

    number: int
    field: str
    why: str


def candidate_of(row: RawRow) -> Candidate:
    """A row as a candidate for the register.

    Raises:
        InputError: names the member and what is wrong with it.
    """
    names = _names(row.members)
    place = row.place or _place(row.members)
    stated = _first(row.members, KINDS)
    return Candidate(
        number=row.number,
        reference=_first(row.members, REFERENCES),
        kind=KIND_WORDS.get((stated or "").casefold(), SiteKind.OTHER),
        names=names,
        place=place,
        country=_first(row.members, COUNTRIES),
        owner=_first(row.members, OWNERS) or "not stated",
    )


def polygon_place(rings: Sequence[Sequence[tuple[float, float]]], field: str) -> Place:
    """The outer ring of a polygon, (longitude, latitude); holes belong to the place: it only gets larger.

    Raises:
        InputError: too many vertices, or no ring that docs/spec/volume.md takes.
    """
    outer = [tuple(vertex[:2]) for vertex in rings[0]] if rings else []
    if len(outer) > 1 and outer[0] == outer[-1]:
        outer.pop()
    return _vertices("ring", outer, field)


def line_place(vertices: Sequence[tuple[float, float]], field: str) -> Place:
    """A point or a line of (longitude, latitude)."""
    return _vertices("path", list(vertices), field)


def _vertices(kind: str, vertices: Sequence[Sequence[float]], field: str) -> Place:
    if len(vertices) > VERTICES_MAX:
        raise InputError(field, f"{len(vertices)} vertices, at most {VERTICES_MAX}")
    for longitude, latitude in vertices:
        if not (abs(latitude) <= 90.0 and abs(longitude) <= 180.0):
            raise InputError(field, f"{latitude}, {longitude} is not on the Earth")
    place = Place(
        kind,
        "geodesic" if len(vertices) == 1 else "chord",
        tuple(e7_from_degrees(latitude) for _, latitude in vertices),
        tuple(e7_from_degrees(longitude) for longitude, _ in vertices),
        0,
        None,
        PlaceDatum.WGS84,
    )
    if len(vertices) != 1:
        try:
            _ = place.shape  # checks that it is one
        except Exception as error:
            raise InputError(field, str(error)) from error
    return place


def _names(members: Mapping[str, str]) -> tuple[Name, ...]:
    found: dict[str, Name] = {}
    main = _first(members, NAMES)
    if main is not None:
        found[main] = Name(main, _script(main), "und")
    for name, value in members.items():
        language = name[5:] if name.startswith("name:") else ""
        if language and value and value not in found and len(language) <= 8:
            plain = language if language.replace("-", "").isalnum() and len(language) > 1 else "und"
            found[value] = Name(value, _script(value), plain.lower())
    if not found:
        raise InputError("name", "none")
    for text in found:
        if text.startswith(_FORMULA):
            raise InputError("name", f"{text[:40]!r} begins like a formula")
    return tuple(found.values())[:16]


def _place(members: Mapping[str, str]) -> Place:
    latitude_text, longitude_text = _first(members, LATITUDES), _first(members, LONGITUDES)
    if latitude_text is None or longitude_text is None:
        raise InputError("latitude" if latitude_text is None else "longitude", "missing")
    latitude = _degrees("latitude", latitude_text, 90.0)
    longitude = _degrees("longitude", longitude_text, 180.0)
    stated = _first(members, ACCURACIES)
    accuracy_m = _written_m(latitude_text, longitude_text)
    if stated is not None:
        accuracy_m = max(accuracy_m, _number("accuracy", stated))
        accuracy_mm = round(accuracy_m * MM_PER_METRE)
        if not 0 <= accuracy_mm <= ACCURACY_MM_MAX:
            raise InputError(
                "accuracy", f"{stated} is outside 0 to {ACCURACY_MM_MAX // MM_PER_METRE}"
            )
        return point_place(e7_from_degrees(latitude), e7_from_degrees(longitude), accuracy_mm)
    # not stated is not known; but digits that are not there say how good it is at best
    at_best_mm = round(accuracy_m * MM_PER_METRE) if accuracy_m > 1_000.0 else None
    return point_place(e7_from_degrees(latitude), e7_from_degrees(longitude), at_best_mm)


def _written_m(*texts: str) -> float:
    """How good a position written with so many digits is at best: half of the last one."""
    digits = min(len(text.partition(".")[2].rstrip()) for text in texts)
    return METRES_PER_DEGREE_MAX * math.sqrt(0.5) / float(10 ** min(digits, 12))


def _degrees(field: str, text: str, most: float) -> float:
    value = _number(field, text)
    if not abs(value) <= most:
        raise InputError(field, f"{text[:40]} is outside -{most:g} to {most:g}")
    return value


def _number(field: str, text: str) -> float:
    try:
        if "_" in text:  # Python's own way of writing a number, and nobody else's
            raise ValueError(text)
        return float(text)
    except ValueError as error:
        raise InputError(field, f"{text[:40]!r} is not a number") from error


def _first(members: Mapping[str, str], names: Iterable[str]) -> str | None:
    for name in names:
        value = members.get(name)
        if value:
            return value
    return None


def _script(text: str) -> str:
    """ISO 15924 of the first letter that tells."""
    for character in text:
        code = ord(character)
        if character.isascii() and character.isalpha():
            return "Latn"
        for first, last, script in _SCRIPT_OF_RANGE:
            if first <= code <= last:
                return script
    return "Zyyy"
