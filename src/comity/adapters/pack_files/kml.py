"""A pack as KML 2.2: areas that hold what they tell of; descriptions are words, never markup."""

import xml.etree.ElementTree as ET

from comity.adapters.pack_files.areas import rings_around
from comity.adapters.pack_files.features import Feature, features, heading
from comity.domain.packs import Pack
from comity.kernel.instants import Instant

NAMESPACE = "http://" + "www.opengis.net/kml/2.2"  # OGC 07-147r2: a name; nothing is fetched


def to_kml(pack: Pack, at: Instant) -> bytes:
    """One document; the pack's age and expiry stand in its name and in every placemark."""
    head = heading(pack, at)
    root = ET.Element("kml", {"xmlns": NAMESPACE})
    document = ET.SubElement(root, "Document")
    banner = "EXERCISE " if "EXERCISE" in head else ""
    name = f"{banner}Comity pack as of {head['made_at']}, EXPIRES {head['expires_at']}"
    ET.SubElement(document, "name").text = name
    ET.SubElement(document, "description").text = _lines(head)
    style = ET.SubElement(document, "Style", {"id": "area"})
    line = ET.SubElement(style, "LineStyle")
    ET.SubElement(line, "color").text = "ffff8800"
    ET.SubElement(line, "width").text = "2"
    ET.SubElement(ET.SubElement(style, "PolyStyle"), "color").text = "40ff8800"
    for each in features(pack, at):
        _placemark(document, each, head, banner)
    for taken in pack.taken_back:
        place = ET.SubElement(document, "Placemark")
        ET.SubElement(place, "name").text = f"{banner}TAKEN BACK: {taken.what.value} {taken.id}"
        ET.SubElement(place, "description").text = taken.why
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _placemark(document: ET.Element, each: Feature, head: dict[str, str], banner: str) -> None:
    place = ET.SubElement(document, "Placemark")
    ET.SubElement(place, "name").text = banner + each.title
    facts = {
        "id": each.id, "what": each.what, **each.facts,
        "as of": head["made_at"], "pack expires": head["expires_at"], "areas": head["areas"],
    }  # fmt: skip
    rings = []
    for shape in each.shapes:
        found = rings_around(shape, each.added_m)
        if found is None:
            facts["NOT DRAWN"] = "an area too large to draw"
        rings += found or []
    ET.SubElement(place, "description").text = _lines(facts)
    if each.begins is not None or each.ends is not None:
        span = ET.SubElement(place, "TimeSpan")
        for name, value in (("begin", each.begins), ("end", each.ends)):
            if value is not None:
                ET.SubElement(span, name).text = str(value)
    ET.SubElement(place, "styleUrl").text = "#area"
    if not rings:
        return
    many = ET.SubElement(place, "MultiGeometry")
    for ring in rings:
        polygon = ET.SubElement(many, "Polygon")
        outer = ET.SubElement(ET.SubElement(polygon, "outerBoundaryIs"), "LinearRing")
        ET.SubElement(outer, "coordinates").text = " ".join(f"{x:.7f},{y:.7f}" for x, y in ring)


def _lines(facts: dict[str, str]) -> str:
    return "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in facts.items())
