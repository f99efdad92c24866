"""Three nodes in three processes over mutual TLS: one flight that concerns all of them, and one in its way."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.node_homes import RunningNode, make_home, plan_file, until

from comity.adapters.system_clock import SystemClock
from comity.entrypoints.api.messages import (
    AgreementsTold,
    AgreementTold,
    CardTold,
    DeclaredTold,
    DraftedTold,
    IntentTold,
    PeerTold,
    RecordTold,
)
from comity.entrypoints.cli.exit_codes import RefusedError
from comity.entrypoints.cli.proving import verify_home
from comity.entrypoints.home import HomeLayout

DAY_S = 86_400.0
PLACES = (
    b'"volumes"',
    b"245000000",
    b"599000000",
)  # of the flight's record: its west and south edge
NAMES = ("Aurelia", "Borealis", "Cisalpina")


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[list[RunningNode]]:
    running = [RunningNode(make_home(tmp_path / name, name)) for name in NAMES]
    try:
        yield running
    finally:
        for node in running:
            node.kill()


def agree(nodes: list[RunningNode], disclosure: str) -> None:
    first = nodes[0]
    cards = [node.client.get("/v1/card", CardTold).card for node in nodes]
    for node in nodes:
        for other, card in zip(nodes, cards, strict=True):
            if other is not node:
                node.client.post("/v1/peers", {"card": card}, PeerTold)
    body = {
        "title": "Gulf", "south_deg": 58.0, "west_deg": 20.0, "north_deg": 62.0, "east_deg": 30.0,
        "valid_from": "2026-01-01T00:00:00Z", "valid_until": "2035-01-01T00:00:00Z",
        "horizontal_m": 500.0,
    }  # fmt: skip
    text = first.client.post("/v1/agreements/draft", body, DraftedTold).text
    text = text.replace('disclosure = "full"', f'disclosure = "{disclosure}"')
    assert f'disclosure = "{disclosure}"' in text
    digest = first.client.post("/v1/agreements", {"text": text}, AgreementTold).digest
    for node in nodes:
        until(lambda node=node: bool(node.client.get("/v1/agreements", AgreementsTold).agreements))
        node.client.post(f"/v1/agreements/{digest}/sign", {}, AgreementTold)
    for node in nodes:
        until(lambda node=node: _state(node) == "in-force")


def _state(node: RunningNode) -> str:
    return node.client.get("/v1/agreements", AgreementsTold).agreements[0].state


def _flight(node: RunningNode, intent: str) -> str:
    """What a node tells of a flight: its state and label, or `unknown`."""
    try:
        current = node.client.get(f"/v1/intents/{intent}", IntentTold).current
    except RefusedError:
        return "unknown"
    return f"{current.state}, {current.label}"


@pytest.mark.requirement("DOORS-034")
@pytest.mark.parametrize("disclosure", ["full", "cells"])
def test_a_flight_is_accepted_by_all_three_and_one_in_its_way_by_none(
    nodes: list[RunningNode], disclosure: str
) -> None:
    agree(nodes, disclosure)
    first, *others = nodes
    day = str(SystemClock().now().plus_s(DAY_S))[:10]
    declared = first.client.post("/v1/intents", plan_file("ONE", day=day), DeclaredTold)
    assert declared.outcome == "proposed"
    for node in nodes:
        until(lambda node=node: _flight(node, declared.intent) == "accepted, deconflicted")
    current = first.client.get(f"/v1/intents/{declared.intent}", IntentTold).current
    assert {answer.answer for answer in current.answers} == {"assent"}
    assert len(current.answers) == len(others)
    for node in others:
        refused = node.client.post("/v1/intents", plan_file("OTHER", day=day), DeclaredTold)
        assert (refused.outcome, refused.reason) == ("not-possible", "conflict")
        assert [met.intent for met in refused.met] == [declared.intent]
    record = f"/v1/records/{declared.digest}"
    until(lambda: all(e.receipted for e in first.client.get(record, RecordTold).deliveries))
    for node in nodes:
        assert node.stop() == 0
        assert verify_home(node.layout.root)["faults"] == []
        found = {words for words in PLACES if in_store(node.layout, words)}
        assert found == (set(PLACES) if disclosure == "full" else set())


def in_store(layout: HomeLayout, words: bytes) -> bool:
    """Whether words stand in any file of a store, as they are or within base64, wherever they begin.

    Payloads are base64 of JSON: words within are found by their own base64 at each of three offsets,
    without the first and last digits, which depend on what stands beside them.
    """
    needles = [words]
    for offset in range(3):
        digits = base64.b64encode(b"\0" * offset + words).decode().rstrip("=")
        needles.append(digits[(0, 2, 3)[offset] : len(digits) - 1].encode())
    files = [path for path in layout.root.iterdir() if path.name.startswith(layout.store.name)]
    assert any(path.stat().st_size > 10_000 for path in files)
    return any(needle in path.read_bytes() for path in files for needle in needles)
