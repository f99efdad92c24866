"""What a test of the console finds on record, made through the API where it does not stand yet.

So each test may be run alone and in any order; who has made it before makes it once.
"""

from collections.abc import Sequence
from typing import Any

from tests.node_homes import RunningNode, until
from tests.paired_nodes import party

from comity.entrypoints.api.line_messages import LineListTold
from comity.entrypoints.api.site_messages import SitesTold

SUBJECT = "Told before"
SPOKEN = "One of ours flies without a transponder."
SITE = "Example school (invented)"
SITE_DEG = (60.5, 25.5)
SITE_STATED = "60.5 N 25.5 E WGS84"


def a_message(nodes: Sequence[RunningNode]) -> str:
    """From the first node, held by both; gives its words."""
    one, other = nodes
    if not _spoken(one):
        said = {
            "text": SPOKEN, "language": "en", "to": [party(other)], "subject": SUBJECT, "precedence": "priority",
        }  # fmt: skip
        one.client.post("/v1/line/messages", said, dict)
    until(lambda: _spoken(other))
    return SPOKEN


def a_site(node: RunningNode, name: str = SITE, *, exercise: bool = False) -> str:
    """Of the node's own, far from where other tests put theirs; gives its name."""
    told = node.client.get("/v1/sites", SitesTold, exercise=exercise).sites
    if not any(each.text == name for site in told for each in site.names):
        latitude_deg, longitude_deg = SITE_DEG
        place = {
            "latitude_deg": [latitude_deg], "longitude_deg": [longitude_deg], "accuracy_m": 20.0, "datum": "WGS84",
        }  # fmt: skip
        asked: dict[str, Any] = {
            "kind": "school", "names": [{"text": name, "script": "Latn", "language": "en"}], "place": place,
            "owner": "Relief service", "origin": {"name": "our doctor", "kind": "owner"},
        }  # fmt: skip
        node.client.post("/v1/sites", {"sites": [asked]}, dict, exercise=exercise)
    return name


def _spoken(node: RunningNode) -> bool:
    told = node.client.get("/v1/line", LineListTold).matters
    return any(each.subject == SUBJECT for each in told)
