"""Two nodes in two processes, by command line: an observation goes out by policy, comes back, counts once."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.integration.test_two_nodes import agree, comity
from tests.node_homes import OFFICER, RunningNode, make_home, until

from comity.adapters.sqlite import SqliteRecordStore
from comity.domain.records import unwrap

SEEN: dict[str, Any] = {
    "kind": "hazard-to-flight",
    "nature": "smoke-or-ash",
    "position": "N 60 10.0 E 024 30.0",
    "within": "500 m",
    "begins": "2034-01-01T12:07:00Z",
    "ends": "2034-01-01T12:41:00Z",
    "words": "Smoke up to 2,000 ft, told by the tower's own lookout.",
    "words_below": "Smoke.",
    "source": {"kind": "person", "reliability": "B", "name": "Lookout"},
    "credibility": 2,
    "labels": ["open"],
}


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[RunningNode]]:
    folder = tmp_path_factory.mktemp("observed")
    running = [RunningNode(make_home(folder / name, name)) for name in ("Aurelia", "Borealis")]
    try:
        yield running
    finally:
        for node in running:
            if node.process.is_alive():
                node.kill()


def party_of(node: RunningNode) -> str:
    return str(comity(node, "status", "--json")["party"])


def payloads(node: RunningNode) -> list[bytes]:
    """What every record of a node's store says; the envelopes hold it in base64."""
    store = SqliteRecordStore(node.layout.store, read_only=True)
    try:
        return [unwrap(each.envelope_bytes).payload_bytes for each in store.journal()]
    finally:
        store.close()


def policy_file(path: Path, recipient: str, **changed: Any) -> Path:
    rule = {
        "kinds": ["hazard-to-flight"], "level_max": 12, "marking": "tlp:amber", "onward": [],
        "recipients": [recipient], "source": "reliability", "time_step_s": 3600,
        "two_persons": False, "words": "below-tear-line",
    }  # fmt: skip
    path.write_text(json.dumps({"labels": {"open": rule | changed}}), encoding="utf-8")
    return path


@pytest.mark.requirement("OBSERVE-016")
@pytest.mark.requirement("OBSERVE-009")
@pytest.mark.requirement("OBSERVE-014")
def test_what_goes_out_by_policy_comes_back_as_one_origin(
    nodes: list[RunningNode], tmp_path: Path
) -> None:
    a, b = nodes
    agree(nodes)
    at_a, at_b = party_of(a), party_of(b)
    file = tmp_path / "seen.json"
    file.write_text(json.dumps(SEEN), encoding="utf-8")
    comity(a, "observation", "policy", policy_file(tmp_path / "a.json", at_b, two_persons=True))
    seen = comity(a, "observation", "add", file, "--json")
    named = seen["observation"]
    first = ("--operator", OFFICER)
    comity(a, "operator", "add", "ben", "--name", "Ben", "--role", "officer", *first)
    [form] = comity(a, "observation", "preview", named, "--json", *first)
    assert form["two_persons"]
    comity(a, "observation", "release", named, "--to", at_b, *first, code=6)
    comity(a, "observation", "approve", named, "--to", at_b, "--form", form["form"],
           "--operator", "ben")  # fmt: skip
    comity(a, "observation", "release", named, "--to", at_b, *first)

    def there() -> list[Any]:
        return list(comity(b, "observation", "list", "--json")["observations"])

    until(lambda: len(there()) == 1)
    [report] = there()
    assert (report["words"], report["approved_by"]) == ("Smoke.", "ben")
    assert (report["area"]["level"], report["begins"]) == (12, "2034-01-01T12:00:00.000Z")
    assert [b"lookout" in each for each in payloads(a)].count(True) > 0  # the source is known here
    assert [each for each in payloads(b) if b"lookout" in each] == []
    sent = json.loads(form["body"])
    assert (sent["area"]["row"], sent["words"]) == (report["area"]["row"], "Smoke.")

    back = {**SEEN, "source": {"kind": "partner"}, "words": "",
            "provenance": [{"relation": "reported-by", "record": report["record"]}]}  # fmt: skip
    file.write_text(json.dumps(back), encoding="utf-8")
    comity(b, "observation", "policy", policy_file(tmp_path / "b.json", at_a))
    passed = comity(b, "observation", "add", file, "--json")
    comity(b, "observation", "release", passed["observation"], "--to", at_a)
    until(lambda: len(comity(a, "observation", "list", "--json", *first)["observations"]) == 2)
    words = comity(a, "observation", "support", named, *first)
    assert words.startswith("two reports, one origin; 1 is circular: it came back to its author\n")
    comity(a, "observation", "withdraw", named, "--reason", "a barbecue", *first)
    until(lambda: comity(b, "observation", "list", "--state", "withdrawn", "--json")["total"] == 1)
    [told] = comity(b, "observation", "list", "--author", at_b, "--json")["observations"]
    assert told["in_question"] == [report["record"]]
