"""The line between two nodes in two processes: FLASH, answers, stop, checks, a node that was away."""

import json
import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.integration.test_two_nodes import _intent, agree, comity, tomorrow
from tests.node_homes import RunningNode, make_home, plan_file, until

from comity.entrypoints.api.line_messages import ItemTold, LineStatusTold, SpokenTold


def png() -> bytes:
    """A picture of one point."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    )


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[RunningNode]]:
    folder = tmp_path_factory.mktemp("line")
    running = [RunningNode(make_home(folder / name, name)) for name in ("Aurelia", "Borealis")]
    try:
        agree(running)
        yield running
    finally:
        for node in running:
            if node.process.is_alive():
                node.kill()


def item(node: RunningNode, digest: str) -> ItemTold:
    return node.client.get(f"/v1/line/items/{digest}", ItemTold)


def arrived(node: RunningNode, digest: str) -> bool:
    return digest in comity(node, "line", "list", "--json")["untaken"]


def flash(node: RunningNode, *more: object) -> dict[str, Any]:
    told: dict[str, Any] = comity(
        node, "line", "send", "Two of ours without radio", "--to", "borealis", "--subject",
        "No contact", "-p", "flash", "--position", "N 59 54.0 E 024 30.0 WGS84",
        "--height", "1500 m EGM2008", "--time", "2026-11-22T21:40:00+03:00",
        "--number", "2 aircraft", "--json", *more,
    )  # fmt: skip
    return told


@pytest.mark.requirement("LINE-001")
@pytest.mark.requirement("LINE-003")
@pytest.mark.requirement("LINE-012")
@pytest.mark.requirement("LINE-040")
def test_a_flash_is_taken_read_back_wrong_and_then_right(
    nodes: list[RunningNode], tmp_path: Path
) -> None:
    a, b = nodes
    (tmp_path / "map.png").write_bytes(png())
    digest = flash(a, "--attach", tmp_path / "map.png")["digest"]
    until(lambda: arrived(b, digest))
    until(lambda: item(a, digest).answers[0].receipt == "stored")
    unknown = item(a, digest).answers[0]
    assert (unknown.acknowledged, unknown.read_back, unknown.concurrence) == (None, "unknown", None)

    there = item(b, digest)
    shown = there.particulars.position
    assert shown is not None
    assert (shown.datum, shown.latitude_deg) == ("WGS84", 59.9)
    assert re.fullmatch(r"\d\d[A-Z]{3} \d{5} \d{5}", shown.grid or "")
    assert re.search(r"km [NSEW]+ \(\d{3}° true\) of \S+", shown.place or "")
    assert [each.name for each in there.attachments] == ["map.png"]

    comity(a, "line", "ack", digest[:12], code=3)  # its own side answers nothing
    comity(b, "line", "ack", digest[:12], "--remark", "in hand")
    comity(b, "line", "ack", digest[:12], code=3)  # a second answer would change nothing
    said = (
        "--height",
        "1500 m EGM2008",
        "--time",
        "2026-11-22T18:40:00Z",
        "--number",
        "2 aircraft",
    )
    comity(b, "line", "read-back", digest[:12], "--position", "59.9 24.5", *said, code=3)
    comity(
        b, "line", "read-back", digest[:12],
        "--position", "N 59 54.0 E 024 40.0 WGS84", *said, code=1,
    )  # fmt: skip
    until(lambda: item(a, digest).answers[0].read_back == "mismatch")
    [wrong] = [f for f in item(a, digest).answers[0].read_backs[0].fields if f.outcome != "match"]
    assert wrong.name == "position"
    assert re.match(r"9\.3 km E \(090 true\) of what was said", wrong.why)
    comity(b, "line", "read-back", digest[:12], "--position", "N 59 54.0 E 024 30.0 WGS84", *said)
    comity(b, "line", "concur", digest[:12], "--not", "--remark", "not before 19:00")
    comity(b, "line", "translate", digest[:12], "Две наших машины", "--language", "ru")
    until(lambda: item(a, digest).translations != [])
    answers = item(a, digest).answers[0]
    assert answers.acknowledged is not None
    assert answers.read_back == "match"
    assert answers.concurrence is not None
    assert answers.concurrence.answer == "do-not-concur"
    text = comity(a, "line", "show", digest[:12])
    assert "READ-BACK 1 of 2 by officer: MISMATCH position" in text
    assert re.search(r"READ-BACK 2 of 2 by officer \S+: match", text)
    assert "[ru, person's translation" in text
    assert item(a, digest).text == "Two of ours without radio"


@pytest.mark.requirement("LINE-020")
@pytest.mark.requirement("LINE-021")
def test_a_stop_marks_the_flights_it_speaks_of_at_both_nodes_until_it_is_released(
    nodes: list[RunningNode], tmp_path: Path
) -> None:
    a, b = nodes
    start, end = tomorrow(9), tomorrow(11)
    (tmp_path / "near").write_bytes(plan_file("NEAR", start=start, end=end))
    (tmp_path / "far").write_bytes(plan_file("FAR", west_deg=26.5, start=start, end=end))
    [near] = comity(b, "intent", "declare", tmp_path / "near", "--json")
    [far] = comity(b, "intent", "declare", tmp_path / "far", "--json")
    for declared in (near, far):
        until(lambda one=declared["intent"]: _intent(b, one).current.state == "accepted")
    stopped = comity(
        a, "line", "stop", "Our people are there", "--to", "borealis", "--subject", "Stop",
        "--position", "N 59 57.0 E 024 33.0 WGS84", "--radius-m", 3000, "--json",
    )  # fmt: skip
    until(lambda: arrived(b, stopped["digest"]))
    for node in nodes:
        assert _intent(node, near["intent"]).stop_requested == [stopped["digest"]]
        assert _intent(node, far["intent"]).stop_requested == []
        assert _intent(node, near["intent"]).current.state == "accepted"  # nobody is commanded
        assert "STOP REQUESTED" in comity(node, "intent", "list")
    assert any(alarm["code"] == "stop-requested" for alarm in alarms(b))
    comity(b, "line", "release", stopped["digest"], "--reason", "it suits us", code=3)
    comity(a, "line", "release", stopped["digest"], "--reason", "our people have left")
    until(lambda: _intent(b, near["intent"]).stop_requested == [])
    told = item(b, stopped["digest"]).stop
    assert told is not None
    assert (told.state, told.release_reason) == ("released", "our people have left")
    comity(b, "line", "ack", stopped["digest"])


@pytest.mark.requirement("LINE-020")
def test_a_stop_marks_the_notices_it_speaks_of_at_both_nodes_until_it_is_released(
    nodes: list[RunningNode], tmp_path: Path
) -> None:
    a, b = nodes
    sent = {}
    for name, centre in (("near", "N 59 57.0 E 024 33.0 WGS84"), ("far", "N 59 00.0 E 022 00.0")):
        file = tmp_path / name
        area = {"circle": {"centre": centre, "radius": "5 km"}}
        written = {"activity": "firing", "areas": [area], "starts": [tomorrow(9)]}
        file.write_text(json.dumps(written | {"ends": [tomorrow(11)]}))
        sent[name] = comity(b, "notice", "send", file, "--json")["notice"]
    until(lambda: comity(a, "notice", "list", "--json")["total"] == 2)
    stopped = comity(
        a, "line", "stop", "Our people are there", "--to", "borealis", "--subject", "Stop",
        "--position", "N 59 57.0 E 024 33.0 WGS84", "--radius-m", 3000, "--json",
    )["digest"]  # fmt: skip
    until(lambda: arrived(b, stopped))
    for node in nodes:
        told = item(node, stopped).stop
        assert told is not None
        assert told.notices == [sent["near"]]
        assert f"STOP REQUESTED by {stopped[:12]}" in comity(node, "notice", "show", sent["near"])
        assert "STOP REQUESTED" not in comity(node, "notice", "show", sent["far"])
        assert f"STOP REQUESTED for notice {sent['near']}" in comity(node, "line", "show", stopped)
    comity(a, "line", "release", stopped, "--reason", "our people have left")
    until(lambda: "STOP REQUESTED" not in comity(b, "notice", "show", sent["near"]))


@pytest.mark.requirement("LINE-022")
def test_none_of_ours_and_we_do_not_know_are_shown_as_different_answers(
    nodes: list[RunningNode],
) -> None:
    a, b = nodes
    words = []
    for answer in ("none", "unknown"):
        said = comity(
            a, "line", "deny", "See the scope", "--answer", answer, "--scope", "aircraft, east bank",
            "--from", "2026-11-22T18:00:00Z", "--until", "2026-11-22T19:00:00Z",
            "--to", "borealis", "--subject", "Who flies there", "--json",
        )  # fmt: skip
        digest = said["digest"]
        until(
            lambda d=digest: any(
                m["last"] == d for m in comity(b, "line", "list", "--json")["matters"]
            )
        )
        told = item(b, digest).denial
        assert told is not None
        assert (told.answer, told.scope) == (answer, "aircraft, east bank")
        words.append(told.words)
    assert "none of ours" in words[0]
    assert "do not know" in words[1]


@pytest.mark.requirement("LINE-030")
@pytest.mark.requirement("LINE-031")
def test_line_checks_are_answered_and_line_and_legal_status_are_told_apart(
    nodes: list[RunningNode],
) -> None:
    a, b = nodes
    until(lambda: status(a).lines[0].state == "working")
    comity(a, "line", "check", "borealis")
    until(lambda: status(b).lines[0].waits_for_person)
    assert status(a).lines[0].person_asked_at is not None
    assert status(b).lines[0].person_asked_at is None
    assert ": NO ANSWER" in comity(a, "line", "status")
    comity(b, "line", "check", "aurelia", "--answer")
    until(lambda: status(a).lines[0].answered_by_person == "officer")
    assert status(a).lines[0].person_asked_at is None
    assert status(a).legal_status == "in-force"
    assert "legal status of the agreement: in-force" in comity(a, "line", "status")


@pytest.mark.requirement("LINE-033")
@pytest.mark.requirement("LINE-034")
@pytest.mark.requirement("LINE-035")
def test_a_watch_is_handed_over_with_what_is_open_and_signed_by_both(
    nodes: list[RunningNode], tmp_path: Path
) -> None:
    a, b = nodes
    comity(a, "operator", "add", "grace", "--name", "Second officer", "--role", "officer")
    echelon = "officer on watch"
    comity(a, "roster", "take", echelon, "--reach", "desk 2", "--operator", "officer")
    until(lambda: any(w.officer == "officer" for w in status(b).watch))
    comity(a, "roster", "take", echelon, "--operator", "grace", code=3)
    offered = comity(
        a, "roster", "handover", echelon, "--to", "grace", "--operator", "officer", "--json"
    )
    assert [m["matter"] for m in offered["matters"]] == [
        m["matter"] for m in comity(a, "line", "list", "--operator", "officer", "--json")["matters"]
    ]
    assert offered["accepted"] is None
    comity(a, "roster", "accept", offered["digest"], "--operator", "officer", code=3)
    accepted = comity(a, "roster", "accept", offered["digest"], "--operator", "grace", "--json")
    assert accepted["accepted"]["operator"] == "grace"
    until(lambda: any(w.officer == "grace" for w in status(b).watch))
    page = tmp_path / "card.html"
    comity(a, "line", "card", "--html", page, "--operator", "grace")
    assert "grace" in page.read_text()
    assert "<script" not in page.read_text()
    assert "STOP: pass it on first, ask after." in comity(a, "line", "card", "--operator", "grace")


@pytest.mark.requirement("LINE-042")
def test_a_phrase_goes_by_number_and_is_shown_in_the_language_of_who_reads_it(
    nodes: list[RunningNode],
) -> None:
    a, b = nodes
    said = comity(
        a, "line", "send", "--phrase", 109, "--slot", "position=N 59 54.0 E 024 30.0 WGS84",
        "--slot", "height=FL320", "--slot", "time=2026-11-28T14:05:00Z",
        "--to", "borealis", "--subject", "Ours", "--operator", "officer", "--json",
    )  # fmt: skip
    until(lambda: said["digest"] in str(comity(b, "line", "list", "--json")))
    there = comity(b, "line", "show", said["digest"], "--language", "ar")
    assert "PHRASE 109" in there
    assert "[ar] " in there
    assert "[ru] " not in there
    assert "MGRS" in there  # what stands in the slots is shown, and read back, as a position
    comity(b, "line", "show", said["digest"], "--language", "xx", code=3)
    stop = comity(
        a, "line", "stop", "--phrase", 408, "--slot", "position=N 59 54.0 E 024 30.0 WGS84",
        "--radius-m", 5000, "--to", "borealis", "--subject", "Stop", "--operator", "officer", "--json",
    )  # fmt: skip
    until(lambda: stop["digest"] in str(comity(b, "line", "list", "--json")))
    assert "[tr] " in comity(b, "line", "show", stop["digest"], "--language", "tr")
    comity(a, "line", "stop", "--to", "borealis", "--subject", "S", "--operator", "officer", code=3)
    comity(a, "line", "send", "x", "--phrase", 109, "--to", "borealis", "--subject", "S",
           "--operator", "officer", code=3)  # fmt: skip


@pytest.mark.requirement("LINE-010")
@pytest.mark.requirement("LINE-036")
def test_a_flash_to_a_node_that_is_away_is_told_as_unknown_and_comes_when_it_is_back(
    nodes: list[RunningNode],
) -> None:
    a, b = nodes
    b.kill()
    digest = flash(a, "--operator", "officer")["digest"]
    peer = item(a, digest).recipients
    routine = [
        a.client.post(
            "/v1/line/messages",
            {
                "text": f"Routine {number}", "language": "en", "to": peer, "subject": "Papers",
                "precedence": "routine",
            },
            SpokenTold,
        ).state
        for number in range(40)
    ]  # fmt: skip
    assert routine[0] == "sent"
    assert routine[-1] == "held-back"
    assert item(a, digest).answers[0].receipt == "unknown"
    until(lambda: status(a).lines[0].reach == "unreachable")  # by its last check it works
    assert "UNREACHABLE NOW since " in comity(a, "line", "status", "--operator", "officer")
    b.start()
    until(lambda: arrived(b, digest))
    until(lambda: item(a, digest).answers[0].receipt == "stored")
    until(
        lambda: comity(a, "line", "list", "--operator", "officer", "--json")["held_back_count"] == 0
    )


def status(node: RunningNode) -> LineStatusTold:
    return node.client.get("/v1/line/status", LineStatusTold)


def alarms(node: RunningNode) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = comity(node, "status", "--json")["alarms"]
    return told
