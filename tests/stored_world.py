"""Two parties' signed records, logs, checkpoints and cosignatures, step by step into any store."""

import hashlib
from collections.abc import Iterable

from nacl.signing import SigningKey

from comity.application.ports.record_store import (
    JournalEntry,
    LogId,
    RecordStore,
    StoredCheckpoint,
    StoredLeaf,
)
from comity.domain.ledger import (
    Checkpoint,
    MerkleLog,
    NoteKey,
    cosign,
    leaf_commitment,
    log_origin,
    sign_checkpoint,
    witness_name,
)
from comity.domain.records import Draft, Record, key_id_of, party_id_of, payload_digest, seal
from comity.kernel.ids import KeyId, PartyId
from comity.kernel.instants import Instant

START = Instant(1_795_000_000_000)


class SeedSigner:
    """A signer from a name."""

    def __init__(self, name: str) -> None:
        self._key = SigningKey(hashlib.sha256(name.encode()).digest())

    @property
    def key_id(self) -> KeyId:
        return key_id_of(self.public_key)

    @property
    def public_key(self) -> bytes:
        return bytes(self._key.verify_key)

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message).signature


class World:
    """Alpha's store while alpha and bravo talk: every third record is bravo's.

    The steps are signed once and can be put into many stores. Step 4, 11, … brings a leaf of
    bravo's that alpha refused. Step n ends with a checkpoint, cosigned where n is even.
    """

    def __init__(self, steps: int) -> None:
        self.signers = {}
        for slug in ("alpha", "bravo"):
            signer = SeedSigner(slug)
            self.signers[party_id_of(slug, signer.public_key)] = signer
        self.alpha, self.bravo = self.signers
        self._trees: dict[LogId, MerkleLog] = {}
        self._last: dict[PartyId, Record] = {}
        self.steps = [self._step(number) for number in range(steps)]

    def public_key_of(self, author: PartyId, key_id: KeyId) -> bytes | None:
        """Keys as the verifier asks for them."""
        signer = self.signers.get(author)
        return signer.public_key if signer is not None and signer.key_id == key_id else None

    def public_keys(self, party: PartyId) -> Iterable[bytes]:
        """Keys as the verifier asks for them."""
        return [self.signers[party].public_key] if party in self.signers else []

    def put(self, store: RecordStore, number: int) -> None:
        """Stage one step."""
        entry, log, leaves, checkpoint = self.steps[number]
        store.append_journal(entry)
        for leaf in leaves:
            store.append_leaf(log, leaf)
        store.put_checkpoint(log, checkpoint)
        store.put_setting("last step", b"%d" % number)

    def fill(self, store: RecordStore, start: int = 0, end: int | None = None) -> None:
        """Stage and commit steps one by one."""
        for number in range(start, len(self.steps) if end is None else end):
            self.put(store, number)
            store.commit()

    def _step(self, number: int) -> tuple[JournalEntry, LogId, list[StoredLeaf], StoredCheckpoint]:
        author, reader = self.alpha, self.bravo
        if number % 3 == 2:
            author, reader = reader, author
        log = LogId(author, reader)
        record = self._record(author, reader, number)
        at = START.plus_s(number + 0.25)
        entry = JournalEntry(record.digest, record.envelope_bytes, at)
        leaves = [self._leaf(log, record.envelope_bytes)]
        if number % 7 == 4:
            leaves.append(self._leaf(log, b"not an envelope %d" % number, "envelope-form"))
        return entry, log, leaves, self._checkpoint(log, at, cosigned=number % 2 == 0)

    def _record(self, author: PartyId, reader: PartyId, number: int) -> Record:
        last = self._last.get(author)
        record = seal(
            Draft("note.text", (reader,), {"text": f"step {number} " * (1 + number % 5)}),
            author,
            0 if last is None else last.sequence + 1,
            None if last is None else last.digest,
            START.plus_s(number),
            self.signers[author],
        )
        self._last[author] = record
        return record

    def _leaf(self, log: LogId, envelope: bytes, reason: str | None = None) -> StoredLeaf:
        tree = self._trees.setdefault(log, MerkleLog())
        salt = hashlib.sha256(b"salt of %d in %s" % (tree.size, log.owner.encode())).digest()
        index = tree.append(leaf_commitment(salt, envelope))
        digest = payload_digest(envelope) if reason else self._last[log.owner].digest
        return StoredLeaf(index, salt, digest, envelope, reason)

    def _checkpoint(self, log: LogId, at: Instant, *, cosigned: bool) -> StoredCheckpoint:
        tree = self._trees[log]
        owner, witness = self.signers[log.owner], self.signers[log.reader]
        checkpoint = Checkpoint(log_origin(log.owner, log.reader), tree.size, tree.root())
        signed = sign_checkpoint(checkpoint, owner.public_key, owner.sign)
        cosignature = None
        if cosigned:
            key = NoteKey(witness_name(log.reader), witness.public_key)
            cosignature = cosign(checkpoint, key, at, witness.sign)
        return StoredCheckpoint(tree.size, signed.note_bytes, cosignature)


def contents(store: RecordStore) -> object:
    """All that can be read of a store."""
    return (
        tuple(store.journal()),
        {log: (tuple(store.leaves(log)), tuple(store.checkpoints(log))) for log in store.log_ids()},
        dict(store.settings()),
    )
