"""Two nodes in two processes that have each other's card."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.integration.test_two_nodes import comity
from tests.node_homes import RunningNode, make_home

from comity.entrypoints.home import HomeLayout


@contextmanager
def paired_nodes(
    folder: Path, secret: bytes | None = None, **settings: str | int | bool
) -> Iterator[list[RunningNode]]:
    """Start and pair them; end them whatever happens. `secret` is that of a TURN server."""
    homes = [make_home(folder / name, name, **settings) for name in ("Aurelia", "Borealis")]
    for home in homes:
        if secret is not None:
            _write_secret(home, secret)
    running = [RunningNode(home) for home in homes]
    try:
        cards = [comity(node, "peer", "invite").strip() for node in running]
        for node, card in zip(running, reversed(cards), strict=True):
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
