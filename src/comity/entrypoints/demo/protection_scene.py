"""The notice against what is protected: an invented hospital, a preview, the owner told, who of it has the notice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from comity.entrypoints.demo.agreement_text import Region
from comity.entrypoints.demo.checks import Check
from comity.entrypoints.demo.nodes import DemoNode, wait_for
from comity.entrypoints.demo.screen import Screen
from comity.kernel.instants import Instant

ARRIVE_S_MAX = 60.0
PRECISION_M = 2_000
COARSE_M = 10_000
CONSENT_S = 20 * 86_400.0
TAKEN = ("headquarters", "rotary wing")
LEVELS = {"headquarters": "headquarters", "rotary wing": "unit"}
SILENT = "crews on the ramp"
TOUCHES_EXIT = 1


@dataclass
class ProtectionScene:
    """`before` the notice is sent, and `after`; the first node speaks for the hospital, the second flies.

    Attributes:
        coarser: a third that may know the hospital to within `COARSE_M`.
        seen: what each step showed; goes into the summary as it is.
    """

    nodes: Sequence[DemoNode]
    region: Region
    screen: Screen
    now: Instant
    coarser: DemoNode | None = None
    seen: dict[str, Any] = field(default_factory=dict)

    def before(self, notice: Path) -> None:
        """The hospital is entered, the other party may know it to within 2 km, and previews its notice.

        Raises:
            DemoError: a command failed, or something did not come in time.
        """
        speaks, flies = self.nodes
        latitude, longitude = self.region.hospital_deg
        entered = speaks.command(
            *("site", "add", "hospital", "--name", "Invented hospital of the demonstration"),
            *("--lat", str(latitude), "--lon", str(longitude), "--accuracy-m", "20"),
            *("--owner", "Invented Trust", "--origin", "invented for the demonstration"),
            *("--origin-kind", "owner", "--datum", "WGS84"),
        )
        site = entered["sites"][0]
        speaks.command(
            *("site", "consent", flies.party, "--precision-m", str(PRECISION_M)),
            *("--until", str(self.now.plus_s(CONSENT_S)), "--words", "for the demonstration"),
        )
        if self.coarser is not None:
            speaks.command(
                *("site", "consent", self.coarser.party, "--precision-m", str(COARSE_M)),
                *("--until", str(self.now.plus_s(CONSENT_S)), "--words", "for the demonstration"),
            )
        wait_for(
            f"the hospital at {flies.party}",
            lambda: any(each["site"] == site for each in flies.get("/v1/sites")["sites"]),
            ARRIVE_S_MAX,
        )
        told = flies.command("notice", "preview", str(notice), code=TOUCHES_EXIT)
        self.seen |= {"site": site, "preview": told["touches"]}
        self.screen.line(f"  at {flies.party}: {told['touches']['words']}")
        for each in told["touches"]["touched"]:
            self.screen.line(
                f"    {each['kind']} of {each['owner']}, known to within {each['precision_m']:.0f} m"
            )

    def after(self, record: str) -> None:
        """The owner is told; two echelons acknowledge; the crews do not, and are listed and escalated.

        Raises:
            DemoError: a command failed, or something did not come in time.
        """
        speaks, flies = self.nodes

        def told() -> list[Mapping[str, Any]]:
            found: list[Mapping[str, Any]] = speaks.get("/v1/notices/touches")["touches"]
            return [each for each in found if each["record"] == record]

        wait_for(f"the touch at {speaks.party}", lambda: bool(told()), ARRIVE_S_MAX)
        touch = told()[0]
        self.seen["owner_told"] = {
            "notice": touch["notice"],
            "touched": [each["id"] for each in touch["touched"]],
        }
        self.screen.line(f"  at {speaks.party}: {touch['notice']} touches {touch['count']} of ours")
        shown = speaks.command("site", "exposures", self.seen["site"])
        self.seen["exposures"] = [each["way"] for each in shown]
        for name in TAKEN:
            speaks.command(
                *("echelon", "ack", record, "--level", LEVELS[name], "--name", name),
                *("--holder", "duty officer"),
            )
        wait_for(
            "the silent echelon, and its ladder, at both",
            lambda: all(self._is_silent_and_escalated(node, record) for node in self.nodes),
            ARRIVE_S_MAX,
        )
        self.seen["echelons"] = {node.party: self._echelons(node, record) for node in self.nodes}
        for node in self.nodes:
            listed = node.command("echelon", "list", "--silent", "--record", record, code=1)
            self.seen.setdefault("listed", {})[node.party] = len(listed["told"])
        for name, state in self.seen["echelons"][flies.party]["states"].items():
            self.screen.line(f"  at {flies.party}: {name} of {speaks.party}: {state.upper()}")

    def check(self) -> Check:
        """What must hold of it."""
        return check_protection(self.seen, self.nodes[0].party)

    def _is_silent_and_escalated(self, node: DemoNode, record: str) -> bool:
        told = self._echelons(node, record)
        return told["states"].get(SILENT) == "overdue" and len(told["steps_by"]) >= len(self.nodes)

    def _echelons(self, node: DemoNode, record: str) -> dict[str, Any]:
        listed = node.get("/v1/echelons", record=record, party=self.nodes[0].party)["told"]
        return {
            "states": {one["name"]: one["state"] for each in listed for one in each["echelons"]},
            "steps_by": sorted({one["by"] for each in listed for one in each["escalated"]}),
        }


def check_protection(seen: Mapping[str, Any], owner: str) -> Check:
    """Touched and told; nothing finer than consented; two echelons have it, and the crews are listed as silent."""
    breaches = []
    touched = {each["id"]: each for each in seen["preview"]["touched"]}
    mine = touched.get(seen["site"])
    if mine is None:
        breaches.append("the preview does not touch the hospital")
    elif mine["precision_m"] < PRECISION_M or mine["names"]:
        breaches.append(f"the preview knows the hospital to within {mine['precision_m']} m")
    if seen["site"] not in seen["owner_told"]["touched"]:
        breaches.append(f"{owner} was not told of its hospital")
    if "preview" not in seen["exposures"]:
        breaches.append("the preview is in no log of exposures")
    for party, told in seen["echelons"].items():
        wanted = {**dict.fromkeys(TAKEN, "acknowledged"), SILENT: "overdue"}
        if told["states"] != wanted:
            breaches.append(f"{party}: {told['states']}")
        if len(told["steps_by"]) < 2:
            breaches.append(f"{party}: the ladder was run by {told['steps_by']} alone")
        if not seen["listed"].get(party):
            breaches.append(f"{party}: the silent echelon is not listed")
    looked_at = len(touched) + sum(len(each["states"]) for each in seen["echelons"].values())
    return Check("an owner touched is told, a silent echelon is listed", looked_at, (*breaches,))
