"""Parties as people type them: by id, or by the word before its dot where one peer alone is called so."""

from collections.abc import Iterable, Mapping

from comity.entrypoints.api.messages import PeerTold
from comity.entrypoints.cli.access import NodeClient
from comity.kernel.errors import InputError

_ONE = ("party", "recipient")
_MANY = ("members", "parties", "to")


def parties_typed(client: NodeClient, names: Iterable[str], field: str = "to") -> list[str]:
    """Party ids of peers that were named by id, or by the word before the dot.

    Raises:
        InputError: no peer, or more than one, is called so; under `field`.
    """
    peers = [each.party for each in client.get("/v1/peers", list[PeerTold])]
    found: list[str] = []
    for name in names:
        fitting = [p for p in peers if p == name or p.partition(".")[0] == name]
        if len(fitting) != 1:
            raise InputError(field, f"{name!r} fits {len(fitting)} peers of {', '.join(peers)}")
        found.append(fitting[0])
    return found


def with_parties(client: NodeClient, body: Mapping[str, object]) -> dict[str, object]:
    """A body whose parties are ids. What has a dot is an id already: the node knows more parties than its peers.

    Raises:
        InputError: as `parties_typed`.
    """

    def whole(field: str, name: str) -> str:
        return name if "." in name else parties_typed(client, [name], field)[0]

    found = dict(body)
    for field in _ONE:
        if isinstance(one := body.get(field), str):
            found[field] = whole(field, one)
    for field in _MANY:
        if isinstance(many := body.get(field), list):
            found[field] = [whole(field, each) for each in many]
    return found
