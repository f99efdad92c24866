"""Observations as a STIX 2.1 bundle: notes about places with a precision, under a marking; never a target.

Each is a `note` by its author about a `location`: a middle, and a `precision` that holds the whole cell (STIX 2.1
§4.7: the place is anywhere in that circle). There is no indicator, no sighting and no infrastructure in it.
"""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid5

from comity.adapters.observation_files.areas import ExportedObservation
from comity.domain.geometry.nested_cells import cell_disc

NAMESPACE = UUID(
    "7f0d4f43-9d54-5d0c-8c40-6d1f0a7a3a55"
)  # of the ids here: one thing, one id, in every export
NOTE = "The place is anywhere within its precision. Nothing here says that any place is clear."
CONFIDENCE = {1: 90, 2: 70, 3: 50, 4: 30, 5: 10}
"""Of an Admiralty credibility; 6 cannot be judged and has none. Source: STIX 2.1 Appendix A."""


def to_stix(observations: Iterable[ExportedObservation], as_of: str, recipient: str) -> bytes:
    """One bundle for one recipient; ids are the same in every export of the same thing."""
    objects: dict[str, dict[str, Any]] = {}
    for each in observations:
        author = _identity(each.author, as_of)
        onward = ", ".join(each.onward) or "nobody"
        statement = f"{each.marking.upper()}; to {recipient}; onward to {onward}"
        marking = {
            "type": "marking-definition",
            "spec_version": "2.1",
            "id": _id("marking-definition", statement),
            "created": as_of,
            "definition_type": "statement",
            "definition": {"statement": statement},
        }
        shared = {
            "spec_version": "2.1",
            "created": as_of,
            "modified": as_of,
            "created_by_ref": author["id"],
            "object_marking_refs": [marking["id"]],
        }
        about = author["id"]
        added = [author, marking]
        if each.area is not None:
            disc = cell_disc(each.area)
            place = {
                "type": "location",
                "id": _id("location", f"{each.observation} {disc}"),
                **shared,
                "name": f"{each.kind} {each.nature}",
                "latitude": round(disc.latitude_deg, 7),
                "longitude": round(disc.longitude_deg, 7),
                "precision": round(disc.radius_m + 1.0, 1),
            }
            about = place["id"]
            added.append(place)
        banner = "EXERCISE EXERCISE EXERCISE. " if each.exercise else ""
        words = f"{banner}{each.kind} {each.nature}, {each.begins} to {each.ends}. {each.words}"
        note = {
            "type": "note",
            "id": _id("note", each.observation),
            **shared,
            "abstract": f"{banner}{each.kind}: {each.nature} ({each.state}, {each.reliability}{each.credibility})",
            "content": f"{words} {NOTE}",
            "authors": [each.author],
            "labels": [each.kind, each.nature],
            "object_refs": [about],
        }
        if each.credibility in CONFIDENCE:
            note["confidence"] = CONFIDENCE[each.credibility]
        for item in (*added, note):
            objects[item["id"]] = item
    bundle: dict[str, Any] = {
        "type": "bundle",
        "id": _id("bundle", f"{recipient} {as_of} {sorted(objects)}"),
    }
    if objects:
        bundle["objects"] = list(objects.values())
    return json.dumps(bundle, ensure_ascii=False, indent=1).encode() + b"\n"


def _identity(author: str, as_of: str) -> dict[str, Any]:
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": _id("identity", author),
        "created": as_of,
        "modified": as_of,
        "name": author,
        "identity_class": "organization",
    }


def _id(kind: str, name: str) -> str:
    return f"{kind}--{uuid5(NAMESPACE, f'{kind} {name}')}"
