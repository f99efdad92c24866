"""Records and logs: codec, verification of records, appends and proofs.

The peers do the same work with parts that anyone would take: rfc8785 for the canonical form, OpenSSL
through cryptography and json for a signed record. The peer of a record checks less: neither the
group of the key nor the spelling of the payload.
"""

import gc
import hashlib
import json
from collections.abc import Callable
from time import perf_counter
from typing import Any

import nacl.bindings
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from comity.domain.ledger import MerkleLog, verify_inclusion
from comity.domain.records import (
    Draft,
    decode_canonical,
    encode_canonical,
    key_id_of,
    open_record,
    party_id_of,
    seal,
    signed_message,
    unwrap,
)
from comity.kernel.ids import KeyId
from comity.kernel.instants import Instant

SEED = hashlib.sha256(b"comity bench").digest()
ALFA, BRAVO = party_id_of("alfa", b"alfa"), party_id_of("bravo", b"bravo")


def rows(gate: bool = False) -> list[dict[str, Any]]:
    """Rows of `bench-out/records.json`; with `gate`, those that have a peer, and few runs."""
    scale = 1 if gate else 10
    compared = [encoding(1_000 * scale), decoding(1_000 * scale), opening(300 * scale)]
    if gate:
        return compared
    log = MerkleLog()
    appended = appending(log, 1_000_000)
    return [*compared, appended, proving(log, 10_000), rooting(log, 10_000)]


def encoding(count: int) -> dict[str, Any]:
    """Canonical bytes of a proposal's body."""
    body = _body()
    if encode_canonical(body) != rfc8785.dumps(body):
        raise AssertionError("ours differs from rfc8785")
    ours_s = _best_s(lambda: _times(count, lambda: encode_canonical(body)))
    peer_s = _best_s(lambda: _times(count, lambda: rfc8785.dumps(body)))
    size_bytes = len(rfc8785.dumps(body))
    return _row(f"canonical encoding, {size_bytes} bytes", count, ours_s, "rfc8785.dumps", peer_s)


def decoding(count: int) -> dict[str, Any]:
    """Reading canonical bytes and checking that they are canonical."""
    payload_bytes = rfc8785.dumps(_body())

    def peer() -> None:
        if rfc8785.dumps(json.loads(payload_bytes)) != payload_bytes:
            raise AssertionError("the peer disagrees")

    ours_s = _best_s(lambda: _times(count, lambda: decode_canonical(payload_bytes)))
    peer_s = _best_s(lambda: _times(count, peer))
    work = f"canonical reading with check, {len(payload_bytes)} bytes"
    return _row(work, count, ours_s, "json.loads and rfc8785.dumps", peer_s)


def opening(count: int) -> dict[str, Any]:
    """Opening a received record completely: form, fields, key, signature."""
    signer = _Signer()
    draft = Draft("intent.proposal", (BRAVO,), _body())
    envelope_bytes = seal(draft, ALFA, 0, None, Instant(1_795_368_590_123), signer).envelope_bytes
    envelope = unwrap(envelope_bytes)
    message = signed_message(envelope.payload_bytes)
    peer_key = Ed25519PublicKey.from_public_bytes(signer.public_key)

    def peer() -> None:
        peer_key.verify(envelope.signature, message)
        json.loads(envelope.payload_bytes)

    def ours() -> None:
        open_record(envelope_bytes, lambda *_asked: signer.public_key)

    ours_s = _best_s(lambda: _times(count, ours))
    peer_s = _best_s(lambda: _times(count, peer))
    work = f"record opened and verified, {len(envelope_bytes)} bytes"
    return _row(work, count, ours_s, "cryptography Ed25519 verify and json.loads", peer_s)


def appending(log: MerkleLog, count: int) -> dict[str, Any]:
    """Leaves appended to a log in memory."""
    leaves = [hashlib.sha256(index.to_bytes(8, "big")).digest() for index in range(count)]
    gc.collect()
    start = perf_counter()
    for leaf in leaves:
        log.append(leaf)
    ours_s = perf_counter() - start
    return _row("log append in memory", count, ours_s)


def proving(log: MerkleLog, count: int) -> dict[str, Any]:
    """Inclusion proofs of a large log, each for another leaf, checked once outside the time."""
    size = log.size
    places = [index * 7_919_777 % size for index in range(count)]
    start = perf_counter()
    proofs = [log.inclusion_proof(place) for place in places]
    ours_s = perf_counter() - start
    root = log.root()
    for place, proof in zip(places[:100], proofs, strict=False):
        verify_inclusion(log.leaf_hash(place), place, size, proof, root)
    return _row(f"inclusion proof in a log of {size}", count, ours_s)


def rooting(log: MerkleLog, count: int) -> dict[str, Any]:
    """Roots of past sizes of a large log."""
    sizes = [1 + index * 7_919_777 % log.size for index in range(count)]
    start = perf_counter()
    for size in sizes:
        log.root(size)
    return _row(f"past root of a log of {log.size}", count, perf_counter() - start)


class _Signer:
    def __init__(self) -> None:
        self.public_key, self._secret = nacl.bindings.crypto_sign_seed_keypair(SEED)

    @property
    def key_id(self) -> KeyId:
        return key_id_of(self.public_key)

    def sign(self, message: bytes) -> bytes:
        return nacl.bindings.crypto_sign(message, self._secret)[:64]


def _body() -> dict[str, Any]:
    """A proposal of two volumes with sixteen vertices each."""
    volume = {
        "edge": "geodesic",
        "end": "2026-11-22T18:29:50.123Z",
        "latitude_e7": [471_234_567 + 1_001 * vertex for vertex in range(16)],
        "longitude_e7": [81_234_567 + 1_009 * vertex for vertex in range(16)],
        "lower": {"datum": "EGM2008", "height_mm": 300_000},
        "radius_mm": 0,
        "start": "2026-11-22T17:29:50.123Z",
        "upper": {"datum": "EGM2008", "height_mm": 600_000},
    }
    return {
        "agreement": "5" * 64,
        "decide_by": "2026-11-22T17:39:50.123Z",
        "flight_class": "scheduled",
        "intent": f"{ALFA}/0123456789abcdef",
        "volumes": [volume, dict(volume)],
    }


def _times(count: int, work: Callable[[], object]) -> None:
    for _ in range(count):
        work()


def _best_s(work: Callable[[], None]) -> float:
    shortest_s = float("inf")
    for _ in range(3):
        gc.collect()
        start = perf_counter()
        work()
        shortest_s = min(shortest_s, perf_counter() - start)
    return shortest_s


def _row(
    work: str, count: int, ours_s: float, peer: str | None = None, peer_s: float | None = None
) -> dict[str, Any]:
    ratio = None if peer_s is None else peer_s / ours_s
    return {
        "work": work,
        "n": count,
        "ours_s": ours_s,
        "peer": peer,
        "peer_s": peer_s,
        "ratio": ratio,
    }
