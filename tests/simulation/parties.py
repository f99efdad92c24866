"""Parties of the simulator: seeded keys, cards, an agreement, and a plain conflict finder."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass

import nacl.bindings

from comity.domain.agreement import (
    DraftParty,
    KeyStatement,
    PartyCard,
    draft_agreement,
    sign_key_statement,
)
from comity.domain.airspace import Altitude, Datum, EdgeKind, Footprint, Shape, ShapeKind, Volume4D
from comity.domain.records import key_id_of, party_id_of
from comity.kernel.ids import KeyId, PartyId
from comity.kernel.instants import Instant

EPOCH = Instant(1_795_000_000_000)
OPERATOR = "officer-1"
DAY_S = 86_400.0


@dataclass(frozen=True)
class SeededSigner:
    """An Ed25519 key from a seed."""

    seed: bytes

    def __post_init__(self) -> None:
        public, secret = nacl.bindings.crypto_sign_seed_keypair(self.seed)
        object.__setattr__(self, "_public", public)
        object.__setattr__(self, "_secret", secret)

    @property
    def public_key(self) -> bytes:
        return self._public  # type: ignore[attr-defined]

    @property
    def key_id(self) -> KeyId:
        return key_id_of(self.public_key)

    def sign(self, message: bytes) -> bytes:
        return nacl.bindings.crypto_sign(message, self._secret)[:64]  # type: ignore[attr-defined]


class SeededEntropy:
    """Chance that a seed decides."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def token(self, size_bytes: int) -> bytes:
        return self._rng.randbytes(size_bytes)


@dataclass(frozen=True)
class Party:
    """One party's keys and card."""

    id: PartyId
    name: str
    root: SeededSigner
    signer: SeededSigner
    card: PartyCard


def make_party(slug: str) -> Party:
    root = SeededSigner(hashlib.sha256(b"root " + slug.encode()).digest())
    signer = SeededSigner(hashlib.sha256(b"node " + slug.encode()).digest())
    certificate = b"certificate of " + slug.encode()
    party = party_id_of(slug, root.public_key)
    statement = KeyStatement(
        party=party,
        sequence=0,
        node_key=signer.public_key,
        not_before=EPOCH.plus_s(-DAY_S),
        not_after=EPOCH.plus_s(80 * DAY_S),
        tls_certificate_sha256=hashlib.sha256(certificate).hexdigest(),
    )
    card = PartyCard(
        party=party,
        name=slug.capitalize(),
        root_key=root.public_key,
        key=sign_key_statement(statement, root.sign),
        addresses=(),
        tls_certificate=certificate,
    )
    return Party(party, card.name, root, signer, card)


def ring(west: float, south: float, east: float, north: float) -> Shape:
    return Shape(
        ShapeKind.RING,
        latitude_deg=(south, south, north, north),
        longitude_deg=(west, east, east, west),
        radius_m=0.0,
        edge=EdgeKind.GEODESIC,
    )


AREA = ring(4.0, 44.0, 12.0, 49.0)


def agreement_text(parties: Sequence[Party], **overrides: object) -> str:
    settings: dict[str, object] = {
        "title": "Exercise in good faith",
        "parties": [DraftParty(p.id, p.name, p.root.public_key) for p in parties],
        "area": [AREA],
        "valid_from": EPOCH.plus_s(-3600),
        "valid_until": EPOCH.plus_s(30 * DAY_S),
        "decide_within_s": 60.0,
        "guard_band_s": 10.0,
    }
    return draft_agreement(**(settings | overrides))  # type: ignore[arg-type]


def lane(
    number: int, start: Instant, duration_s: float, flight_class: str = "general"
) -> Footprint:
    """A short path in one of several places 0.5 degrees apart: neighbours do not meet, equals do."""
    east = 5.0 + 0.5 * (number % 12)
    north = 45.0 + 0.5 * (number // 12 % 6)
    volume = Volume4D(
        shape=Shape(
            ShapeKind.PATH,
            latitude_deg=(north, north + 0.05),
            longitude_deg=(east, east + 0.05),
            radius_m=500.0,
            edge=EdgeKind.GEODESIC,
        ),
        lower=Altitude(1000.0, Datum.WGS84),
        upper=Altitude(1300.0, Datum.WGS84),
        start=start,
        end=start.plus_s(duration_s),
    )
    return Footprint((volume,), None, flight_class)
