"""After a restore: take back from the peers what this node had signed, before it signs again.

A node restored from a backup has forgotten its last records. Signing on from there would give two histories
of one log, which is what a liar's log looks like. So it stays silent until every peer has given back the
leaves it holds of this node's own logs, and then takes them in, together with the peers' own records that it
lost, in an order in which each record comes after those it refers to (docs/spec/peering.md rule 10).
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from comity.application.alarm import Alarm
from comity.application.kept_record import kept_record
from comity.application.pair_log import OwnLog, PeerLog
from comity.application.ports.record_store import StoredCheckpoint
from comity.domain.intents import DOUBT, Doubt, doubt_to_body
from comity.domain.ledger import (
    SALT_SIZE_BYTES,
    NoteKey,
    SignedCheckpoint,
    commitment_of_hash,
    leaf_commitment,
    log_origin,
    open_checkpoint,
)
from comity.domain.peering import Entry, PullResponse
from comity.domain.records import (
    Draft,
    ErasedRecord,
    Record,
    decode_canonical,
    open_record,
    open_stub,
    payload_digest,
    payload_of_stub,
    unwrap,
    verify_signature,
)
from comity.domain.sites import REPLY, REQUEST, ErasureWord, vouched_in
from comity.kernel.errors import PeerError, RecordError
from comity.kernel.ids import PartyId, RecordDigest
from comity.kernel.instants import Instant

if TYPE_CHECKING:
    from comity.application.node import Node

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(slots=True)
class PeerRecovery:
    """What one peer has given back so far.

    Attributes:
        own_entries: leaves of this node's log to the peer, behind those in the store.
        own_note: this node's own note over the last of them.
        peer_entries: leaves of the peer's log to this node, behind those in the store.
        peer_note: the peer's note over the last of them.
        done: there is no more to come.
        lost_until_unix_ms: the peer was restored as well: what the two told each other before this may be
            lost to both. 0 where it was not.
    """

    own_entries: list[Entry] = field(default_factory=list)
    own_note: SignedCheckpoint | None = None
    peer_entries: list[Entry] = field(default_factory=list)
    peer_note: SignedCheckpoint | None = None
    done: bool = False
    lost_until_unix_ms: int = 0


@dataclass(slots=True)
class Recovery:
    """A recovery under way: nothing of it is stored until every peer has answered."""

    peers: dict[PartyId, PeerRecovery] = field(default_factory=dict)

    def of(self, peer: PartyId) -> PeerRecovery:
        """What one peer has given back."""
        return self.peers.setdefault(peer, PeerRecovery())

    def waiting_for(self, peers: tuple[PartyId, ...]) -> tuple[PartyId, ...]:
        """The peers that have not given everything back yet."""
        return tuple(peer for peer in peers if not self.of(peer).done)

    def take(self, node: "Node", peer: PartyId, response: PullResponse) -> int:
        """Keep what a peer gave back; returns how many entries were new.

        Raises:
            PeerError: `root-mismatch` or `checkpoint-signature`: it does not fit what was signed.
        """
        given = self.of(peer)
        own_log, peer_log = node.own_log(peer), node.peer_log(peer)
        fits = response.position == peer_log.tree.size + len(given.peer_entries)
        if fits and response.entries and not peer_log.came_back:
            given.peer_entries += response.entries
            given.peer_note = _open(node, peer, log_origin(peer, node.party), response.checkpoint)
        recovered = response.recovered
        if recovered is None:
            return 0
        if recovered.checkpoint:
            origin = log_origin(node.party, peer)
            given.own_note = _open(node, node.party, origin, recovered.checkpoint)
        held = own_log.tree.size + len(given.own_entries) + len(recovered.entries)
        signed_size = 0 if given.own_note is None else given.own_note.size
        if recovered.size > signed_size or held > max(signed_size, own_log.tree.size):
            self.peers[peer] = PeerRecovery()  # an answer that came twice, or a lie: from the start
            why = f"{peer} gives back {held} leaves of {recovered.size}; {signed_size} were signed"
            raise PeerError("root-mismatch", why)
        given.own_entries += recovered.entries
        given.lost_until_unix_ms = max(given.lost_until_unix_ms, recovered.lost_until_unix_ms)
        given.done = held >= recovered.size and not response.entries
        if given.done:
            self._check(node, peer, given, own_log)
        return len(recovered.entries) + len(response.entries)

    def _check(self, node: "Node", peer: PartyId, given: PeerRecovery, own_log: OwnLog) -> None:
        peer_log = node.peer_log(peer)
        erased_here = _erased_here(given.own_entries)
        checks = (
            (own_log.tree, given.own_entries, given.own_note, None),
            (peer_log.tree, given.peer_entries, given.peer_note, erased_here),
        )
        for tree, entries, note, answered in checks:
            if not entries:
                continue
            extended = tree.compact_range()
            for entry in entries:
                extended.append(_commitment_of(entry))
            if note is None or note.size != extended.size or note.root != extended.root():
                self.peers[peer] = PeerRecovery()
                raise PeerError("root-mismatch", f"what {peer} gave back is not what was signed")
            named = _vouched(entries, answered)
            for entry in entries:
                if entry.erased_sha256 and _found(entry) not in named:
                    self.peers[peer] = PeerRecovery()
                    why = f"{peer} gives a stub back that no request to erase, or no own answer, names"
                    raise PeerError("erased-without-record", why)


def finish_recovery(node: "Node", recovery: Recovery, at: Instant) -> int:
    """Take in everything given back, in an order that respects references; returns how many records.

    Times of receipt are lost with the store; each record gets the time it says it was made at, but
    not later than now. An own record that only some of its recipients have given back goes into the
    logs of the others anew, behind what they hold: it was signed, so it is owed to all of them.
    """
    taken: list[Record] = []
    for record in _in_causal_order(node, recovery):
        if node.knows(record.digest):
            continue
        try:
            if isinstance(record, _Stub):
                node.take_back_stub(record, record.envelope_sha256, min(record.made_at, at))
                continue
            node.take_back(record, min(record.made_at, at))
            taken.append(record)
        except RecordError:
            continue  # refused before the loss as well; its leaf is stored below
    for peer, given in sorted(recovery.peers.items()):
        own_log, peer_log = node.own_log(peer), node.peer_log(peer)
        named = {**_vouched(given.own_entries), **_vouched(given.peer_entries)}
        for entry in given.own_entries:
            _append(node, own_log, entry, named)
        if given.own_note is not None and given.own_note.size <= own_log.tree.size:
            node.store.put_checkpoint(
                own_log.log, StoredCheckpoint(given.own_note.size, given.own_note.note_bytes, None)
            )
        for entry in given.peer_entries:
            _append(node, peer_log, entry, named)
        if given.peer_note is not None:
            peer_log.checkpoint = StoredCheckpoint(
                given.peer_note.size, given.peer_note.note_bytes, None
            )
            node.store.put_checkpoint(peer_log.log, peer_log.checkpoint)
    erase_again(node)
    _owe_again(node, recovery, taken)
    _doubt(node, recovery, at)
    return len(taken)


def _doubt(node: "Node", recovery: Recovery, at: Instant) -> None:
    """What was agreed with a peer that was restored as well is agreed no longer (peering.md rule 16)."""
    for peer, given in sorted(recovery.peers.items()):
        if given.lost_until_unix_ms <= 0:
            continue
        until = min(Instant(given.lost_until_unix_ms), at)
        why = (
            f"{peer} was restored as well: what the two told each other may be lost to both. Flights agreed"
            " with it keep their places and are agreed no longer; ask what was agreed since the backups"
        )
        node.alarm(Alarm(at, "lost-together", why, peer))
        body = doubt_to_body(Doubt(peer, until))
        for exercise in (False, True):
            node.issue(Draft(DOUBT, (), body, exercise=exercise), at)


def _owe_again(node: "Node", recovery: Recovery, taken: list[Record]) -> None:
    """Append each own record taken back to the logs of those recipients that have not got it."""
    for peer, given in sorted(recovery.peers.items()):
        held = {_filing(node, entry, {})[0] for entry in given.own_entries}
        for record in taken:
            owed = record.author == node.party and peer in record.recipients
            if owed and record.digest not in held:
                salt = node.entropy.token(SALT_SIZE_BYTES)
                node.append_leaf(node.own_log(peer), salt, record.envelope_bytes, record.digest)


def _in_causal_order(node: "Node", recovery: Recovery) -> Iterator[Record]:
    """Every record given back that opens, each after those given back that it refers to.

    An envelope is opened only when its turn comes, for a key may be enrolled by a record before it.
    """
    queues: list[deque[_Given]] = []
    pending: set[str] = set()
    for _peer, given in sorted(recovery.peers.items()):
        for entries in (given.own_entries, given.peer_entries):
            named = _vouched(entries)
            queue = deque(each for entry in entries if (each := _given(entry, named)) is not None)
            pending.update(each.digest for each in queue)
            queues.append(queue)
    while any(queues):
        heads = [queue for queue in queues if queue]
        free = [queue for queue in heads if queue[0].references.isdisjoint(pending)]
        ready = min(free or heads, key=lambda queue: queue[0].made_at_text)
        given_record = ready.popleft()
        pending.discard(given_record.digest)
        try:
            if given_record.erased_sha256:
                yield _stub(given_record)
                continue
            resolver = node.directory.resolver_for(given_record.envelope_bytes)
            yield open_record(given_record.envelope_bytes, resolver)
        except RecordError:
            continue  # quarantined before the loss as well


def erase_again(node: "Node") -> None:
    """What this party said was erased goes again: its backup, or a peer, may have brought it back."""
    for register in (node.sites, node.exercise_sites):
        for digest, (_, stub_sha256) in register.to_be_erased():
            if not node.knows(digest):
                continue
            gone = register.peer_erasures.gone_from(digest, node.party)
            stub = kept_record(node, digest).stub_without(gone)
            if sha256(stub).hexdigest() == stub_sha256:
                node.store.erase(digest, stub)


def _append(
    node: "Node",
    log: OwnLog | PeerLog,
    entry: Entry,
    named: Mapping[tuple[str, str], RecordDigest],
) -> None:
    erased_sha256 = entry.erased_sha256 or None
    node.append_leaf(
        log, entry.salt, entry.envelope, *_filing(node, entry, named), erased_sha256=erased_sha256
    )


def _found(entry: Entry) -> tuple[str, str]:
    """SHA-256 of an erased entry's envelope and of its stub."""
    return entry.erased_sha256.hex(), sha256(entry.envelope).hexdigest()


def _vouched(
    entries: Sequence[Entry], answered: frozenset[str] | None = None
) -> dict[tuple[str, str], RecordDigest]:
    """Which stubs the requests among the leaves of one log name: its owner's word, under its signed root.

    Args:
        entries: leaves of the log.
        answered: only requests of these digests count; None: all.
    """
    named: dict[tuple[str, str], RecordDigest] = {}
    if not any(entry.erased_sha256 for entry in entries):
        return named
    for digest, body in _bodies(entries, REQUEST):
        if answered is None or digest in answered:
            named.update(vouched_in(body))
    return named


def _erased_here(own_entries: Sequence[Entry]) -> frozenset[str]:
    """Requests that this party's own answers, under its own signed root, say that it did.

    Without one, a stub in a peer's log is a leaf whose bytes this party has never had.
    """
    return frozenset(
        str(body.get("request"))
        for _, body in _bodies(own_entries, REPLY)
        if body.get("answer") == ErasureWord.ERASED
    )


def _bodies(
    entries: Sequence[Entry], kind: str
) -> Iterator[tuple[RecordDigest, Mapping[str, object]]]:
    """Digest and body of the records of one kind among leaves that were not erased."""
    for entry in entries:
        if entry.erased_sha256:
            continue
        try:
            payload_bytes = unwrap(entry.envelope).payload_bytes
            payload = decode_canonical(payload_bytes)
        except RecordError:
            continue
        if isinstance(payload, dict) and payload.get("kind") == kind:
            body = payload.get("body")
            if isinstance(body, dict):
                yield payload_digest(payload_bytes), body


def _filing(
    node: "Node", entry: Entry, named: Mapping[tuple[str, str], RecordDigest]
) -> tuple[RecordDigest, str | None]:
    """The digest a leaf is filed under, and why its record was refused."""
    given = _given(entry, named)
    if given is None:
        return payload_digest(entry.envelope), "unreadable"
    return given.digest, None if node.knows(given.digest) else "refused"


@dataclass(frozen=True, slots=True)
class _Given:
    envelope_bytes: bytes
    digest: RecordDigest
    references: frozenset[str]
    made_at_text: str  # one spelling, so that texts sort as instants do
    erased_sha256: bytes = b""


@dataclass(frozen=True, slots=True)
class _Stub(ErasedRecord):
    envelope_sha256: bytes = b""


def _stub(given: _Given) -> _Stub:
    record = open_stub(given.digest, given.envelope_bytes)
    values = {each.name: getattr(record, each.name) for each in fields(record)}
    return _Stub(**values, envelope_sha256=given.erased_sha256)


def _given(entry: Entry, named: Mapping[tuple[str, str], RecordDigest]) -> _Given | None:
    envelope_bytes = entry.envelope
    if entry.erased_sha256:
        return _given_stub(entry, named.get(_found(entry)))
    try:
        payload_bytes = unwrap(envelope_bytes).payload_bytes
        digest = payload_digest(payload_bytes)
        payload = decode_canonical(payload_bytes)
    except RecordError:
        return None
    made_at = payload.get("made_at") if isinstance(payload, dict) else None
    references = frozenset(_digests(payload)) - {digest}
    return _Given(envelope_bytes, digest, references, str(made_at))


def _given_stub(entry: Entry, digest: RecordDigest | None) -> _Given | None:
    if digest is None:
        return None
    try:
        payload = payload_of_stub(entry.envelope)
    except RecordError:
        return None
    references = frozenset(_digests(payload)) - {digest}
    made_at = str(payload.get("made_at"))
    return _Given(entry.envelope, digest, references, made_at, entry.erased_sha256)


def _digests(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if _DIGEST.fullmatch(value):
            yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _digests(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _digests(item)


def _open(node: "Node", owner: PartyId, origin: str, note_bytes: bytes) -> SignedCheckpoint:
    refusal = PeerError("checkpoint-signature", f"no key of {owner} is enrolled")
    for public_key in node.directory.public_keys(owner):
        try:
            return open_checkpoint(note_bytes, NoteKey(origin, public_key), verify_signature)
        except RecordError as error:
            refusal = PeerError("checkpoint-signature", str(error))
    raise refusal


def _commitment_of(entry: Entry) -> bytes:
    """The leaf data of an entry, erased or not."""
    if entry.erased_sha256:
        return commitment_of_hash(entry.salt, entry.erased_sha256)
    return leaf_commitment(entry.salt, entry.envelope)
