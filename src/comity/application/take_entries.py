"""Taking in what a peer's log brings, entry by entry and as far as there is time (docs/spec/peering.md).

One answer may hold 512 records, each just below every limit, and to read them all may take a minute. So
the root over all of an answer is checked first; then the entries are taken one after the other, and where
time runs out, the answer is put aside in the store together with what was taken of it. What was put aside
is held: it is durable, stands under the owner's signed note, and is given back to an owner that lost it.
But nothing is cosigned, and nothing new taken of that peer, before all of it is in the log.
"""

from collections.abc import Callable

from comity.application.accept_record import FREEZE_KIND
from comity.application.alarm import Alarm
from comity.application.find_twin import twin_of
from comity.application.node import Node
from comity.application.pair_log import PeerLog, Unfinished, unfinished_setting
from comity.application.ports.record_store import StoredCheckpoint
from comity.domain.ledger import SignedCheckpoint, leaf_commitment
from comity.domain.peering import Entry, PullResponse, encode_message
from comity.domain.records import Draft, open_record, payload_digest
from comity.kernel.errors import PeerError, RecordError
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant


def without_end() -> bool:
    """There is time for all of it."""
    return True


def begin_taking(
    node: Node,
    peer: PartyId,
    response: PullResponse,
    signed: SignedCheckpoint,
    at: Instant,
    may_go_on: Callable[[], bool],
) -> None:
    """Take entries whose root was checked, as far as there is time; put the answer aside if any are left."""
    peer_log = node.peer_log(peer)
    checkpoint = StoredCheckpoint(signed.size, signed.note_bytes, None)
    peer_log.unfinished = Unfinished(response.position, response.entries, checkpoint)
    if _take(node, peer, peer_log, peer_log.unfinished, at, may_go_on):
        peer_log.opened = signed
    else:
        kept = PullResponse(
            protocol=response.protocol,
            owner=response.owner,
            position=response.position,
            entries=response.entries,
            checkpoint=response.checkpoint,
        )
        node.store.put_setting(unfinished_setting(peer), encode_message(kept))


def go_on_taking(
    node: Node, peer: PartyId, at: Instant, may_go_on: Callable[[], bool] = without_end
) -> bool:
    """Take more of the answer that was put aside; whether all of it is in the log now.

    Since it was opened, a node takes nothing before it knows whether its store is an old one: it asks
    first, and is told True.

    Raises:
        PeerError: `unknown-peer`: the pairing has ended meanwhile.
    """
    peer_log = node.peer_log(peer)
    unfinished = peer_log.unfinished
    if unfinished is None or not (peer_log.asked_back or node.recovering):
        return True
    if peer not in node.peers():
        raise PeerError("unknown-peer", f"{peer} is no peer of this node")
    if not _take(node, peer, peer_log, unfinished, at, may_go_on):
        return False
    node.store.put_setting(unfinished_setting(peer), b"")
    return True


def _take(
    node: Node,
    peer: PartyId,
    peer_log: PeerLog,
    unfinished: Unfinished,
    at: Instant,
    may_go_on: Callable[[], bool],
) -> bool:
    begun = peer_log.tree.size - unfinished.position
    for number, entry in enumerate(unfinished.entries[begun:]):
        if number and not may_go_on():
            return False
        take_entry(node, peer, peer_log, entry, at)
    peer_log.unfinished = None
    peer_log.checkpoint = unfinished.checkpoint
    node.store.put_checkpoint(peer_log.log, unfinished.checkpoint)
    return True


def check_entries(peer_log: PeerLog, entries: tuple[Entry, ...], signed: SignedCheckpoint) -> None:
    """Compare the owner's signed root with the one computed from the leaves held and received.

    Raises:
        PeerError: `checkpoint-size` or `root-mismatch`; the log is suspect from then on. `erased-without-record`:
            a leaf comes by its hash alone. To cosign it would be a receipt for bytes that nobody here has seen;
            whoever erased it himself has his own answer on record, and is given it back as he recovers.
    """
    tree = peer_log.tree.compact_range()
    for place, entry in enumerate(entries, peer_log.tree.size):
        if entry.erased_sha256:
            raise PeerError("erased-without-record", f"leaf {place} comes by its hash alone")
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
    node.alarm(Alarm(at, "frozen", reason, peer, says="frozen"))
    if node.recovering:
        node.frozen[peer] = reason
    elif peer not in node.frozen:
        node.issue(
            Draft(FREEZE_KIND, (), {"peer": peer, "reason": reason, "evidence": evidence}), at
        )
