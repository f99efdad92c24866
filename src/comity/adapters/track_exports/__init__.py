"""Tracks for other programs: GPX, KML, CZML, GeoJSON. What is made up says so in each of them."""

from collections.abc import Callable, Mapping, Sequence

from comity.adapters.track_exports.json_forms import czml_of, geojson_of
from comity.adapters.track_exports.xml_forms import gpx_of, kml_of
from comity.domain.incidents import OfferedTrack

EXPORTS: Mapping[str, Callable[[str, Sequence[OfferedTrack]], bytes]] = {
    "czml": czml_of,
    "geojson": geojson_of,
    "gpx": gpx_of,
    "kml": kml_of,
}
"""By suffix: the title and the tracks give the file."""

__all__ = ["EXPORTS", "czml_of", "geojson_of", "gpx_of", "kml_of"]
