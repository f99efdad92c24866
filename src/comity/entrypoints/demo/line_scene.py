"""What the two duty officers say to each other after the day of flights: a notice, a FLASH, a check of the line."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from comity.entrypoints.demo.agreement_text import LADDER_STEPS, Region
from comity.entrypoints.demo.checks import Check
from comity.entrypoints.demo.nodes import DemoNode, wait_for
from comity.entrypoints.demo.protection_scene import ProtectionScene
from comity.entrypoints.demo.screen import Screen
from comity.kernel.instants import Instant, instant_from_canonical

ARRIVE_S_MAX = 60.0  # a record on a loaded machine
NOTICE_LEAD_S = 900.0  # a quarter of what the agreement asks of a helicopter
NOTICE_LASTS_S = 3_600.0
MINUTE_MS = 60_000
HEIGHT = "1500 m EGM2008"
NUMBER = "2 aircraft"
FLAWS = ("late", "vague")
MISREAD_EXIT = 1  # of `comity line read-back`, where it does not match


@dataclass
class LineScene:
    """One side's late and vague notice; the other's FLASH, which nobody takes at first; a check of the line.

    Attributes:
        nodes: the first sends the FLASH, the second the notice, which touches what the last protects.
        seen: what each step showed, by name; goes into the summary as it is.
    """

    nodes: Sequence[DemoNode]
    region: Region
    out: Path
    screen: Screen
    now: Instant
    seen: dict[str, Any] = field(default_factory=dict)
    protection: ProtectionScene = field(init=False)

    def __post_init__(self) -> None:
        self.protection = ProtectionScene(
            [self.nodes[-1], self.nodes[1]], self.region, self.screen, self.now, self.nodes[0]
        )
        self.seen["protection"] = self.protection.seen

    def run(self) -> None:
        """Play it, in the commands that a person types.

        Raises:
            DemoError: a command failed, or something did not come in time.
        """
        self._notice()
        digest = self._flash()
        self._ladder(digest)
        self._answers(digest)
        self._line_check()

    def checks(self) -> list[Check]:
        """What must hold of it, from what both nodes showed."""
        return [
            check_notice(self.seen["notice"]),
            self.protection.check(),
            check_ladder(self.seen["ladder"]),
            check_read_backs(self.seen["read_backs"]),
            check_line(self.seen["line"]),
        ]

    def _notice(self) -> None:
        """Told for what it is at both nodes, by the same arithmetic."""
        author = self.nodes[1]
        soon = self.now.plus_s(NOTICE_LEAD_S)
        begins = Instant(soon.unix_ms - soon.unix_ms % MINUTE_MS)
        position = self.region.notice_position
        written = {
            "activity": "helicopter",
            "areas": [
                {
                    "circle": {"centre": position, "radius": "5 km"},
                    "lower": ["0 m EGM2008"],
                    "upper": ["1000 m EGM2008"],
                }
            ],
            "starts": [str(begins)],
            "ends": [str(begins.plus_s(NOTICE_LASTS_S))],
            "place": self.region.notice_place,
            "description": "two helicopters, low",
            "contact": "duty officer, by the line",
        }
        path = self.out / "notice.json"
        path.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
        self.protection.before(path)
        record = author.command("notice", "send", str(path))["record"]
        told = [self._arrived_notice(node, record) for node in self.nodes]
        self.seen["notice"] = {
            node.party: [
                {name: each[name] for name in ("code", "rule", "field", "words")}
                for each in shown["checked"]["findings"]
            ]
            for node, shown in zip(self.nodes, told, strict=True)
        }
        for party, findings in self.seen["notice"].items():
            for each in findings:
                code, rule, where = each["code"].upper(), each["rule"], each["field"]
                self.screen.line(f"  at {party}: {code} [{rule}] {where}: {each['words']}")
        self.protection.after(record)

    @staticmethod
    def _arrived_notice(node: DemoNode, record: str) -> Mapping[str, Any]:
        found: list[Mapping[str, Any]] = []

        def is_there() -> bool:
            listed = node.get("/v1/notices")["notices"]
            found.extend(each for each in listed if each["record"] == record)
            return bool(found)

        wait_for(f"the notice at {node.party}", is_there, ARRIVE_S_MAX)
        return found[0]

    def _flash(self) -> str:
        sender, receiver = self.nodes[:2]
        told = sender.command(
            *("line", "send", "Two of ours without radio. Do you see them?"),
            *("--to", receiver.party, "--subject", "Two aircraft without contact"),
            *("--precedence", "flash", "--position", self.region.flash_position),
            *("--height", HEIGHT, "--number", NUMBER),
        )
        digest = str(told["digest"])
        wait_for(
            f"the FLASH at {receiver.party}",
            lambda: digest in receiver.get("/v1/line")["untaken"],
            ARRIVE_S_MAX,
        )
        position = self._item(receiver, digest)["particulars"]["position"]
        self.screen.line(
            f"  at {receiver.party}: FLASH {digest[:12]}, {position['datum']}, "
            f"MGRS {position['grid']} · {position['place']}"
        )
        return digest

    def _ladder(self, digest: str) -> None:
        """Both nodes carry it on by themselves, and each has the other's word for it."""
        receiver = self.nodes[1]
        both = self.nodes[:2]
        steps = [(step, node.party) for step in range(1, LADDER_STEPS + 1) for node in both]
        for node in both:
            wait_for(
                f"the ladder of {receiver.party} at {node.party}",
                lambda node=node: len(self._steps(node, digest)) >= len(steps),  # type: ignore[misc]
                ARRIVE_S_MAX,
            )
        answers = self._item(self.nodes[0], digest)["answers"][0]
        self.seen["ladder"] = {
            "of": receiver.party,
            "expected": [list(each) for each in steps],
            "at": {node.party: self._steps(node, digest) for node in both},
            "receipt": answers["receipt"],
            "acknowledged_before": answers["acknowledged"] is not None,
        }
        self.screen.line(f"  stored at {receiver.party}; no person has acknowledged it")
        for each in self.seen["ladder"]["at"][receiver.party]:
            self.screen.line(
                f"  ladder of {receiver.party}, by {each['by']}: step {each['step']}, "
                f"{each['echelon']}, {each['after_s']:.1f} s after it was made"
            )

    def _steps(self, node: DemoNode, digest: str) -> list[dict[str, Any]]:
        item = self._item(node, digest)
        made_at = instant_from_canonical(item["made_at"])
        steps = [
            {
                "step": each["step"],
                "by": each["by"],
                "echelon": each["echelon"],
                "after_s": instant_from_canonical(each["made_at"]).minus(made_at),
            }
            for each in item["escalations"]
        ]
        return sorted(steps, key=lambda each: (each["step"], each["by"]))

    def _answers(self, digest: str) -> None:
        sender, receiver = self.nodes[:2]
        receiver.command("line", "ack", digest[:12])
        misread, right = self.region.misread_position, self.region.flash_position
        given: list[dict[str, Any]] = []
        for position, code in ((misread, MISREAD_EXIT), (right, 0)):
            receiver.command(
                *("line", "read-back", digest[:12], "--position", position),
                *("--height", HEIGHT, "--number", NUMBER),
                code=code,
            )
            count = len(given) + 1
            wait_for(
                f"the read-back at {sender.party}",
                lambda count=count: len(self._read_backs(sender, digest)) >= count,  # type: ignore[misc]
                ARRIVE_S_MAX,
            )
            shown = self._item(sender, digest)["answers"][0]
            fields = shown["read_backs"][-1]["fields"]
            wrong = [f"{f['name']}: {f['why']}" for f in fields if f["outcome"] != "match"]
            given.append({"expected": code == 0, "shown": shown["read_back"], "why": wrong})
            words = "matches" if not wrong else f"DOES NOT MATCH, {'; '.join(wrong)}"
            self.screen.line(f"  at {sender.party}: the read-back {words}")
        at_both = {
            node.party: [each["matched"] for each in self._read_backs(node, digest)]
            for node in (sender, receiver)
        }
        taken = self._item(sender, digest)["answers"][0]["acknowledged"]
        self.seen["read_backs"] = {
            "given": given,
            "at": at_both,
            "acknowledged_by": None if taken is None else taken["operator"],
        }

    def _line_check(self) -> None:
        """A person asks, a person there answers."""
        asking, asked = self.nodes[:2]
        asking.command("line", "check", asked.party)
        wait_for(
            f"the check at {asked.party}",
            lambda: self._line(asked, asking)["waits_for_person"],
            ARRIVE_S_MAX,
        )
        asked.command("line", "check", asking.party, "--answer")
        wait_for(
            f"the answer at {asking.party}",
            lambda: self._line(asking, asked)["answered_by_person"] is not None,
            ARRIVE_S_MAX,
        )
        for node, other in ((asking, asked), (asked, asking)):
            wait_for(
                f"the state of the line at {node.party}",
                lambda node=node, other=other: self._line(node, other)["state"] == "working",  # type: ignore[misc]
                ARRIVE_S_MAX,
            )
        self.seen["line"] = {
            "state": {
                node.party: self._line(node, other)["state"]
                for node, other in ((asking, asked), (asked, asking))
            },
            "answered_by_person": self._line(asking, asked)["answered_by_person"],
        }
        for party, state in self.seen["line"]["state"].items():
            self.screen.line(f"  at {party}: the line is {state}")

    @staticmethod
    def _item(node: DemoNode, digest: str) -> Mapping[str, Any]:
        told: Mapping[str, Any] = node.get(f"/v1/line/items/{digest}")
        return told

    def _read_backs(self, node: DemoNode, digest: str) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = self._item(node, digest)["answers"][0]["read_backs"]
        return found

    @staticmethod
    def _line(node: DemoNode, other: DemoNode) -> Mapping[str, Any]:
        lines = node.get("/v1/line/status")["lines"]
        found: Mapping[str, Any] = next(each for each in lines if each["party"] == other.party)
        return found


def check_notice(seen: Mapping[str, Any]) -> Check:
    """Both nodes tell the notice as late and as vague."""
    breaches = []
    for party, findings in seen.items():
        codes = {each["code"] for each in findings}
        breaches += [f"{party}: not told as {code}" for code in FLAWS if code not in codes]
    return Check("all nodes tell a late and vague notice for what it is", len(seen), (*breaches,))


def check_ladder(seen: Mapping[str, Any]) -> Check:
    """A FLASH is stored, has no person's word, and each step is on record by both nodes at both."""
    breaches = []
    if seen["receipt"] != "stored":
        breaches.append(f"receipt {seen['receipt']}")
    if seen["acknowledged_before"]:
        breaches.append("shown as acknowledged by a person before one did")
    looked_at = 0
    for party, steps in seen["at"].items():
        looked_at += len(steps)
        found = {(each["step"], each["by"]) for each in steps}
        missing = {(step, by) for step, by in seen["expected"]} - found
        breaches += [f"{party}: no step {step} by {by}" for step, by in sorted(missing)]
    return Check("a FLASH that nobody takes is carried up the ladder", looked_at, (*breaches,))


def check_read_backs(seen: Mapping[str, Any]) -> Check:
    """What is read back wrong is shown as wrong, what is read back right as right, alike at both."""
    breaches = []
    expected = [each["expected"] for each in seen["given"]]
    for each in seen["given"]:
        word = "match" if each["expected"] else "mismatch"
        if each["shown"] != word:
            breaches.append(f"shown as {each['shown']}, not {word}")
    for party, matched in seen["at"].items():
        if matched != expected:
            breaches.append(f"{party}: {matched}")
    if seen["acknowledged_by"] is None:
        breaches.append("no person's acknowledgement is shown")
    looked_at = sum(len(matched) for matched in seen["at"].values())
    return Check("no read-back that differs passes for one that matches", looked_at, (*breaches,))


def check_line(seen: Mapping[str, Any]) -> Check:
    """The line works at both ends, and a person answered."""
    breaches = [f"{party}: {state}" for party, state in seen["state"].items() if state != "working"]
    if seen["answered_by_person"] is None:
        breaches.append("no person answered")
    return Check("the line works at both ends", len(seen["state"]), (*breaches,))
