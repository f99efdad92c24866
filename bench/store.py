"""The store: appends a second by size of the group commit, and offline verification.

Peer: Python's sqlite3 on the same disk with the same durability (WAL, synchronous=FULL), the same
envelopes in one plain table with a unique digest, one commit a record: what one writes first.
"""

import contextlib
import hashlib
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from nacl.signing import SigningKey

from comity.adapters.sqlite import SqliteRecordStore
from comity.application.ports.record_store import JournalEntry, LogId, StoredLeaf
from comity.application.verify_store import verify_store
from comity.domain.records import Draft, key_id_of, party_id_of, seal
from comity.kernel.ids import KeyId, PartyId, RecordDigest
from comity.kernel.instants import Instant

APPENDS = 1000
ENVELOPE_BYTES = 900  # a flight of some twenty volumes in cells; full ones are larger
VERIFIED = 4000
GROUPS = (1, 10, 100)
PEER = "sqlite3, WAL, synchronous=FULL, one commit a record"
AT = Instant(1_795_000_000_000)


def rows() -> Iterator[dict[str, Any]]:
    """One result a work: `{work, n, ours_s, peer, peer_s, ratio}`."""
    envelopes = [_envelope(number) for number in range(APPENDS)]
    peer_s = _timed(lambda path: _peer(path, envelopes))
    for group in GROUPS:
        ours_s = _timed(lambda path, group=group: _ours(path, envelopes, group))
        yield {
            "work": f"append a journalled record and its leaf, {group} a commit",
            "n": APPENDS,
            "ours_s": ours_s,
            "peer": PEER,
            "peer_s": peer_s,
            "ratio": peer_s / ours_s,
        }
    yield {
        "work": "verify a store offline: records, signatures, sequences, leaves",
        "n": VERIFIED,
        "ours_s": _timed(_verify, prepare=_signed_store),
        "peer": None,
        "peer_s": None,
        "ratio": None,
    }


def _timed(work: Callable[[Path], None], prepare: Callable[[Path], None] | None = None) -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store"
        if prepare is not None:
            prepare(path)
        start = time.perf_counter()
        work(path)
        return time.perf_counter() - start


def _envelope(number: int) -> bytes:
    return hashlib.shake_256(b"envelope %d" % number).digest(ENVELOPE_BYTES)


def _ours(path: Path, envelopes: list[bytes], group: int) -> None:
    log = LogId(PartyId("alpha.aaaaaaaa"), PartyId("bravo.bbbbbbbb"))
    with contextlib.closing(SqliteRecordStore(path, create=True)) as store:
        for number, envelope in enumerate(envelopes):
            digest = RecordDigest(hashlib.sha256(envelope).hexdigest())
            store.append_journal(JournalEntry(digest, envelope, AT))
            store.append_leaf(log, StoredLeaf(number, envelope[:32], digest, envelope))
            if (number + 1) % group == 0:
                store.commit()
        store.commit()


def _peer(path: Path, envelopes: list[bytes]) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE record (digest BLOB PRIMARY KEY, envelope BLOB)")
        for envelope in envelopes:
            digest = hashlib.sha256(envelope).digest()
            connection.execute("INSERT INTO record VALUES (?, ?)", (digest, envelope))


class _Key:
    """One party's key, as signer and as all the keys there are."""

    def __init__(self) -> None:
        self._key = SigningKey(b"\1" * 32)
        self.public_key = bytes(self._key.verify_key)
        self.key_id = key_id_of(self.public_key)

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message).signature

    def public_key_of(self, author: PartyId, key_id: KeyId) -> bytes | None:
        return self.public_key if author and key_id == self.key_id else None

    def public_keys(self, party: PartyId) -> list[bytes]:
        return [self.public_key] if party else []


def _signed_store(path: Path) -> None:
    key = _Key()
    alpha = party_id_of("alpha", key.public_key)
    bravo = PartyId("bravo.bbbbbbbb")
    previous = None
    with contextlib.closing(SqliteRecordStore(path, create=True)) as store:
        for number in range(VERIFIED):
            draft = Draft("note.text", (bravo,), {"text": "x" * 500})
            record = seal(draft, alpha, number, previous, AT, key)
            previous = record.digest
            store.append_journal(JournalEntry(record.digest, record.envelope_bytes, AT))
            salt = hashlib.sha256(b"%d" % number).digest()
            leaf = StoredLeaf(number, salt, record.digest, record.envelope_bytes)
            store.append_leaf(LogId(alpha, bravo), leaf)
        store.commit()


def _verify(path: Path) -> None:
    with contextlib.closing(SqliteRecordStore(path, read_only=True)) as store:
        report = verify_store(store, _Key())
    if not report.sound or report.records != VERIFIED:
        raise AssertionError(f"the store verified is not sound: {report}")
