"""A live node is killed with SIGKILL at any moment, over and over; nothing that was answered is lost."""

import os
import random
import threading
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
    IntentsTold,
    PeerTold,
    RecordTold,
)
from comity.entrypoints.cli.exit_codes import NodeUnreachableError
from comity.entrypoints.cli.proving import verify_home

CYCLES = int(os.environ.get("COMITY_KILLS", "20"))
KILLED_AFTER_S_MAX = 0.25  # some kills come before the first answer, some after a dozen
SEED = 20_301 + int(os.environ.get("COMITY_KILLS_FROM", "0"))
DAY_S = 86_400.0


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[list[RunningNode]]:
    running = [RunningNode(make_home(tmp_path / name, name)) for name in ("Aurelia", "Borealis")]
    try:
        yield running
    finally:
        for node in running:
            node.kill()


def agree(a: RunningNode, b: RunningNode) -> None:
    cards = [node.client.get("/v1/card", CardTold).card for node in (a, b)]
    a.client.post("/v1/peers", {"card": cards[1]}, PeerTold)
    b.client.post("/v1/peers", {"card": cards[0]}, PeerTold)
    body = {
        "title": "Gulf", "south_deg": 50.0, "west_deg": 0.0, "north_deg": 61.0, "east_deg": 30.0,
        "valid_from": "2026-01-01T00:00:00Z", "valid_until": "2035-01-01T00:00:00Z",
        "horizontal_m": 100.0,
    }  # fmt: skip
    text = a.client.post("/v1/agreements/draft", body, DraftedTold).text
    digest = a.client.post("/v1/agreements", {"text": text}, AgreementTold).digest
    a.client.post(f"/v1/agreements/{digest}/sign", {}, AgreementTold)
    until(lambda: [each.waiting_for for each in _agreements(b)] == [[_party(b)]])
    b.client.post(f"/v1/agreements/{digest}/sign", {}, AgreementTold)
    until(lambda: [each.state for each in _agreements(a)] == ["in-force"])


def _agreements(node: RunningNode) -> list[AgreementTold]:
    return node.client.get("/v1/agreements", AgreementsTold).agreements


def _party(node: RunningNode) -> str:
    return node.client.get("/v1/card", CardTold).party


class Declarer:
    """Declares one flight after another, each in a place of its own, and keeps what it was told."""

    def __init__(self) -> None:
        self.count = 0
        self.answered: list[str] = []
        self.receipted: set[str] = set()
        self.day = str(SystemClock().now().plus_s(DAY_S))[:10]

    def declare_until_it_is_gone(self, node: RunningNode) -> None:
        while True:
            row, column = divmod(self.count, 140)
            plan = plan_file(
                f"F{self.count}", west_deg=0.5 + column / 5, south_deg=51 + row / 5, day=self.day
            )
            self.count += 1
            try:
                told = node.client.post("/v1/intents", plan, DeclaredTold)
                assert told.outcome == "proposed", told
                assert told.digest is not None
                self.answered.append(told.digest)
                self.note_receipts(node, self.answered[-3:])
            except NodeUnreachableError:
                return

    def note_receipts(self, node: RunningNode, digests: list[str]) -> None:
        for digest in digests:
            told = node.client.get(f"/v1/records/{digest}", RecordTold)
            if told.deliveries and all(each.receipted for each in told.deliveries):
                self.receipted.add(digest)


@pytest.mark.requirement("DOORS-035")
def test_nothing_answered_is_lost_when_the_node_is_killed(nodes: list[RunningNode]) -> None:
    a, b = nodes
    agree(a, b)
    declarer, chance = Declarer(), random.Random(SEED)
    for _ in range(CYCLES):
        before = len(declarer.answered)
        threading.Timer(chance.uniform(0, KILLED_AFTER_S_MAX), a.process.kill).start()
        declarer.declare_until_it_is_gone(a)
        a.kill()
        a.start()
        for digest in declarer.answered[max(0, before - 5) :]:
            told = a.client.get(f"/v1/records/{digest}", RecordTold)
            receipted = [each.receipted for each in told.deliveries]
            assert len(receipted) == 1, "an answered record has lost its place in the log"
            assert receipted == [True] or digest not in declarer.receipted
    assert len(declarer.answered) >= CYCLES
    assert declarer.receipted

    def all_there() -> bool:
        told = b.client.get("/v1/intents", IntentsTold, limit=1_000)
        shown = {each.current.digest for each in told.intents}
        return set(declarer.answered[:1_000]) <= shown

    until(all_there)
    for node in nodes:
        assert node.stop() == 0
        report = verify_home(node.layout.root)
        assert report["faults"] == []
        assert report["records"] > len(declarer.answered)
    print(f"{CYCLES} kills, {len(declarer.answered)} answered, {len(declarer.receipted)} receipted")
