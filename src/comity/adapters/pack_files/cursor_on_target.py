"""A pack as Cursor on Target events: drawn circles and outlines, never an atom, a track or a route to somebody.

The type is that of something drawn (`u-d-…`). No event has a type of an atom (`a-…`), which a receiver would
draw as somebody. A receiver drops an event at its `stale`: it is the pack's expiry, and the remarks say so.
"""

import xml.etree.ElementTree as ET

from comity.adapters.pack_files.areas import Ring, farthest_m, middle_of, rings_around
from comity.adapters.pack_files.features import Feature, features, heading
from comity.domain.geometry import Shape
from comity.domain.packs import Pack
from comity.kernel.instants import Instant

DRAWN_CIRCLE, DRAWN_OUTLINE = "u-d-c-c", "u-d-f"
ROUNDING_M = 1.0  # a radius is written in whole metres, and never less than what it stands for
HEIGHT_UNKNOWN = "9999999.0"  # CoT 2.0: a height that is not known, and the error of one


def to_cursor_on_target(pack: Pack, at: Instant) -> bytes:
    """One document of events. The point of an event is the middle of what it draws, its `ce` the whole of it."""
    head = heading(pack, at)
    root = ET.Element("events")
    root.append(
        ET.Comment(" " + "; ".join(f"{k}: {v}" for k, v in head.items()).replace("-", "‐") + " ")
    )
    for each in features(pack, at):
        number = 0
        for shape in each.shapes:
            if len(shape.latitude_deg) == 1:
                _circle(_begun(root, each, shape, head, number), shape, each.added_m)
                number += 1
                continue
            for ring in rings_around(shape, each.added_m) or []:
                _outline(_begun(root, each, shape, head, number), ring)
                number += 1
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _begun(
    root: ET.Element, each: Feature, shape: Shape, head: dict[str, str], number: int
) -> ET.Element:
    """A new event with its point and remarks; gives its `detail`, into which the drawing goes."""
    latitude_deg, longitude_deg = middle_of(shape)
    begins = head["made_at"] if each.begins is None else str(each.begins)
    point = len(shape.latitude_deg) == 1
    event = ET.SubElement(
        root,
        "event",
        {
            "version": "2.0",
            "uid": f"comity-{each.id}-{number}",
            "type": DRAWN_CIRCLE if point else DRAWN_OUTLINE,
            "how": "h-g-i-g-o",
            "time": head["made_at"],
            "start": begins,
            "stale": head["expires_at"],
        },
    )
    place = {"lat": f"{latitude_deg:.7f}", "lon": f"{longitude_deg:.7f}", "hae": HEIGHT_UNKNOWN}
    around_m = farthest_m(shape, each.added_m) + ROUNDING_M
    ET.SubElement(event, "point", {**place, "ce": f"{around_m:.0f}", "le": HEIGHT_UNKNOWN})
    detail = ET.SubElement(event, "detail")
    banner = "EXERCISE " if "EXERCISE" in head else ""
    ET.SubElement(detail, "contact", {"callsign": f"{banner}{each.title}"})
    facts = {
        "what": each.what, "id": each.id, **each.facts,
        "ends": "not limited" if each.ends is None else str(each.ends),
        "as of": head["made_at"], "vanishes when the pack expires": head["expires_at"],
        "areas": head["areas"], "note": head["note"],
    }  # fmt: skip
    remarks = ET.SubElement(detail, "remarks")
    remarks.text = banner + "; ".join(f"{name}: {value}" for name, value in facts.items())
    return detail


def _circle(detail: ET.Element, shape: Shape, added_m: float) -> None:
    radius = f"{farthest_m(shape, added_m) + ROUNDING_M:.0f}"
    ellipse = {"major": radius, "minor": radius, "angle": "0"}
    ET.SubElement(ET.SubElement(detail, "shape"), "ellipse", ellipse)


def _outline(detail: ET.Element, ring: Ring) -> None:
    for longitude_deg, latitude_deg in ring:
        ET.SubElement(detail, "link", {"point": f"{latitude_deg:.7f},{longitude_deg:.7f}"})
