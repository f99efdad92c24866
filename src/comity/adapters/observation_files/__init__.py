"""Observations for the tools that crews carry: GeoJSON, CSV and Cursor on Target, as areas of hazard alone."""

from comity.adapters.observation_files.areas import ExportedObservation
from comity.adapters.observation_files.cursor_on_target import to_cursor_on_target
from comity.adapters.observation_files.geojson import to_geojson
from comity.adapters.observation_files.table import to_csv

__all__ = ["ExportedObservation", "to_csv", "to_cursor_on_target", "to_geojson"]
