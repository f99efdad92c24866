"""Peers, agreements, keys and operators: what the parties are to each other."""

import asyncio

from comity.adapters.http_peer import check_certificate
from comity.adapters.natural_earth import border_data_set
from comity.application.agree_terms import (
    find_agreement,
    propose_agreement,
    sign_agreement,
    state_agreement,
)
from comity.application.node import Node
from comity.application.pair_peers import accept_peer, announce_key, remove_peer, unfreeze_peer
from comity.domain.agreement import (
    DraftBorder,
    DraftParty,
    StatementAction,
    decode_card,
    draft_agreement,
    encode_card,
    open_key_body,
    parse_agreement,
)
from comity.domain.airspace import EdgeKind, Shape, ShapeKind
from comity.domain.operators import Action, Operator, Role, authorise
from comity.domain.operators.two_persons import change_draft, rule_draft
from comity.entrypoints.api.access import tell_link
from comity.entrypoints.api.access_messages import GiveRoles, LinkTold, Nothing
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.messages import (
    AddOperator,
    AddPeer,
    AgreementsTold,
    AgreementTold,
    AnnounceKey,
    CardTold,
    DraftAgreement,
    DraftedTold,
    KeysTold,
    OperatorTold,
    PeerReason,
    PeerTold,
    ProposeAgreement,
    RecordTold,
    StateAgreement,
)
from comity.entrypoints.api.proposals import done_by_two
from comity.entrypoints.api.routing import get, post
from comity.entrypoints.api.telling import (
    tell_agreement,
    tell_history,
    tell_keys,
    tell_peer,
    tell_record,
)
from comity.kernel.errors import AgreementError, InputError, StoreError
from comity.kernel.ids import operator_id, party_id
from comity.kernel.instants import Instant, instant_from_rfc3339


@get("/v1/card", summary="This party's card")
async def show_card(context: ApiContext, operator: Operator) -> CardTold:
    """One line to give to another party, with the addresses in use."""
    authorise(operator, Action.STATUS_READ)
    card = context.own_card()
    return CardTold(
        party=card.party, name=card.name, card=encode_card(card), addresses=list(card.addresses)
    )


@get("/v1/peers", summary="The peers and the ways to them")
async def list_peers(context: ApiContext, operator: Operator) -> list[PeerTold]:
    """Reachable or not, since when, and what is owed."""
    authorise(operator, Action.STATUS_READ)

    def work(node: Node, _at: Instant) -> list[PeerTold]:
        known = sorted({*node.peers(), *node.removed})
        return [tell_peer(node, peer, context.link_state(peer)) for peer in known]

    return await context.service.do(work)


@post("/v1/peers", summary="Pin a peer by its card")
async def add_peer(data: AddPeer, context: ApiContext, operator: Operator) -> PeerTold:
    """After two people have read the pairing words to each other."""
    authorise(operator, Action.PEER_ENROL)
    offered = decode_card(data.card)
    check_certificate(offered.tls_certificate, offered.party)

    def work(node: Node, at: Instant) -> PeerTold:
        card = accept_peer(node, data.card, operator.id, at)
        return tell_peer(node, card.party, context.link_state(card.party))

    return await context.service.do(work)


@post("/v1/peers/{peer}/unfreeze", summary="Accept new flights again")
async def unfreeze(
    data: PeerReason, context: ApiContext, operator: Operator, peer: str
) -> RecordTold:
    """After a proof of lying; a person answers for it, on record."""
    authorise(operator, Action.PEER_UNFREEZE)
    frozen = party_id(peer)

    def work(node: Node, at: Instant) -> RecordTold:
        record = unfreeze_peer(node, frozen, data.reason, operator.id, at)
        return tell_record(node, record.digest, record.kind)

    return await done_by_two(context, work)


@post("/v1/peers/{peer}/remove", summary="End a pairing")
async def remove(data: PeerReason, context: ApiContext, operator: Operator, peer: str) -> PeerTold:
    """Nothing is pulled from it or served to it any more; what was said stays."""
    authorise(operator, Action.PEER_ENROL)
    removed = party_id(peer)

    def work(node: Node, at: Instant) -> PeerTold:
        remove_peer(node, removed, data.reason, operator.id, at)
        return tell_peer(node, removed, None)

    return await context.service.do(work)


@get("/v1/agreements", summary="Every text, how it stands, and what was said of it")
async def list_agreements(context: ApiContext, operator: Operator) -> AgreementsTold:
    """In the order in which this node took them in."""
    authorise(operator, Action.STATUS_READ)

    def work(node: Node, at: Instant) -> AgreementsTold:
        return AgreementsTold(
            agreements=[tell_agreement(node, each, at) for each in node.agreements.agreements()],
            history=[tell_history(entry) for entry in node.agreements.history()],
        )

    return await context.service.do(work)


@get("/v1/agreements/{digest}", summary="Show one text")
async def show_agreement(context: ApiContext, operator: Operator, digest: str) -> AgreementTold:
    """By its digest or the first eight digits of it or more."""
    authorise(operator, Action.STATUS_READ)

    def work(node: Node, at: Instant) -> AgreementTold:
        return tell_agreement(node, find_agreement(node, digest), at, with_text=True)

    return await context.service.do(work)


@post("/v1/agreements", summary="Offer a text to its other parties")
async def propose(data: ProposeAgreement, context: ApiContext, operator: Operator) -> AgreementTold:
    """It binds nobody before every party has signed it."""
    authorise(operator, Action.AGREEMENT_PROPOSE)

    def work(node: Node, at: Instant) -> AgreementTold:
        record = propose_agreement(node, data.text, operator.id, at)
        return tell_agreement(node, find_agreement(node, record.body["agreement"]), at)

    return await context.service.do(work)


@post("/v1/agreements/draft", summary="A complete first text to edit")
async def draft(data: DraftAgreement, context: ApiContext, operator: Operator) -> DraftedTold:
    """Nothing is recorded. The parties stand in the order of their ids."""
    authorise(operator, Action.STATUS_READ)
    box = Shape(
        ShapeKind.RING,
        latitude_deg=(data.south_deg, data.south_deg, data.north_deg, data.north_deg),
        longitude_deg=(data.west_deg, data.east_deg, data.east_deg, data.west_deg),
        radius_m=0.0,
        edge=EdgeKind.CHORD,
    )
    border = await asyncio.to_thread(_border)

    def work(node: Node, _at: Instant) -> DraftedTold:
        chosen = node.peers() if data.parties is None else tuple(map(party_id, data.parties))
        cards = [node.directory.card(party) for party in sorted({node.party, *chosen})]
        text = draft_agreement(
            title=data.title,
            parties=[DraftParty(card.party, card.name, card.root_key) for card in cards if card],
            area=(box,),
            valid_from=instant_from_rfc3339(data.valid_from, "valid_from"),
            valid_until=instant_from_rfc3339(data.valid_until, "valid_until"),
            horizontal_m=data.horizontal_m,
            vertical_m=data.vertical_m,
            disclosure=data.disclosure,
            assent_by=data.assent_by,
            border=border,
        )
        parse_agreement(text)
        return DraftedTold(text=text)

    return await context.service.do(work)


@post("/v1/agreements/{digest}/sign", summary="Sign a text")
async def sign(context: ApiContext, operator: Operator, digest: str) -> AgreementTold:
    """The person's id stands in the signature's record."""
    authorise(operator, Action.AGREEMENT_SIGN)

    def work(node: Node, at: Instant) -> AgreementTold:
        agreement = find_agreement(node, digest)
        sign_agreement(node, agreement.digest, operator.id, at)
        return tell_agreement(node, agreement, at)

    return await done_by_two(context, work)


@post("/v1/agreements/{digest}/state", summary="Suspend, restore or withdraw")
async def state(
    data: StateAgreement, context: ApiContext, operator: Operator, digest: str
) -> AgreementTold:
    """One side's own statement, recorded and shown as unilateral."""
    authorise(operator, Action.AGREEMENT_STATE)
    effective_at = None
    if data.effective_at is not None:
        effective_at = instant_from_rfc3339(data.effective_at, "effective_at")

    def work(node: Node, at: Instant) -> AgreementTold:
        agreement = find_agreement(node, digest)
        action = StatementAction(data.action)
        state_agreement(node, agreement.digest, action, data.reason, operator.id, at, effective_at)
        return tell_agreement(node, agreement, at)

    return await context.service.do(work)


@get("/v1/keys", summary="This party's node keys")
async def list_keys(context: ApiContext, operator: Operator) -> KeysTold:
    """And the peers that have not been told of each."""
    authorise(operator, Action.STATUS_READ)

    def work(node: Node, _at: Instant) -> KeysTold:
        return KeysTold(party=node.party, keys=tell_keys(node))

    return await context.service.do(work)


@post("/v1/keys", summary="Tell the peers of a rotated or revoked node key")
async def add_key(data: AnnounceKey, context: ApiContext, operator: Operator) -> RecordTold:
    """Under the root key's signature, which is made offline. Where it takes two, it is proposed while the node runs."""
    authorise(operator, Action.KEY_ROTATE)
    body, version = data.statement, 1
    if data.tls_certificate_base64 is not None:
        body, version = {**body, "tls_certificate_base64": data.tls_certificate_base64}, 2
    signed, certificate = open_key_body(body, version)
    if certificate is not None:
        check_certificate(certificate, signed.statement.party)

    def work(node: Node, at: Instant) -> RecordTold:
        if context.serving and not node.two_persons.required:
            why = "the node is running; stop it first, it signs with the old key"
            raise AgreementError("node-running", why)
        record = announce_key(node, signed, operator.id, at, certificate)
        return tell_record(node, record.digest, record.kind)

    return await done_by_two(context, work)


@get("/v1/operators", summary="Who may ask this node, and for what")
async def list_operators(context: ApiContext, operator: Operator) -> list[OperatorTold]:
    """Names and roles; tokens are in their files only."""
    authorise(operator, Action.STATUS_READ)
    return [_tell_operator(each) for each in context.operators]


@post("/v1/operators", summary="Take in an operator")
async def add_operator(data: AddOperator, context: ApiContext, operator: Operator) -> OperatorTold:
    """Writes a token file that only the owner of the node's home can read."""
    authorise(operator, Action.OPERATOR_MANAGE)
    roles = _roles(data.roles)
    added = context.add_operator(operator_id(data.id), data.name, roles)
    await _record_change(context, added, "added", operator)
    return _tell_operator(added)


@post("/v1/operators/{person}/roles", summary="Give an operator other roles")
async def give_roles(
    data: GiveRoles, context: ApiContext, operator: Operator, person: str
) -> OperatorTold:
    """Sessions and open streams of that person end within five seconds."""
    authorise(operator, Action.OPERATOR_MANAGE)
    changed = context.set_roles(operator_id(person), _roles(data.roles))
    context.access.end_all(changed.id)
    context.events.end(changed.id)
    context.air.streams.end(changed.id)
    await _record_change(context, changed, "roles", operator)
    return _tell_operator(changed)


@post("/v1/operators/{person}/link", summary="A one-time link for an operator")
async def make_link(
    data: Nothing, context: ApiContext, operator: Operator, person: str
) -> LinkTold:
    """With it a person enrols a passkey, or a password and a code generator; told this once."""
    del data
    authorise(operator, Action.OPERATOR_MANAGE)
    whose = operator_id(person)
    secret, link = context.access.make_link(whose, "administrator", context.service.now())
    await _record_change(context, context.operators.get(whose), "link", operator)
    return tell_link(secret, link)


@post("/v1/operators/{person}/revoke", summary="Let an operator act no more")
async def revoke_operator(context: ApiContext, operator: Operator, person: str) -> OperatorTold:
    """From the next request on. The id stays in the records, and is given to nobody else."""
    authorise(operator, Action.OPERATOR_MANAGE)
    revoked = context.revoke_operator(operator_id(person))
    context.access.forget(revoked.id)
    context.events.end(revoked.id)
    await _record_change(context, revoked, "revoked", operator)
    context.air.streams.end(revoked.id)
    return _tell_operator(revoked)


PARTY_ROUTES = (
    add_key,
    add_operator,
    add_peer,
    draft,
    give_roles,
    list_agreements,
    list_keys,
    list_operators,
    list_peers,
    make_link,
    propose,
    remove,
    revoke_operator,
    show_agreement,
    show_card,
    sign,
    state,
    unfreeze,
)


def _roles(stated: list[str]) -> frozenset[Role]:
    unknown = sorted(set(stated) - set(Role))
    if unknown:
        raise InputError("roles", f"{unknown[0][:40]!r} is none of {', '.join(Role)}")
    return frozenset(Role(role) for role in stated)


async def _record_change(
    context: ApiContext, person: Operator | None, change: str, operator: Operator
) -> None:
    """Put a change of who may act on record; where a second who may approve is there, two are needed from then on."""
    if person is None:
        return
    several = len(context.operators.who_may(Action.PROPOSAL_DECIDE)) > 1

    def work(node: Node, at: Instant) -> None:
        node.issue(change_draft(person.id, change, sorted(person.roles), operator.id), at)
        if several and node.two_persons.rule is None:
            reason = f"{person.id} is a second who may approve"
            node.issue(rule_draft(reason, operator.id, two_persons=True), at)

    try:
        await context.service.do(work)
    except AgreementError as error:
        # a node that signs nothing for now must be able to shut a person out all the same
        if error.reason != "recovering":
            raise


def _tell_operator(operator: Operator) -> OperatorTold:
    revoked_at = None if operator.revoked_at is None else str(operator.revoked_at)
    return OperatorTold(
        id=operator.id, name=operator.name, roles=sorted(operator.roles), revoked_at=revoked_at
    )


def _border() -> DraftBorder | None:
    """The border data that came with this build; none leaves the point open, and flagged."""
    try:
        found = border_data_set()
    except StoreError:
        return None
    return DraftBorder(found.name, found.version, found.digest)
