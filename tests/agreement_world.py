"""Parties with keys, texts and signed records for the tests of agreements."""

import hashlib
from dataclasses import dataclass, field

from tests.simulation.parties import SeededSigner

from comity.domain.agreement import (
    Agreement,
    AgreementBook,
    DraftParty,
    KeyStatement,
    PartyCard,
    SignedKeyStatement,
    StatementAction,
    draft_agreement,
    parse_agreement,
    proposal_draft,
    sign_key_statement,
    signature_draft,
    statement_draft,
)
from comity.domain.airspace import Shape, ShapeKind
from comity.domain.records import Draft, Record, party_id_of, seal
from comity.kernel.ids import OperatorId, PartyId
from comity.kernel.instants import Instant, instant_from_canonical

NOON = instant_from_canonical("2026-11-23T12:00:00.000Z")
DAY_S = 86_400.0
OPERATOR = OperatorId("ada")
NODE = OperatorId("node")


def signer(name: str) -> SeededSigner:
    return SeededSigner(hashlib.sha256(name.encode()).digest())


@dataclass
class Actor:
    """One party: its keys, and the chain of what it has said to each audience."""

    slug: str
    clock: Instant = NOON
    places: dict[tuple[PartyId, ...], Record] = field(default_factory=dict)

    @property
    def root(self) -> SeededSigner:
        return signer(f"root {self.slug}")

    @property
    def node(self) -> SeededSigner:
        return signer(f"node {self.slug}")

    @property
    def id(self) -> PartyId:
        return party_id_of(self.slug, self.root.public_key)

    def draft_party(self, *area: Shape) -> DraftParty:
        return DraftParty(self.id, self.slug.capitalize(), self.root.public_key, area)

    def say(self, draft: Draft, after_s: float = 1.0, key: SeededSigner | None = None) -> Record:
        """Seal a draft at this party's next instant."""
        self.clock = self.clock.plus_s(after_s)
        last = self.places.get(draft.recipients)
        record = seal(
            draft,
            self.id,
            0 if last is None else last.sequence + 1,
            None if last is None else last.digest,
            self.clock,
            key or self.node,
        )
        self.places[draft.recipients] = record
        return record

    def propose(self, agreement: Agreement, after_s: float = 1.0) -> Record:
        return self.say(proposal_draft(agreement, self.id, OPERATOR), after_s)

    def sign(self, agreement: Agreement, after_s: float = 1.0) -> Record:
        return self.say(signature_draft(agreement, self.id, OPERATOR), after_s)

    def state(
        self,
        agreement: Agreement,
        action: StatementAction,
        after_s: float = 1.0,
        effective_at: Instant | None = None,
    ) -> Record:
        draft = statement_draft(
            agreement,
            self.id,
            OPERATOR,
            action=action,
            reason="said at the table",
            effective_at=effective_at,
        )
        return self.say(draft, after_s)

    def key_statement(
        self,
        sequence: int = 0,
        node: SeededSigner | None = None,
        revokes: tuple[SeededSigner, ...] = (),
        valid_days: float = 90.0,
        not_before: Instant = NOON,
        certificate: bytes | None = None,
    ) -> SignedKeyStatement:
        statement = KeyStatement(
            party=self.id,
            node_key=(node or self.node).public_key,
            not_before=not_before,
            not_after=not_before.plus_s(valid_days * DAY_S),
            tls_certificate_sha256=hashlib.sha256(certificate or self.certificate).hexdigest(),
            sequence=sequence,
            revokes=tuple(sorted(each.key_id for each in revokes)),
        )
        return sign_key_statement(statement, self.root.sign)

    @property
    def certificate(self) -> bytes:
        return b"certificate of " + self.slug.encode()

    def card(self, **changed: object) -> PartyCard:
        fields: dict[str, object] = {
            "party": self.id,
            "name": self.slug.capitalize(),
            "root_key": self.root.public_key,
            "key": self.key_statement(),
            "addresses": ("https://127.0.0.1:8443",),
            "tls_certificate": self.certificate,
        }
        return PartyCard(**(fields | changed))  # type: ignore[arg-type]


def actors(*slugs: str) -> list[Actor]:
    return [Actor(slug) for slug in slugs]


def ring(south: float, west: float, north: float, east: float, radius_m: float = 0.0) -> Shape:
    return Shape(ShapeKind.RING, (south, south, north, north), (west, east, east, west), radius_m)


AREA = ring(40.0, 0.0, 50.0, 15.0)


def text_between(*parties: DraftParty, **changed: object) -> str:
    settings: dict[str, object] = {
        "title": "Between neighbours",
        "parties": parties,
        "area": [AREA],
        "valid_from": NOON.plus_s(-DAY_S),
        "valid_until": NOON.plus_s(30 * DAY_S),
    }
    return draft_agreement(**(settings | changed))  # type: ignore[arg-type]


def agreement_between(*people: Actor, **changed: object) -> Agreement:
    return parse_agreement(text_between(*(each.draft_party() for each in people), **changed))


def book_with(own: Actor, *records: Record) -> AgreementBook:
    book = AgreementBook(own.id)
    for record in records:
        book.apply(record, record.made_at)
    return book
