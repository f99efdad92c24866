"""What becomes of the border approach: each side keeps its own record, and two claims are assessed side by side."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from comity.adapters.generated_traffic import Stage
from comity.entrypoints.demo.agreement_text import Region
from comity.entrypoints.demo.checks import Check
from comity.entrypoints.demo.nodes import DemoNode, wait_for
from comity.entrypoints.demo.screen import Screen

ARRIVE_S_MAX = 60.0
TOPIC = "border-region-entered"
STATEMENT = "entry"
INSIDE_KM, OUTSIDE_KM = (
    (131.0, -6.1),
    (130.0, -0.5),
)  # where either says that it was; km of the stage


@dataclass
class IncidentScene:
    """The second node opens an incident by the alert; the first answers with a claim of its own.

    Attributes:
        alert: the border alert, as the second node has it.
        flight: callsign of the aircraft that came near.
        seen: what the assessment said, for the summary.
    """

    nodes: Sequence[DemoNode]
    region: Region
    out: Path
    screen: Screen
    alert: Mapping[str, Any]
    flight: str
    seen: dict[str, Any] = field(default_factory=dict)

    def run(self) -> None:
        """Play it, in the commands that a person types.

        Raises:
            DemoError: a command failed, or something did not come in time.
        """
        answers, guards = self.nodes[0], self.nodes[1]
        opened = guards.command(
            *(
                "incident",
                "open",
                "border-violation",
                f"{self.flight} at the border region (invented)",
            ),
            *("--alert", self.alert["alert"], "--begins", self.alert["raised_at"]),
        )
        incident = str(opened["incident"])
        ours = guards.command("incident", "claim", incident, self._claim(guards, inside=True))
        record = self._answer(answers, guards)
        guards.command("incident", "link", incident, "claim", record)
        told = guards.command("incident", "assess", incident)
        graded = guards.command("incident", "grade", incident, str(ours["claim"]), STATEMENT)
        shown = guards.command("incident", "show", incident)
        self.seen |= {
            "incident": incident,
            "claimants": [each["claimant"] for each in shown["claims"]],
            "relations": [each["relation"] for each in told["comparisons"]],
            "grades": [each["grade"] for each in shown["grades"]],
            "record": graded["record"]["digest"],
        }
        self.screen.line(
            f"  at {guards.party}: {len(self.seen['claimants'])} claims, "
            f"{', '.join(self.seen['relations'])}; graded {', '.join(self.seen['grades'])}"
        )

    def check(self) -> Check:
        """What must hold of it."""
        return check_incident(self.seen)

    def _answer(self, answers: DemoNode, guards: DemoNode) -> str:
        """The other side's own incident and claim, made known to the second node; the record it came by."""
        opened = answers.command(
            *(
                "incident",
                "open",
                "border-violation",
                f"{self.flight}: asked about by the south (invented)",
            ),
            *("--begins", self.alert["raised_at"]),
        )
        made = answers.command(
            "incident", "claim", str(opened["incident"]), self._claim(answers, inside=False)
        )
        answers.command("incident", "give", str(made["claim"]), "--to", guards.party)
        found: list[str] = []

        def has_come() -> bool:
            unfiled = guards.get("/v1/incidents")["unfiled_claims"]
            found.extend(str(each["record"]) for each in unfiled)
            return bool(found)

        wait_for(f"the claim of {answers.party} at {guards.party}", has_come, ARRIVE_S_MAX)
        return found[0]

    def _claim(self, node: DemoNode, *, inside: bool) -> str:
        """A claim file, and where it is."""
        stage = Stage(self.region.centre_deg, self.region.scale, self.region.level_raised)
        latitude, longitude = stage.place(*(INSIDE_KM if inside else OUTSIDE_KM))
        position = f"{latitude:.4f}, {longitude:.4f} WGS84"
        says = (
            "It crossed the line of the border region and stayed inside for 40 seconds."
            if inside
            else "It stayed north of the border region at all times and turned away by itself."
        )
        statement = {
            "name": STATEMENT,
            "topic": TOPIC,
            "kind": "border-violation",
            "says": "yes" if inside else "no",
            "words": says,
            "starts": {"stated": self.alert["raised_at"], "error": "5 s"},
            "place": {"words": "at the border region", "position": position},
            "speed": "250 kt" if inside else "240 kt",
            "height": "11000 ft QNE",
            "sources": ["radar"],
        }
        if inside:
            statement |= {"duration": "40 s", "length": "5.1 km", "depth": "1.1 km"}
        tree = {
            "format": "comity-claim/1",
            "claimant": node.name,
            "title": f"{self.flight} at the border region, invented",
            "note": "Invented for the demonstration.",
            "sources": [
                {
                    "name": "radar",
                    "kind": "own",
                    "reference": "radar of the demonstration, invented",
                    "origin": node.name,
                }
            ],
            "statements": [statement],
        }
        path = self.out / f"{node.home.name}.claim.json"
        path.write_text(json.dumps(tree, indent=1) + "\n", encoding="utf-8")
        return str(path)


def check_incident(seen: Mapping[str, Any]) -> Check:
    """Both sides' claims stand in it, they exclude each other, and the grade takes neither side."""
    breaches = []
    if len(set(seen["claimants"])) != 2:  # one of each side
        breaches.append(f"claims of {seen['claimants']}")
    if "excludes" not in seen["relations"]:
        breaches.append(f"the accounts are told as {seen['relations']}")
    if seen["grades"] != ["contested"]:
        breaches.append(f"graded {seen['grades']}")
    looked_at = len(seen["claimants"]) + len(seen["grades"])
    return Check(
        "an incident holds the claims of both sides and takes neither", looked_at, (*breaches,)
    )
