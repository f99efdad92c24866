"""Positions as people say them, and where that is: a named place, a distance, a bearing, a grid reference."""

from comity.domain.places.bearing import COMPASS_POINTS, Bearing, bearing, compass_point
from comity.domain.places.grid import GRID_DIGITS_MAX, grid_reference
from comity.domain.places.index import PlaceIndex
from comity.domain.places.named import (
    CITY_POPULATION_MIN,
    NamedPlace,
    PlaceData,
    PlaceReference,
    Whereabouts,
    difference_words,
    distance_words,
)
from comity.domain.places.stated_position import (
    DATUM_ASSUMED,
    DATUM_NAME,
    StatedPosition,
    position_of_degrees,
    read_position,
)

__all__ = [
    "CITY_POPULATION_MIN",
    "COMPASS_POINTS",
    "DATUM_ASSUMED",
    "DATUM_NAME",
    "GRID_DIGITS_MAX",
    "Bearing",
    "NamedPlace",
    "PlaceData",
    "PlaceIndex",
    "PlaceReference",
    "StatedPosition",
    "Whereabouts",
    "bearing",
    "compass_point",
    "difference_words",
    "distance_words",
    "grid_reference",
    "position_of_degrees",
    "read_position",
]
