"""Two nodes in two processes, by command line: a notice is previewed, touches an invented hospital, and is heard of."""

import base64
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.integration.test_observations_shared import party_of
from tests.integration.test_two_nodes import comity
from tests.node_homes import OFFICER, RunningNode, make_home, until

from comity.adapters.system_clock import SystemClock
from comity.entrypoints.api.messages import AgreementsTold, AgreementTold

OVERDUE_S = 4


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[RunningNode]]:
    folder = tmp_path_factory.mktemp("hazards")
    running = [RunningNode(make_home(folder / name, name)) for name in ("Aurelia", "Borealis")]
    try:
        yield running
    finally:
        for node in running:
            if node.process.is_alive():
                node.kill()


def agree_quickly(nodes: list[RunningNode]) -> None:
    """An agreement whose echelons have some seconds, and whose ladder runs at once."""
    a, b = nodes
    cards = [comity(node, "peer", "invite").strip() for node in nodes]
    comity(a, "peer", "accept", cards[1], "--yes", "--json")
    comity(b, "peer", "accept", cards[0], "--yes", "--json")
    text = comity(
        a, "agreement", "draft", "--title", "Gulf", "--area=59,22,61,27",
        "--from", "2026-01-01T00:00:00Z", "--until", "2035-01-01T00:00:00Z", "--json",
    )["text"]  # fmt: skip
    for minutes in (30, 60, 120):
        text = text.replace(f"within_min = {minutes}", f"within_s = {OVERDUE_S}")
    text = text.replace("after_min = 1\n", "after_s = 0\n")
    proposed = a.client.post("/v1/agreements", {"text": text}, AgreementTold)
    a.client.post(f"/v1/agreements/{proposed.digest}/sign", {}, AgreementTold)

    def state(node: RunningNode) -> list[str]:
        return [each.state for each in node.client.get("/v1/agreements", AgreementsTold).agreements]

    until(lambda: len(state(b)) == 1)
    comity(b, "agreement", "sign", proposed.digest[:12], "--json")
    until(lambda: state(a) == state(b) == ["in-force"])


def notice_file(path: Path, centre: str, **changed: Any) -> Path:
    soon = SystemClock().now().plus_s(900.0)
    written = {
        "activity": "rotary-wing",
        "areas": [{"circle": {"centre": centre, "radius": "2 km"}, "lower": ["0 m AGL"],
                   "upper": ["300 m AGL"]}],
        "starts": [str(soon)], "ends": [str(soon.plus_s(3_600.0))],
        "place": "near the coast", "description": "Two helicopters, low.", "contact": "Watch",
        **changed,
    }  # fmt: skip
    path.write_text(json.dumps(written), encoding="utf-8")
    return path


@pytest.mark.requirement("HAZARD-001")
@pytest.mark.requirement("HAZARD-004")
@pytest.mark.requirement("HAZARD-007")
@pytest.mark.requirement("HAZARD-015")
@pytest.mark.requirement("HAZARD-016")
def test_a_late_notice_is_previewed_touches_a_hospital_and_who_has_it_is_listed(
    nodes: list[RunningNode], tmp_path: Path
) -> None:
    a, b = nodes
    at_a, at_b = party_of(a), party_of(b)
    file = notice_file(tmp_path / "notice.json", "N 60 01.5 E 024 30.0")
    before = comity(a, "notice", "preview", file, "--json", code=1)
    assert before["touches"]["answer"] == "undetermined"
    assert before["buffers_assumed"]
    agree_quickly(nodes)
    site = comity(
        b, "site", "add", "hospital", "--name", "Invented hospital", "--lat", "60.0351234",
        "--lon", "24.5123456", "--owner", "Invented Trust", "--origin", "owner's list",
        "--origin-kind", "owner", "--datum", "WGS84", "--accuracy-m", "20", "--json",
    )["sites"][0]  # fmt: skip
    comity(b, "site", "consent", at_a, "--precision-m", "2000", "--until", "2034-01-01T00:00:00Z",
           "--words", "agreed")  # fmt: skip

    def known() -> bool:
        return bool(comity(a, "site", "list", "--json")["sites"])

    until(known)
    told = comity(a, "notice", "preview", file, "--json", code=1)
    [touch] = told["touches"]["touched"]
    assert (touch["id"], touch["kind"], touch["precision_m"]) == (site, "hospital", 2_000.0)
    assert touch["names"] == []
    assert {"late", "vague"} <= {each["code"] for each in told["checked"]["findings"]}
    assert "Finland" in told["borders"][0]["words"]
    printed = comity(a, "notice", "preview", file, code=1)
    assert "TOUCHES 1 NOTIFIED; NEAREST: HOSPITAL" in printed
    assert "Protection does not depend on notification" in printed

    def exposures() -> list[Any]:
        return [each for each in comity(b, "site", "exposures", site, "--json")
                if each["way"] == "preview"]  # fmt: skip

    until(lambda: len(exposures()) == 2)
    assert {(each["viewer"], each["precision_m"]) for each in exposures()} == {
        (f"{at_a} ({OFFICER})", 2_000.0)
    }
    far = notice_file(tmp_path / "far.json", "N 60 40.0 E 026 30.0")
    nothing = comity(a, "notice", "preview", far, "--json")
    assert nothing["touches"]["answer"] == "nothing-notified-here"

    sent = comity(a, "notice", "send", file, "--json")
    notice, record = sent["notice"], sent["record"]
    assert sent["touches"]["count"] == 1
    until(lambda: bool(comity(b, "notice", "touches", "--json")["touches"]))
    [received] = comity(b, "notice", "touches", "--json")["touches"]
    assert (received["notice"], received["touched"][0]["id"]) == (notice, site)
    comity(b, "notice", "object", notice, "patients cannot be moved", "--about", site)
    until(lambda: bool(comity(a, "notice", "show", notice, "--json")[0]["objections"]))
    shown = comity(a, "notice", "show", notice)
    assert f"OBJECTION of {at_b}" in shown
    assert f"owner {at_b}: told" in shown

    for level in ("headquarters", "unit"):
        comity(
            b, "echelon", "ack", record, "--level", level, "--name", level, "--holder", "duty desk"
        )

    def overdue(node: RunningNode) -> list[Any]:
        listed = node.client.get("/v1/echelons", Any, silent=True, party=at_b, record=record)[
            "told"
        ]
        found = [
            one["level"] for each in listed for one in each["echelons"] if one["state"] == "overdue"
        ]
        return [
            found,
            sorted({(one["by"], one["step"]) for each in listed for one in each["escalated"]}),
        ]

    until(lambda: overdue(a)[0] == overdue(b)[0] == ["operator"])
    both = sorted([(at_a, 1), (at_b, 1)])
    until(lambda: overdue(a)[1] == overdue(b)[1] == both)
    words = comity(a, "echelon", "list", "--silent", "--record", record, code=1)
    assert "OVERDUE operator «operator»" in words
    assert "ACKNOWLEDGED unit «unit» duty desk" in words
    comity(b, "echelon", "ack", record, "--level", "operator", "--name", "operator",
           "--holder", "the one who flies")  # fmt: skip
    until(lambda: overdue(a) == overdue(b) == [[], []])

    place = [b"60.0351234", b"600351234", b"245123456", b"Invented hospital"]
    held = _payloads(a)
    assert any(site.encode() in each for each in held)
    assert [each for each in held for secret in place if secret in each] == []
    for log in a.layout.root.glob("**/*.log"):
        assert [each for each in place if each in log.read_bytes()] == []
    what_was_told_is_erased_by_whoever_holds_it(b, a, site)


def what_was_told_is_erased_by_whoever_holds_it(
    owner: RunningNode, holder: RunningNode, site: str
) -> None:
    """Asked, answered and shown by command line; the holder's file is sound, and starts again."""
    comity(owner, "site", "withdraw", party_of(holder), "--words", "in danger")

    def gone() -> bool:
        listed = comity(holder, "site", "list", "--json")["sites"]
        return all(each["state"] == "withdrawn" for each in listed)

    until(gone)
    asked = ("site", "ask-erase", party_of(holder), "--site", site, "--words", "threatened")
    comity(owner, *asked)
    assert "NOT ANSWERED, not known" in comity(owner, "site", "copies", site)
    until(lambda: bool(comity(holder, "site", "erasures", "--json")))
    [request] = comity(holder, "site", "erasures", "--json")
    said = comity(holder, "site", "answer-erase", request["request"], "--words", "none printed")
    assert "erased from 1 notice(s)" in said
    words = "erased by its own word"
    until(lambda: words in comity(owner, "site", "copies", site))
    report = comity(holder, "log", "verify", "--json")
    assert (report["faults"], report["erased"]) == ([], 1)
    assert comity(owner, "log", "verify", "--json")["faults"] == []
    assert holder.stop() == 0
    holder.start()
    assert comity(holder, "site", "erasures", "--json")[0]["state"] == "erased"


def _payloads(node: RunningNode) -> list[bytes]:
    """What every record in a node's store says, decoded."""
    with sqlite3.connect(f"file:{node.layout.root / 'store.db'}?mode=ro", uri=True) as store:
        rows = store.execute("SELECT content FROM envelope").fetchall()
    return [base64.b64decode(json.loads(content)["payload"]) for (content,) in rows]
