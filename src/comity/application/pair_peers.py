"""Pairing, and the keys of one's own party."""

from comity.application.accept_record import CARD_KIND, REMOVAL_KIND, UNFREEZE_KIND
from comity.application.node import Node
from comity.domain.agreement import (
    PartyCard,
    SignedKeyStatement,
    decode_card,
    key_draft,
)
from comity.domain.records import Draft, Record
from comity.kernel.errors import InputError
from comity.kernel.ids import NODE_OPERATOR, OperatorId, PartyId
from comity.kernel.instants import Instant


def accept_peer(node: Node, card_line: str, operator: OperatorId, at: Instant) -> PartyCard:
    """Pin a peer by its card; people have compared the pairing words before.

    Raises:
        InputError: the card is damaged, one's own, or contradicts what is pinned already.
    """
    card = decode_card(card_line)
    if card.party == node.party:
        raise InputError("card", "is this node's own card; give it to the other party")
    node.issue(Draft(CARD_KIND, (), {"card": card_line.strip()}, operator), at)
    return card


def announce_key(
    node: Node,
    statement: SignedKeyStatement,
    operator: OperatorId,
    at: Instant,
    tls_certificate: bytes | None = None,
) -> Record:
    """Tell every peer of a new, rotated or revoked node key, under the root's signature.

    Raises:
        InputError: it is no person's act, or the certificate is not the one that the root names.
    """
    if operator == NODE_OPERATOR:
        raise InputError("operator", "a key statement is a person's act")
    return node.issue(key_draft(statement, node.peers(), operator, tls_certificate), at)


def unfreeze_peer(
    node: Node, peer: PartyId, reason: str, operator: OperatorId, at: Instant
) -> Record:
    """Accept new intents with a peer again; a person answers for it, on record."""
    if peer not in node.frozen:
        raise InputError("peer", f"{peer} is not frozen")
    body = {"peer": peer, "reason": reason}
    return node.issue(Draft(UNFREEZE_KIND, (), body, operator), at)


def remove_peer(
    node: Node, peer: PartyId, reason: str, operator: OperatorId, at: Instant
) -> Record:
    """End a pairing: nothing is pulled from the peer or served to it any more; what was said stays.

    An agreement with it is not ended by this; nothing new is accepted with the peer meanwhile. Its
    card, accepted again, pairs anew, and the logs go on where they were.

    Raises:
        InputError: it is no peer of this node.
    """
    if peer not in node.peers():
        raise InputError("peer", f"{peer} is no peer of this node")
    body = {"peer": peer, "reason": reason}
    return node.issue(Draft(REMOVAL_KIND, (), body, operator), at)
