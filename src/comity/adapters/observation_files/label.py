"""Confidentiality labels of observations in the form of STANAG 4774 (ADatP-4774.1), one for each.

The policy is the author's own, named by its party id: no policy of NATO or of a nation is claimed, and a reader
that does not know it denies. Releasability is a permissive category; whom it does not name may not have it.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable

from comity.adapters.observation_files.areas import ExportedObservation

NAMESPACE = "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"
POLICY = "urn:comity:policy:"


def to_label_xml(observations: Iterable[ExportedObservation], as_of: str, recipient: str) -> bytes:
    """One document of labels, each with the id of what it is a label of."""
    ET.register_namespace("slab", NAMESPACE)
    root = ET.Element("labels")
    for each in observations:
        labelled = ET.SubElement(root, "labelled", {"observation": each.observation})
        label = ET.SubElement(labelled, _name("originatorConfidentialityLabel"))
        said = ET.SubElement(label, _name("ConfidentialityInformation"))
        ET.SubElement(said, _name("PolicyIdentifier")).text = f"{POLICY}{each.author}"
        ET.SubElement(said, _name("Classification")).text = each.marking.upper()
        category = ET.SubElement(
            said, _name("Category"), {"Type": "PERMISSIVE", "TagName": "Releasable To"}
        )
        for party in sorted({recipient, *each.onward}):
            ET.SubElement(category, _name("GenericValue")).text = party
        if each.exercise:
            caveat = ET.SubElement(
                said, _name("Category"), {"Type": "INFORMATIVE", "TagName": "Administrative"}
            )
            ET.SubElement(caveat, _name("GenericValue")).text = "EXERCISE"
        ET.SubElement(
            label, _name("OriginatorID"), {"IDType": "uniformResourceIdentifier"}
        ).text = f"urn:comity:party:{each.author}"
        ET.SubElement(label, _name("CreationDateTime")).text = as_of
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _name(local: str) -> str:
    return f"{{{NAMESPACE}}}{local}"
