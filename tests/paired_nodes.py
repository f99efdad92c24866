"""Nodes in processes of their own that have each other's cards; two unless more names are given."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.integration.test_two_nodes import comity
from tests.node_homes import RunningNode, make_home

from comity.entrypoints.home import HomeLayout

NAMES = ("Aurelia", "Borealis", "Cisalpina", "Dalriada", "Elymais", "Frisia")


@contextmanager
def paired_nodes(
    folder: Path, secret: bytes | None = None, *, count: int = 2, **settings: str | int | bool
) -> Iterator[list[RunningNode]]:
    """Start and pair them, each with each; end them whatever happens. `secret` is that of a TURN server."""
    homes = [make_home(folder / name, name, **settings) for name in NAMES[:count]]
    for home in homes:
        if secret is not None:
            _write_secret(home, secret)
    running: list[RunningNode] = []
    try:
        running.extend(RunningNode(home) for home in homes)
        cards = [comity(node, "peer", "invite").strip() for node in running]
        for node, own in zip(running, cards, strict=True):
            for card in cards:
                if card != own:
                    comity(node, "peer", "accept", card, "--yes", "--json")
        yield running
    finally:
        for node in running:
            if node.process.is_alive():
                node.kill()


def party(node: RunningNode) -> str:
    """Whose node it is."""
    return str(comity(node, "peer", "invite", "--json")["party"])


def _write_secret(home: HomeLayout, secret: bytes) -> None:
    file = home.keys / "turn.secret"
    file.touch(mode=0o600)
    file.write_bytes(secret + b"\n")
