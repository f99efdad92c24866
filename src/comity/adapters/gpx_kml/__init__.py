"""Tracks of hand-held and flight recorders: GPX and KML."""

from comity.adapters.gpx_kml.tracks import DOCUMENT_BYTES_MAX, HeightDatum, XmlTracksDecoder

__all__ = ["DOCUMENT_BYTES_MAX", "HeightDatum", "XmlTracksDecoder"]
