"""A pack as GeoJSON (RFC 7946): areas that hold what they tell of, never points."""

import json
from typing import Any

from comity.adapters.pack_files.areas import Ring, rings_around
from comity.adapters.pack_files.features import Feature, features, heading
from comity.domain.packs import Pack
from comity.kernel.instants import Instant


def to_geojson(pack: Pack, at: Instant) -> bytes:
    """A feature collection; the pack's age and expiry stand in it, and in every feature."""
    head = heading(pack, at)
    collection = {
        "type": "FeatureCollection",
        **{f"comity_{name}": value for name, value in head.items()},
        "features": [_feature(each, head) for each in features(pack, at)],
        "taken_back": [
            {"id": each.id, "what": each.what.value, "why": each.why} for each in pack.taken_back
        ],
    }
    return json.dumps(collection, ensure_ascii=False, indent=1).encode() + b"\n"


def _feature(each: Feature, head: dict[str, str]) -> dict[str, Any]:
    rings: list[Ring] = []
    left_out = 0
    for shape in each.shapes:
        found = rings_around(shape, each.added_m)
        left_out += found is None
        rings += found or []
    geometry = None
    if rings:
        geometry = {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}
    drawn = {} if not left_out else {"NOT_DRAWN": f"{left_out} area(s) too large to draw"}
    banner = {"EXERCISE": head["EXERCISE"]} if "EXERCISE" in head else {}
    return {
        "type": "Feature",
        "id": each.id,
        "geometry": geometry,
        "properties": {
            **banner,
            "what": each.what,
            "title": each.title,
            "begins": None if each.begins is None else str(each.begins),
            "ends": None if each.ends is None else str(each.ends),
            **each.facts,
            **drawn,
            "as_of": head["made_at"],
            "pack_expires_at": head["expires_at"],
            "areas": head["areas"],
        },
    }
