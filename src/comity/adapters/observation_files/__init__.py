"""Observations for other tools: GeoJSON, CSV and Cursor on Target as areas of hazard alone, STIX 2.1, labels."""

from comity.adapters.observation_files.areas import ExportedObservation
from comity.adapters.observation_files.cursor_on_target import to_cursor_on_target
from comity.adapters.observation_files.geojson import to_geojson
from comity.adapters.observation_files.label import to_label_xml
from comity.adapters.observation_files.stix import to_stix
from comity.adapters.observation_files.table import to_csv

__all__ = [
    "ExportedObservation",
    "to_csv",
    "to_cursor_on_target",
    "to_geojson",
    "to_label_xml",
    "to_stix",
]
