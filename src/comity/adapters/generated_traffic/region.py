"""Where the invented day takes place: real airports round the Baltic, invented services."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import airportsdata

from comity.kernel.errors import InputError
from comity.kernel.units import metres_from_feet


@dataclass(frozen=True, slots=True)
class Airport:
    """A real airport; its elevation is taken as its pressure height (a standard day)."""

    icao: str
    name: str
    country: str
    latitude_deg: float
    longitude_deg: float
    elevation_m: float


@dataclass(frozen=True, slots=True)
class Service:
    """An invented party: the geography is real, the organisation is not.

    Attributes:
        name: as the agreement names it.
        slug: the readable part of its party id.
        prefix: of its callsigns.
        countries: names in the border data set; its areas of interest.
        hubs: ICAO codes of airports jets use; most of its flights begin or end there.
        fields: ICAO codes of the smaller ones, for turboprops and helicopters.
    """

    name: str
    slug: str
    prefix: str
    countries: tuple[str, ...]
    hubs: tuple[str, ...]
    fields: tuple[str, ...]


NORTHERN = Service(
    name="Northern Air Guard (invented)",
    slug="northern-guard",
    prefix="NAG",
    countries=("Sweden", "Finland", "Åland"),
    hubs=("ESSA", "ESGG", "ESMS", "ESPA", "ESNU", "ESNN", "EFHK", "EFOU", "EFRO", "EFTP", "EFTU"),
    fields=(
        *("ESSV", "ESMQ", "ESDF", "ESSL", "ESOK", "ESOE", "ESNZ", "ESNS", "ESKN", "ESGJ"),
        *("EFMA", "EFVA", "EFKU", "EFJO", "EFJY", "EFKI", "EFPO", "EFLP", "EFKK"),
    ),
)
SOUTHERN = Service(
    name="Southern Air Guard (invented)",
    slug="southern-guard",
    prefix="SAG",
    countries=("Estonia", "Latvia", "Lithuania", "Poland"),
    hubs=("EETN", "EVRA", "EYVI", "EYKA", "EPWA", "EPGD", "EPKK", "EPPO", "EPWR", "EPKT"),
    fields=(
        *("EEKE", "EEKA", "EEPU", "EETU", "EVLA", "EVVA", "EYPA", "EYSA"),
        *("EPBY", "EPSC", "EPRZ", "EPLL", "EPLB", "EPZG"),
    ),
)
SERVICES = (NORTHERN, SOUTHERN)
RELIEF = Service(
    name="Relief Wings (invented)",
    slug="relief-wings",
    prefix="RLW",
    countries=(),  # its area of interest is a border region, not a country
    hubs=(),
    fields=(),
)
FAR_AWAY = ("LPPT", "LEMD")  # Lisbon to Madrid: outside any area round the Baltic


@cache
def airport(icao: str) -> Airport:
    """A real airport by its ICAO code.

    Raises:
        InputError: `airportsdata` has no such airport.
    """
    found = _airports().get(icao)
    if found is None:
        raise InputError("airport", f"{icao!r} is not in airportsdata")
    return Airport(
        icao,
        found["name"],
        found["country"],
        found["lat"],
        found["lon"],
        metres_from_feet(found["elevation"]),
    )


@cache
def _airports() -> Mapping[str, airportsdata.Airport]:
    return airportsdata.load("ICAO")
