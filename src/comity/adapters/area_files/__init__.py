"""Areas from files: GeoJSON (areas, countries, FIRs) and OpenAir, into sets that are watched."""

from comity.adapters.area_files.read import AreaFile, read_area_file

__all__ = ["AreaFile", "read_area_file"]
