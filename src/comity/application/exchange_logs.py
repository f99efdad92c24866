"""Pulling a peer's log and serving one's own: docs/spec/peering.md over the node's state."""

from collections.abc import Callable, Iterable
from itertools import chain, islice

from comity.application.node import Node
from comity.application.pair_log import OwnLog, PeerLog
from comity.application.ports.record_store import StoredCheckpoint, StoredLeaf
from comity.application.take_entries import begin_taking, check_entries, freeze, without_end
from comity.domain.ledger import (
    Checkpoint,
    ForkProof,
    NoteKey,
    SignedCheckpoint,
    compare_checkpoints,
    cosign,
    log_origin,
    open_checkpoint,
    sign_checkpoint,
    verify_cosignature,
    witness_name,
)
from comity.domain.peering import (
    ENTRIES_PER_RESPONSE_MAX,
    ENTRIES_SIZE_BYTES_MAX,
    GIVEN_BACK_SIZE_BYTES_MAX,
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
from comity.domain.records import verify_signature
from comity.kernel.errors import PeerError, RecordError
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant


def pull_request(node: Node, peer: PartyId, at: Instant, wait_s: float = 0.0) -> bytes:
    """What this node asks a peer for now; carries the cosignature of all it holds durably.

    Everything taken in before must have been settled: a cosignature is a promise.
    """
    peer_log = node.peer_log(peer)
    asked_back = peer_log.asked_back and not node.recovering
    unfinished = peer_log.unfinished
    checkpoint = peer_log.checkpoint if unfinished is None else unfinished.checkpoint
    cosignature = b""
    if (
        checkpoint is not None
        and unfinished is None
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
    recovered = _recovered(node, peer, request.recover_from, at)
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


def take_pull_response(
    node: Node,
    peer: PartyId,
    message_bytes: bytes,
    at: Instant,
    may_go_on: Callable[[], bool] = without_end,
) -> int:
    """Check and stage what a peer answered; the caller decides and settles afterwards.

    Args:
        node: the reader.
        peer: who answered.
        message_bytes: the answer.
        at: now.
        may_go_on: asked before each entry but the first; at its no the answer is put aside, to be
            gone on with by `go_on_taking` before anything is asked of that peer.

    Returns:
        How many entries were new, put aside or taken.

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
        peer_log.asked_back = True
        if response.recovered.size > node.own_log(peer).tree.size:
            _open_note(
                node, node.party, log_origin(node.party, peer), response.recovered.checkpoint
            )
            node.begin_recovery()
    if node.recovery is not None:
        return node.recovery.take(node, peer, response)
    if not peer_log.asked_back:
        return 0
    if peer_log.unfinished is not None or response.position != peer_log.tree.size:
        return 0  # this answer came before; its entries are held already
    if not response.entries or peer_log.came_back:
        return 0
    _check_allowance(peer, peer_log, at)
    signed = _open_peer_note(node, peer, response.checkpoint)
    check_entries(peer_log, response.entries, signed)
    begin_taking(node, peer, response, signed, at, may_go_on)
    return len(response.entries)


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
    count_max = min(own_log.durable_size - position, ENTRIES_PER_RESPONSE_MAX)
    if count_max <= 0:
        return ()
    leaves = node.store.leaves(own_log.log, position, count_max)
    return _fitting((_entry(leaf) for leaf in leaves), ENTRIES_SIZE_BYTES_MAX)


def _entry(leaf: StoredLeaf) -> Entry:
    return Entry(leaf.salt, leaf.envelope_bytes, leaf.erased_sha256 or b"")


def _fitting(entries: Iterable[Entry], size_bytes_max: int) -> tuple[Entry, ...]:
    """As many of the first entries as one answer may carry, and one in any case."""
    fitting: list[Entry] = []
    size_bytes = 0
    for entry in islice(entries, ENTRIES_PER_RESPONSE_MAX):
        size_bytes += len(entry.envelope)
        if fitting and size_bytes > size_bytes_max:
            break
        fitting.append(entry)
    return tuple(fitting)


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


def _recovered(node: Node, peer: PartyId, start: int | None, at: Instant) -> Recovered | None:
    """What this node holds of a restored peer's own log, and has been given of it while it recovers.

    The peer goes on from there, so what it sent before and is still on the way must not be taken.
    """
    if start is None:
        return None
    peer_log = node.peer_log(peer)
    peer_log.came_back = True
    held, unfinished = peer_log.tree.size, peer_log.unfinished
    note_bytes = b"" if peer_log.checkpoint is None else peer_log.checkpoint.note_bytes
    behind: list[Entry] = []
    if unfinished is not None:  # durable here, under the peer's own note
        behind += unfinished.entries[held - unfinished.position :]
        note_bytes = unfinished.checkpoint.note_bytes
    if node.recovery is not None:
        given = node.recovery.of(peer)
        behind += given.peer_entries
        note_bytes = note_bytes if given.peer_note is None else given.peer_note.note_bytes
    count = min(max(held - start, 0), ENTRIES_PER_RESPONSE_MAX)
    stored = (
        _entry(leaf) for leaf in (node.store.leaves(peer_log.log, start, count) if count else ())
    )
    entries = _fitting(chain(stored, behind[max(start - held, 0) :]), GIVEN_BACK_SIZE_BYTES_MAX)
    lost_until = at if node.recovering else node.lost_with.get(peer)
    return Recovered(
        entries, note_bytes, held + len(behind), 0 if lost_until is None else lost_until.unix_ms
    )


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
