"""Two running nodes over TLS: certificates are renewed with the node keys, and nobody is parted by it."""

import hashlib
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.node_homes import RunningNode, make_home, until

from comity import bootstrap
from comity.application.make_bundle import Wanted
from comity.entrypoints.api.messages import (
    BundleSigned,
    BundleToSign,
    CardTold,
    KeysTold,
    PeerTold,
)
from comity.entrypoints.cli.bundling import chosen_from, write_bundle
from comity.entrypoints.cli.key_renewal import renew
from comity.entrypoints.home import read_running, split_address
from comity.entrypoints.home.keys import load_card, tls_identities
from comity.entrypoints.offline_verifier import verifying as offline_verifier


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[tuple[RunningNode, RunningNode]]:
    a, b = (RunningNode(make_home(tmp_path / name, name)) for name in ("Aurelia", "Borealis"))
    try:
        cards = [node.client.get("/v1/card", CardTold) for node in (a, b)]
        for node, other in ((a, cards[1]), (b, cards[0])):
            node.client.post("/v1/peers", {"card": other.card}, PeerTold)
        until(lambda: reach(a) == reach(b) == "reachable")
        yield a, b
    finally:
        for node in (a, b):
            node.kill()


@pytest.mark.requirement("DOORS-005")
def test_a_peer_that_was_away_while_the_certificate_was_renewed_still_connects(
    nodes: tuple[RunningNode, RunningNode],
) -> None:
    a, b = nodes
    before = shown(a)
    for revoke in (False, True):
        assert (b.stop(), a.stop()) == (0, 0)
        rotate(a, revoke=revoke)
        a.start()
        assert shown(a) not in {before, shown_by_card(b)}
        assert shown(a) == load_card(a.layout.current_card).key.statement.tls_certificate_sha256
        b.start()
        until(lambda: told(a) and reach(a) == reach(b) == "reachable")
        assert_evidence_holds(a)
    # B knows the new one now: the older ones are needed no more.
    assert a.stop() == 0
    for name in a.layout.older_tls_names():
        (a.layout.keys / f"{name}.crt").unlink()
        (a.layout.keys / f"{name}.key").unlink()
    assert len(tls_identities(a.layout)) == 1
    a.start()
    until(lambda: reach(a) == reach(b) == "reachable")


@pytest.mark.requirement("DOORS-005")
def test_both_renew_at_once_and_neither_knows_of_the_other(
    nodes: tuple[RunningNode, RunningNode],
) -> None:
    a, b = nodes
    assert (a.stop(), b.stop()) == (0, 0)
    for node in nodes:
        rotate(node, revoke=False)
    for node in nodes:
        node.start()
    until(lambda: told(a) and told(b) and reach(a) == reach(b) == "reachable")


def assert_evidence_holds(node: RunningNode) -> None:
    """Its key records can be shown in a bundle, under keys old, new and revoked."""
    wanted = Wanted(kinds=("party.key",))
    chosen = chosen_from(node.layout.root, wanted, {})

    def sign(listed: BundleToSign) -> BundleSigned:
        return node.client.post("/v1/evidence/bundles", listed, BundleSigned)

    bundle = node.layout.root / "keys.zip"
    verified = write_bundle(chosen, [], "Keys", bundle, sign)
    numbers = [each.record.body["statement"]["sequence"] for each in verified.logs[0].shown]
    assert numbers == list(range(1, len(numbers) + 1))
    with bundle.open("rb") as file:
        second = offline_verifier.verify(file)
    assert [each["digest"] for each in second["logs"][0]["shown"]] == [
        each.record.digest for each in verified.logs[0].shown
    ]


def rotate(node: RunningNode, *, revoke: bool) -> None:
    renew(bootstrap.Composition(), node.layout.root, None, None, revoke=revoke)


def shown(node: RunningNode) -> str:
    """The digest of the certificate that a node shows to whoever asks for none."""
    running = read_running(node.layout)
    assert running is not None
    pem = ssl.get_server_certificate(split_address(running.peer_address, "peer"), timeout=60)
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()


def shown_by_card(node: RunningNode) -> str:
    return load_card(node.layout.card).key.statement.tls_certificate_sha256


def told(node: RunningNode) -> bool:
    """Whether the peer has receipted every key statement."""
    return not any(key.pending for key in node.client.get("/v1/keys", KeysTold).keys)


def reach(node: RunningNode) -> str:
    [peer] = node.client.get("/v1/peers", list[PeerTold])
    return peer.reach
