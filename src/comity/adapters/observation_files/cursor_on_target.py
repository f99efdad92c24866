"""Observations as Cursor on Target events: circles of hazard, never a track and never hostile.

The type is that of a drawn circle. No event has a type of an atom (`a-…`), which a receiver would draw as
somebody: a hazard is not somebody.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable

from comity.adapters.observation_files.areas import ExportedObservation
from comity.domain.geometry.nested_cells import cell_disc

DRAWN_CIRCLE = "u-d-c-c"
HEIGHT_UNKNOWN = "9999999.0"  # CoT 2.0: a height that is not known, and the error of one


def to_cursor_on_target(
    observations: Iterable[ExportedObservation], as_of: str
) -> tuple[bytes, int]:
    """One document of events, and how many observations have no area and so are not in it.

    The point of an event is the middle of the circle, its `ce` the radius: it tells no better where.
    """
    root = ET.Element("events")
    without = 0
    for each in observations:
        if each.area is None:
            without += 1
            continue
        disc = cell_disc(each.area)
        radius = f"{disc.radius_m + 1.0:.0f}"
        event = ET.SubElement(
            root,
            "event",
            {
                "version": "2.0",
                "uid": f"comity-{each.observation}",
                "type": DRAWN_CIRCLE,
                "how": "h-g-i-g-o",
                "time": as_of,
                "start": str(each.begins),
                "stale": str(each.ends),
            },
        )
        ET.SubElement(
            event,
            "point",
            {
                "lat": f"{disc.latitude_deg:.7f}",
                "lon": f"{disc.longitude_deg:.7f}",
                "hae": HEIGHT_UNKNOWN,
                "ce": radius,
                "le": HEIGHT_UNKNOWN,
            },
        )
        detail = ET.SubElement(event, "detail")
        shape = ET.SubElement(detail, "shape")
        ET.SubElement(shape, "ellipse", {"major": radius, "minor": radius, "angle": "0"})
        banner = "EXERCISE " if each.exercise else ""
        ET.SubElement(detail, "contact", {"callsign": f"{banner}{each.kind} {each.nature}"})
        remarks = ET.SubElement(detail, "remarks")
        graded = f"{each.reliability}{each.credibility}"
        remarks.text = (
            f"{banner}{each.marking}; {each.state}; {graded}; by {each.author}; {each.words}"
        )
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n", without
