"""Named places, and positions told by them: how far, in which direction, of what."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from comity.domain.places.bearing import Bearing

CITY_POPULATION_MIN = 100_000  # a city that people of another country have heard of


@dataclass(frozen=True, slots=True)
class PlaceData:
    """Which list of places was used; it is shown and recorded with what it told.

    Attributes:
        name: whose list.
        version: of which publication.
        digest: SHA-256 of the file.
        licence: under which it may be used, with the name to be given.
    """

    name: str
    version: str
    digest: str
    licence: str


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """One inhabited place.

    Attributes:
        number: in the list.
        name: as the list has it, in Latin letters.
        latitude_deg, longitude_deg: WGS 84, a point somewhere in the place.
        country: ISO 3166 two-letter code as the list has it; a view of the list, no claim of ours.
        population: as the list has it.
        names: one name by script (ISO 15924), `Cyrl` in the letters of Russian, `Arab` in those of Arabic;
            the list does not say of which language a name is.
    """

    number: int
    name: str
    latitude_deg: float
    longitude_deg: float
    country: str
    population: int
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlaceReference:
    """A position told by a place: `bearing` goes from the place to the position."""

    place: NamedPlace
    bearing: Bearing

    @property
    def words(self) -> str:
        """`12.3 km NNE (024° true) of Town (pop. 54,534), SY`."""
        place = self.place
        return (
            f"{_way_words(self.bearing)} {place.name} (pop. {place.population:,}), {place.country}"
        )


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a position is.

    Attributes:
        nearest: by the nearest place of the list.
        city: by the nearest city, where that is another place.
        grid: grid reference (MGRS), to the metre.
        data: the list.
    """

    nearest: PlaceReference
    city: PlaceReference | None
    grid: str
    data: PlaceData


def distance_words(distance_m: float) -> str:
    """Metres under a kilometre, then kilometres, with a tenth up to a hundred."""
    if distance_m < 999.5:
        return f"{distance_m:.0f} m"
    if distance_m < 99_950.0:
        return f"{distance_m / 1000.0:.1f} km"
    return f"{distance_m / 1000.0:,.0f} km"


def difference_words(from_notified: Bearing) -> str:
    """How far what was read back lies from what was notified, in words (L-05)."""
    if from_notified.distance_m < 0.5:
        return "the same position within a metre"
    return f"{_way_words(from_notified)} the position notified"


def _way_words(way: Bearing) -> str:
    if way.distance_m < 0.5:
        return "at"
    azimuth_deg = round(way.azimuth_true_deg) % 360
    return f"{distance_words(way.distance_m)} {way.compass_point} ({azimuth_deg:03d}° true) of"
