"""Two running nodes: one ends the pairing, and takes it up again."""

import pytest
from tests.node_homes import RunningNode, make_home, until

from comity.entrypoints.api.messages import CardTold, JournalTold, PeerTold


@pytest.mark.requirement("DOORS-018")
def test_a_pairing_is_ended_and_taken_up_again(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("removed")
    a, b = (RunningNode(make_home(folder / name, name)) for name in ("Aurelia", "Borealis"))
    try:
        cards = [node.client.get("/v1/card", CardTold) for node in (a, b)]
        for node, other in ((a, cards[1]), (b, cards[0])):
            node.client.post("/v1/peers", {"card": other.card}, PeerTold)
        until(lambda: reach(a) == reach(b) == "reachable")

        path = f"/v1/peers/{cards[1].party}/remove"
        told = a.client.post(path, {"reason": "for the test"}, PeerTold)
        assert (told.reach, told.removed_at is None) == ("removed", False)
        until(lambda: reach(b) in {"refused", "unreachable"})
        assert reach(a) == "removed"
        entries = a.client.get("/v1/journal", JournalTold).entries
        assert [(each.kind, each.operator) for each in entries][-1] == ("peer.removal", "officer")

        a.client.post("/v1/peers", {"card": cards[1].card}, PeerTold)
        until(lambda: reach(a) == reach(b) == "reachable")
    finally:
        assert [node.stop() for node in (a, b)] == [0, 0]


def reach(node: RunningNode) -> str:
    [peer] = node.client.get("/v1/peers", list[PeerTold])
    return peer.reach
