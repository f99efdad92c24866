"""Who knew of a FLASH, told by both sides from their own stores; and a feed that is kept on disk."""

import time
from pathlib import Path

import pytest
from tests.integration.test_air_watch import Antenna
from tests.integration.test_line_two_nodes import arrived, flash, item
from tests.integration.test_two_nodes import agree, comity
from tests.node_homes import RunningNode, make_home, until

from comity.kernel.errors import StoreError
from comity.kernel.instants import instant_from_canonical

FIELDS = ("--datum", "WGS84", "--height", "1500 m EGM2008", "--time", "2026-11-22T21:40:00+03:00")
CASE = Path(__file__).resolve().parents[2] / "docs" / "cases" / "2015-11-24"
CLAIMS = (CASE / "turkey.toml", CASE / "russia.toml")
RIGHT = ("--position", "N 59 54.0 E 024 30.0", *FIELDS, "--number", "2 aircraft")
WRONG = ("--position", "N 59 49.0 E 024 30.0", *FIELDS, "--number", "2 aircraft")


@pytest.mark.requirement("RECON-001")
@pytest.mark.requirement("RECON-002")
@pytest.mark.requirement("RECON-003")
@pytest.mark.requirement("RECON-005")
def test_both_sides_tell_who_knew_of_a_flash_and_neither_takes_a_receipt_for_an_answer(
    tmp_path: Path,
) -> None:
    a, b = (RunningNode(make_home(tmp_path / name, name)) for name in ("Aurelia", "Borealis"))
    try:
        agree([a, b])
        digest = flash(a)["digest"]
        until(lambda: arrived(b, digest))
        until(lambda: item(a, digest).answers[0].receipt == "stored")
        known = comity(a, "knew", digest[:12], "--json")
        acts = [each["act"] for each in known["statements"] if each["known"]]
        assert acts == ["made", "sent", "received"]
        (unknown,) = [each for each in known["statements"] if not each["known"]]
        assert (unknown["act"], unknown["at"]) == ("acknowledged", None)
        received = known["statements"][-2]
        assert received["basis"] == "cosigned checkpoint"
        made = instant_from_canonical(known["statements"][0]["at"])
        assert abs(instant_from_canonical(received["not_after"]).minus(made)) < 30.0

        comity(b, "line", "read-back", digest, *WRONG, code=1)
        comity(b, "line", "read-back", digest, *RIGHT)
        comity(b, "line", "ack", digest)
        until(lambda: item(a, digest).answers[0].acknowledged is not None)
        told = {name: comity(node, "knew", digest, "--json") for name, node in (("a", a), ("b", b))}
        for side in told.values():
            assert side["contradictions"] == []
            found = {each["act"]: each for each in side["statements"] if each["known"]}
            assert found.keys() >= {
                "made",
                "received",
                "read back",
                "read back wrongly",
                "acknowledged",
            }
            assert "9.3 km" in found["read back wrongly"]["words"]
            assert found["acknowledged"]["person"] == "officer"
            assert not [
                each
                for each in side["statements"]
                if not each["known"] and each["act"] == "acknowledged"
            ]
        by = {
            name: {e["act"]: e["basis"] for e in side["statements"]} for name, side in told.items()
        }
        assert (by["a"]["made"], by["b"]["made"]) == ("own clock", "peer's signed claim")
        assert (by["a"]["acknowledged"], by["b"]["acknowledged"]) == (
            "peer's signed claim",
            "own clock",
        )
        svg = tmp_path / "knew.svg"
        assert "RESTS ON" in comity(a, "knew", digest, "--svg", svg)
        assert svg.read_text(encoding="utf-8").count("<circle") == len(told["a"]["statements"])
        now = comity(a, "incident", "replay", "--at", str(made.plus_s(0.0)))
        assert "messages" in now
        page = tmp_path / "report.html"
        comity(
            a, "report", "incident", *CLAIMS, "-o", page, "--knew", digest, "--record", digest[:10]
        )
        text = page.read_text(encoding="utf-8")
        assert "Two of ours without radio" in text
        assert "read back wrongly line.message" in text
        assert "is not known from it" not in text
        comity(a, "report", "incident", *CLAIMS, "-o", page, "--record", "abcdef", code=3)
    finally:
        for node in (a, b):
            node.kill()


def seen(node: RunningNode) -> int:
    """How many tracks there are; none while the watch starts."""
    try:
        return int(node.client.get("/v1/air/tracks", dict)["total"])
    except StoreError:
        return 0


@pytest.mark.requirement("RECON-020")
@pytest.mark.requirement("RECON-021")
def test_a_running_node_keeps_what_its_feed_brought_and_writes_the_last_of_it_when_it_ends(
    tmp_path: Path,
) -> None:
    antenna = Antenna()
    node = RunningNode(make_home(tmp_path / "a"))
    try:
        address = f"tcp://127.0.0.1:{antenna.port}"
        comity(node, "feed", "add", "roof", address, "--format", "sbs1")
        until(lambda: seen(node) >= 2, 120)
        time.sleep(2.5)
        newest = node.client.get("/v1/air", dict)["at"]
        node.stop()
        told = comity(node, "incident", "replay", "--at", newest, "--json")
        assert told["plots_kept"] is True
        assert len(told["tracks"]) >= 2
        assert {each["feed"] for each in told["tracks"]} == {"roof"}
        later = comity(node, "incident", "replay", "--at", "2099-01-01T00:00:00Z")
        assert "tracks unknown: no plots were kept" in later
    finally:
        node.kill()
        antenna.stop()
