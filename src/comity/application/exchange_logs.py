"""Pulling a peer's log and serving one's own: docs/spec/peering.md over the node's state."""

from comity.application.accept_record import FREEZE_KIND
from comity.application.alarm import Alarm
from comity.application.find_twin import twin_of
from comity.application.node import Node
from comity.application.pair_log import OwnLog, PeerLog
from comity.application.ports.record_store import StoredCheckpoint
from comity.domain.ledger import (
    Checkpoint,
    ForkProof,
    NoteKey,
    SignedCheckpoint,
    compare_checkpoints,
    cosign,
    leaf_commitment,
    log_origin,
    open_checkpoint,
    sign_checkpoint,
    verify_cosignature,
    witness_name,
)
from comity.domain.peering import (
    ENTRIES_PER_RESPONSE_MAX,
    ENTRIES_SIZE_BYTES_MAX,
    PROTOCOL_VERSION,
    ClockDifference,
    Entry,
    PullRequest,
    PullResponse,
    Recovered,
    decode_request,
    decode_response,
    encode_message,
)
from comity.domain.records import (
    Draft,
    open_record,
    payload_digest,
    verify_signature,
)
from comity.kernel.errors import PeerError, RecordError
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant


def pull_request(node: Node, peer: PartyId, at: Instant, wait_s: float = 0.0) -> bytes:
    """What this node asks a peer for now; carries the cosignature of all it holds durably.

    Everything taken in before must have been settled: a cosignature is a promise.
    """
    peer_log = node.peer_log(peer)
    asked_back = peer_log.asked_back and not node.recovering
    checkpoint = peer_log.checkpoint
    cosignature = b""
    if (
        checkpoint is not None
        and checkpoint.size > peer_log.cosigned_size
        and peer not in node.frozen
        and not node.recovering
    ):
        cosignature = _cosigned(node, peer, peer_log, checkpoint, at)
        peer_log.cosigned_size = checkpoint.size if cosignature else 0
    peer_log.asked_unix_ms, peer_log.came_back = at.unix_ms, False
    return encode_message(
        PullRequest(
            protocol=PROTOCOL_VERSION,
            reader=node.party,
            position=node.pull_position(peer),
            checkpoint=b"" if checkpoint is None else checkpoint.note_bytes,
            cosignature=cosignature,
            prove_position=peer_log.suspect,
            recover_from=None if asked_back else node.recover_position(peer),
            wait_s=wait_s if asked_back else 0.0,
            sent_unix_ms=at.unix_ms,
        )
    )


def pull_failed(node: Node, peer: PartyId) -> None:
    """The last request may not have arrived: its cosignature is sent again with the next."""
    node.peer_log(peer).cosigned_size = 0


def serve_pull(
    node: Node,
    peer: PartyId,
    message_bytes: bytes,
    at: Instant,
    received_at: Instant | None = None,
    *,
    waited: bool = False,
) -> bytes | None:
    """Answer a peer's pull, or None while there is nothing new (the caller may wait and ask again).

    Args:
        node: the owner of the log.
        peer: whose certificate the request came under.
        message_bytes: the request.
        at: now.
        received_at: when the request came in, if it has been waiting since.
        waited: it has waited long enough; an answer without entries is given.

    Raises:
        PeerError: see the refusal codes of docs/spec/peering.md.
    """
    request = decode_request(message_bytes)
    if request.reader != peer:
        raise PeerError(
            "wrong-party", f"the certificate is {peer}'s, the request {request.reader}'s"
        )
    _check_paired(node, peer)
    own_log = node.own_log(peer)
    ahead = request.position > own_log.tree.size
    if ahead and (request.checkpoint or request.recover_from is None):
        _check_rolled_back(node, peer, request)
    if ahead and request.recover_from is None:
        raise PeerError("recovering", f"asked from {request.position}, log has {own_log.tree.size}")
    if request.cosignature:
        _take_cosignature(node, own_log, peer, request)
    recovered = _recovered(node, peer, request.recover_from)
    entries = _entries(node, own_log, request.position)
    must_answer = waited or recovered is not None or request.prove_position or request.wait_s <= 0
    if not entries and not must_answer:
        return None
    can_sign = not node.recovering and not ahead
    size = request.position + len(entries)
    return encode_message(
        PullResponse(
            protocol=PROTOCOL_VERSION,
            owner=node.party,
            position=request.position,
            entries=entries,
            checkpoint=_signed_note(node, own_log, size) if entries else b"",
            position_checkpoint=(
                _signed_note(node, own_log, request.position)
                if request.prove_position and can_sign
                else b""
            ),
            recovered=recovered,
            introduces=_introduction(node, peer) if entries else b"",
            request_sent_unix_ms=request.sent_unix_ms,
            received_unix_ms=(received_at or at).unix_ms,
            sent_unix_ms=at.unix_ms,
        )
    )


def take_pull_response(node: Node, peer: PartyId, message_bytes: bytes, at: Instant) -> int:
    """Check and stage what a peer answered; the caller decides and settles afterwards.

    Returns:
        How many entries were new.

    Raises:
        PeerError: nothing of the response was taken; see the refusal codes of docs/spec/peering.md.
    """
    response = decode_response(message_bytes)
    if response.owner != peer:
        raise PeerError(
            "wrong-party", f"the certificate is {peer}'s, the answer {response.owner}'s"
        )
    _check_paired(node, peer)
    peer_log = node.peer_log(peer)
    if response.request_sent_unix_ms != peer_log.asked_unix_ms:
        return 0  # an answer to an older request, perhaps of this node's life before a restore
    if not response.entries:
        peer_log.cosigned_size = 0  # the owner may have lost it before it was durable: given again
    _measure_clock(node, peer, response, at)
    if response.introduces:
        node.directory.introduce(peer, response.introduces)
    if response.position_checkpoint:
        _compare_position(node, peer, peer_log, response.position_checkpoint, at)
    if response.recovered is not None and not node.recovering:
        _take_note_of_own_log(node, peer, response.recovered)
    if node.recovery is not None:
        return node.recovery.take(node, peer, response)
    if not peer_log.asked_back:
        return 0
    if response.position != peer_log.tree.size:
        return 0  # this answer came before; its entries are held already
    if not response.entries or peer_log.came_back:
        return 0
    _check_allowance(peer, peer_log, at)
    signed = _open_peer_note(node, peer, response.checkpoint)
    check_entries(peer_log, response.entries, signed)
    for entry in response.entries:
        take_entry(node, peer, peer_log, entry, at)
    peer_log.checkpoint = StoredCheckpoint(signed.size, signed.note_bytes, None)
    peer_log.opened = signed
    node.store.put_checkpoint(peer_log.log, peer_log.checkpoint)
    return len(response.entries)


def check_entries(peer_log: PeerLog, entries: tuple[Entry, ...], signed: SignedCheckpoint) -> None:
    """Compare the owner's signed root with the one computed from the leaves held and received.

    Raises:
        PeerError: `checkpoint-size` or `root-mismatch`; the log is suspect from then on.
    """
    tree = peer_log.tree.compact_range()
    for entry in entries:
        tree.append(leaf_commitment(entry.salt, entry.envelope))
    if signed.size != tree.size:
        raise PeerError("checkpoint-size", f"signed {signed.size}, entries make {tree.size}")
    if signed.root != tree.root():
        peer_log.suspect = True
        raise PeerError("root-mismatch", f"at size {signed.size}")


def take_entry(node: Node, peer: PartyId, peer_log: PeerLog, entry: Entry, at: Instant) -> None:
    """Take one entry into the copy of the log, and its record into the journal or the quarantine."""
    reason = None
    digest = payload_digest(entry.envelope)  # names an envelope that cannot be opened
    try:
        record = open_record(entry.envelope, node.directory.resolver_for(entry.envelope))
        digest = record.digest
        if record.author != peer:
            raise RecordError("other-author", f"{record.author} in the log of {peer}")
        node.accept(record, peer_log.tree.size, at)
    except RecordError as error:
        reason = error.reason
        node.alarm(Alarm(at, "quarantine", str(error), peer, digest))
        peer_log.refused.spend(len(entry.envelope), at.unix_s)
        if reason == "equivocation" and peer not in node.frozen:  # one proof is enough
            first = twin_of(node.store, entry.envelope)
            freeze(node, peer, reason, {"first_record": first, "second_record": digest}, at)
    node.append_leaf(peer_log, entry.salt, entry.envelope, digest, reason)


def freeze(
    node: Node, peer: PartyId, reason: str, evidence: dict[str, object], at: Instant
) -> None:
    """Accept nothing new with a peer, say so, and keep the evidence. The line and stops go on."""
    node.alarm(Alarm(at, "frozen", reason, peer))
    if node.recovering:
        node.frozen[peer] = reason
    elif peer not in node.frozen:
        node.issue(
            Draft(FREEZE_KIND, (), {"peer": peer, "reason": reason, "evidence": evidence}), at
        )


def _take_note_of_own_log(node: Node, peer: PartyId, recovered: Recovered) -> None:
    """What a peer holds of our log: if it is more than we do, this store is an old one."""
    node.peer_log(peer).asked_back = True
    if recovered.size > node.own_log(peer).tree.size:
        _open_note(node, node.party, log_origin(node.party, peer), recovered.checkpoint)
        node.begin_recovery()


def _check_allowance(peer: PartyId, peer_log: PeerLog, at: Instant) -> None:
    """A peer whose records are refused one after the other is read on at a pace that no disk minds."""
    wait_s = peer_log.refused.wait_s(at.unix_s)
    if wait_s > 0:
        why = f"{peer} has sent more that was refused than is kept; it is read on in {wait_s:.0f} s"
        raise PeerError("too-much-refused", why)


def _check_paired(node: Node, peer: PartyId) -> None:
    if peer not in node.peers():
        raise PeerError("unknown-peer", f"{peer} is no peer of this node")


def _entries(node: Node, own_log: OwnLog, position: int) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    size_bytes = 0
    count_max = min(own_log.durable_size - position, ENTRIES_PER_RESPONSE_MAX)
    if count_max <= 0:
        return ()
    for leaf in node.store.leaves(own_log.log, position, count_max):
        size_bytes += len(leaf.envelope_bytes)
        if entries and size_bytes > ENTRIES_SIZE_BYTES_MAX:
            break
        entries.append(Entry(leaf.salt, leaf.envelope_bytes))
    return tuple(entries)


def _signed_note(node: Node, own_log: OwnLog, size: int) -> bytes:
    origin = log_origin(node.party, own_log.log.reader)
    checkpoint = Checkpoint(origin, size, own_log.tree.root(size))
    if own_log.signed is None or own_log.signed.checkpoint != checkpoint:
        own_log.signed = sign_checkpoint(checkpoint, node.signer.public_key, node.signer.sign)
    return own_log.signed.note_bytes


def _cosigned(
    node: Node, peer: PartyId, peer_log: PeerLog, checkpoint: StoredCheckpoint, at: Instant
) -> bytes:
    """This node's line over a peer's note; none while the note's key must be introduced anew."""
    signed = peer_log.opened
    if signed is None or signed.note_bytes != checkpoint.note_bytes:
        try:
            signed = _open_peer_note(node, peer, checkpoint.note_bytes)
        except PeerError:  # introduced before a restart; the next answer introduces it again
            return b""
    return cosign(signed.checkpoint, _witness_key(node), at, node.signer.sign)


def _introduction(node: Node, peer: PartyId) -> bytes:
    """The record of the key that this node signs with, while the peer has not cosigned it."""
    digest = node.own_key_record()
    if digest is None:
        return b""
    arrived = any(each.reader == peer and each.receipted for each in node.deliveries(digest))
    return b"" if arrived else node.store.read(digest) or b""


def _witness_key(node: Node) -> NoteKey:
    return NoteKey(witness_name(node.party), node.signer.public_key)


def _open_peer_note(node: Node, peer: PartyId, note_bytes: bytes) -> SignedCheckpoint:
    return _open_note(node, peer, log_origin(peer, node.party), note_bytes)


def _open_note(node: Node, owner: PartyId, origin: str, note_bytes: bytes) -> SignedCheckpoint:
    refusal = PeerError("checkpoint-signature", f"no key of {owner} is enrolled")
    for public_key in node.directory.public_keys(owner):
        try:
            return open_checkpoint(note_bytes, NoteKey(origin, public_key), verify_signature)
        except RecordError as error:
            refusal = PeerError("checkpoint-signature", str(error))
    raise refusal


def _take_cosignature(node: Node, own_log: OwnLog, peer: PartyId, request: PullRequest) -> None:
    if own_log.receipted_size >= request.position or request.position > own_log.durable_size:
        return
    origin = log_origin(node.party, peer)
    checkpoint = Checkpoint(origin, request.position, own_log.tree.root(request.position))
    refusal = PeerError("cosignature", f"no key of {peer} is enrolled")
    for public_key in node.directory.public_keys(peer):
        try:
            verify_cosignature(
                request.cosignature,
                checkpoint,
                NoteKey(witness_name(peer), public_key),
                verify_signature,
            )
            break
        except RecordError as error:
            refusal = PeerError("cosignature", str(error))
    else:
        raise refusal
    receipted = StoredCheckpoint(
        request.position, _signed_note(node, own_log, request.position), request.cosignature
    )
    node.store.put_checkpoint(own_log.log, receipted)
    own_log.receipted = receipted


def _check_rolled_back(node: Node, peer: PartyId, request: PullRequest) -> None:
    """A peer holds more of our log than we do, under our signature: this store is an old one."""
    signed = _open_note(node, node.party, log_origin(node.party, peer), request.checkpoint)
    if signed.size == request.position:
        node.begin_recovery()


def _recovered(node: Node, peer: PartyId, start: int | None) -> Recovered | None:
    """What this node holds of a restored peer's own log, and has been given of it while it recovers.

    The peer goes on from there, so what it sent before and is still on the way must not be taken.
    """
    if start is None:
        return None
    peer_log = node.peer_log(peer)
    peer_log.came_back = True
    size = peer_log.tree.size
    count = min(max(size - start, 0), ENTRIES_PER_RESPONSE_MAX)
    entries = tuple(
        Entry(leaf.salt, leaf.envelope_bytes)
        for leaf in (node.store.leaves(peer_log.log, start, count) if count else ())
    )
    note_bytes = b"" if peer_log.checkpoint is None else peer_log.checkpoint.note_bytes
    if node.recovery is not None:
        given = node.recovery.of(peer)
        behind = given.peer_entries[max(start - size, 0) :]
        entries += tuple(behind[: ENTRIES_PER_RESPONSE_MAX - len(entries)])
        size += len(given.peer_entries)
        note_bytes = note_bytes if given.peer_note is None else given.peer_note.note_bytes
    return Recovered(entries, note_bytes, size)


def _measure_clock(node: Node, peer: PartyId, response: PullResponse, at: Instant) -> None:
    if response.request_sent_unix_ms and response.sent_unix_ms:
        node.clocks.setdefault(peer, ClockDifference()).measure(
            response.request_sent_unix_ms,
            response.received_unix_ms,
            response.sent_unix_ms,
            at.unix_ms,
        )


def _compare_position(
    node: Node, peer: PartyId, peer_log: PeerLog, note_bytes: bytes, at: Instant
) -> None:
    peer_log.suspect = False
    if peer_log.checkpoint is None:
        return
    shown = _open_peer_note(node, peer, note_bytes)
    held = _open_peer_note(node, peer, peer_log.checkpoint.note_bytes)
    comparison = compare_checkpoints(held, shown)
    if isinstance(comparison, ForkProof):
        evidence: dict[str, object] = {
            "first_note": comparison.first_note_bytes.decode(),
            "second_note": comparison.second_note_bytes.decode(),
        }
        freeze(node, peer, "forked", evidence, at)
