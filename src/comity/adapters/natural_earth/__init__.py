"""Natural Earth borders from the npm package `world-atlas`: decoded, unstitched, cleaned."""

from comity.adapters.natural_earth.data_set import (
    BorderDataSet,
    BorderPolygon,
    Country,
    border_data_set,
)
from comity.adapters.natural_earth.land import NaturalEarthLand
from comity.adapters.natural_earth.outline import Outline, outlines

__all__ = [
    "BorderDataSet",
    "BorderPolygon",
    "Country",
    "NaturalEarthLand",
    "Outline",
    "border_data_set",
    "outlines",
]
