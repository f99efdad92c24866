"""Two nodes under an agreement, with something of everything on record at both, for requests that are made up."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from tests.fuzz_pool import Pool, family_of
from tests.integration.test_two_nodes import agree, comity
from tests.node_homes import RunningNode, make_home
from tests.paired_nodes import party

from comity.kernel.errors import ComityError

MADE = (
    "POST /v1/intents",
    "POST /v1/intents/announce",
    "POST /v1/notices/preview",
    "POST /v1/notices",
    "POST /v1/line/messages",
    "POST /v1/line/denials",
    "POST /v1/line/stops",
    "POST /v1/sites",
    "POST /v1/sites/consents",
    "POST /v1/movements",
    "POST /v1/groups",
    "POST /v1/meetings",
    "POST /v1/observation-policy",
    "POST /v1/observation-consents",
    "POST /v1/observations",
    "POST /v1/incidents",
    "POST /v1/incidents/{party}/{number}/claims",
    "POST /v1/incidents/{party}/{number}/files",
    "POST /v1/packs",
    "POST /v1/watch/take",
    "POST /v1/line/checks/{peer}",
)
ANSWERED = (
    "POST /v1/groups/{owner}/{number}/accept",
    "POST /v1/groups/{owner}/{number}/posts",
    "POST /v1/groups/{owner}/{number}/documents",
    "POST /v1/meetings/{owner}/{number}/answer",
    "POST /v1/meetings/{owner}/{number}/minutes",
    "POST /v1/line/items/{digest}/acknowledge",
    "POST /v1/line/items/{digest}/concur",
    "POST /v1/notices/{party}/{number}/acknowledge",
    "POST /v1/intents/proposals/{digest}/answer",
    "POST /v1/observations/{party}/{number}/release",
    "POST /v1/claims/{party}/{number}/give",
    "POST /v1/incidents/{party}/{number}/tell",
    "POST /v1/sites/erasures/{digest}/answer",
    "POST /v1/line/checks/{peer}/answer",
)
TRIES = 3


@contextmanager
def populated(folder: Path) -> Iterator[tuple[RunningNode, RunningNode, tuple[Pool, Pool]]]:
    """The node that is asked, its peer, and what each has told."""
    nodes: list[RunningNode] = []
    try:
        nodes.extend(
            RunningNode(make_home(folder / name, name)) for name in ("Aurelia", "Borealis")
        )
        one, other = nodes
        agree(nodes)
        own, theirs = party(one), party(other)
        pools = Pool(one, own, theirs), Pool(other, theirs, own)
        document = one.client.get("/v1/openapi.json", dict)
        pools[0].keep("peers", "card", comity(other, "peer", "invite").strip())
        for turn in range(2):
            for node, pool in zip(nodes, pools, strict=True):
                _make(node, pool, MADE, Random(turn), document)
        yield one, other, pools
    finally:
        for node in nodes:
            if node.process.is_alive():
                node.kill()


def peer_acts(peer: RunningNode, pool: Pool, chance: Random, document: dict[str, Any]) -> None:
    """The other side makes something of everything again, and answers what was put to it."""
    _make(peer, pool, (*MADE, *ANSWERED * TRIES), chance, document)


def _make(
    node: RunningNode,
    pool: Pool,
    operations: tuple[str, ...],
    chance: Random,
    document: dict[str, Any],
) -> None:
    pool.look(document)
    for operation in operations:
        path = operation.split(" ")[1]
        stated = pool.path(path, chance)
        body = pool.body(operation, chance, pool.about(stated))
        for name, value in stated.items():
            path = path.replace(f"{{{name}}}", value)
        try:
            pool.take(family_of(path), node.client.post(path, body or {}, dict))
        except ComityError as error:
            pool.keep("refused", operation, str(error)[:300])
