"""Observations as GeoJSON (RFC 7946): areas as rectangles that hold them, never points."""

import json
from collections.abc import Iterable
from typing import Any

from comity.adapters.observation_files.areas import Box, ExportedObservation, boxes_holding

STEP_DEG = 1e-7


def to_geojson(observations: Iterable[ExportedObservation], as_of: str) -> bytes:
    """A feature collection; one without an area of its own has none here."""
    features = [_feature(each) for each in observations]
    collection = {
        "type": "FeatureCollection",
        "as_of": as_of,
        "note": "Observed hazards and damage. Areas hold what was observed and tell no better where. "
        "Nothing here says that any place is clear.",
        "features": features,
    }
    return json.dumps(collection, ensure_ascii=False, indent=1).encode() + b"\n"


def _feature(each: ExportedObservation) -> dict[str, Any]:
    rings = [] if each.area is None else [[_ring(box)] for box in boxes_holding(each.area)]
    geometry: dict[str, Any] | None = None
    if len(rings) == 1:
        geometry = {"type": "Polygon", "coordinates": rings[0]}
    elif rings:
        geometry = {"type": "MultiPolygon", "coordinates": rings}
    return {
        "type": "Feature",
        "id": each.observation,
        "geometry": geometry,
        "properties": {
            "author": each.author,
            "begins": str(each.begins),
            "circular": each.circular,
            "credibility": each.credibility,
            "ends": str(each.ends),
            "exercise": each.exercise,
            "kind": each.kind,
            "marking": each.marking,
            "nature": each.nature,
            "onward": list(each.onward),
            "record": each.record,
            "reliability": each.reliability,
            "state": each.state,
            "subject": each.subject,
            "words": each.words,
        },
    }


def _ring(box: Box) -> list[list[float]]:
    """Counter-clockwise, rounded outwards."""
    west, south, east, north = box
    west, south = max(west - STEP_DEG, -180.0), max(south - STEP_DEG, -90.0)
    east, north = min(east + STEP_DEG, 180.0), min(north + STEP_DEG, 90.0)
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return [[round(x, 7), round(y, 7)] for x, y in corners]
