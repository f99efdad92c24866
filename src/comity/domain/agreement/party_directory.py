"""Whose key is whose, and from which place in which log on."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from comity.domain.agreement.key_statement import (
    KEY_KIND,
    KEY_KIND_VERSIONS,
    KeyStatement,
    SignedKeyStatement,
    open_key_body,
    read_key_certificate,
    read_key_record,
)
from comity.domain.agreement.limits import CERTIFICATES_KEPT_MAX
from comity.domain.agreement.party_card import PartyCard
from comity.domain.records import PublicKeyOf, Record, decode_canonical, unwrap
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import KeyId, PartyId
from comity.kernel.instants import Instant


@dataclass(slots=True)
class _Enrolled:
    """One party: its card and its key statements in order."""

    card: PartyCard
    statements: list[KeyStatement]
    # statement sequence -> reader -> index of the record in the log of this party to that reader
    delivered: dict[int, dict[PartyId, int]] = field(default_factory=dict)
    introduced: bytes | None = None  # a node key under the root whose record has not come yet
    certificates: dict[str, bytes] = field(default_factory=dict)  # SHA-256 -> DER
    signed: dict[int, SignedKeyStatement] = field(default_factory=dict)  # by sequence

    def keep_certificate(self, statement: KeyStatement, certificate: bytes) -> None:
        """Know a certificate that a statement names; of many, those of the latest statements."""
        self.certificates[statement.tls_certificate_sha256] = certificate
        named = dict.fromkeys(each.tls_certificate_sha256 for each in reversed(self.statements))
        kept = [digest for digest in named if digest in self.certificates][:CERTIFICATES_KEPT_MAX]
        self.certificates = {digest: self.certificates[digest] for digest in kept}


class PartyDirectory:
    """The parties a node knows, their pinned roots, and every node key they ever had.

    Old keys stay: a record made while its key was valid verifies for ever. Whether a record may
    still be made with a key is `check_key`'s question.
    """

    def __init__(self, own: PartyCard) -> None:
        self._own = own.party
        self._enrolled: dict[PartyId, _Enrolled] = {}
        self.enrol(own)

    def enrol(self, card: PartyCard) -> None:
        """Pin a party's root and take in the key on its card; a later card takes its place.

        Raises:
            InputError: the party is enrolled with another root, the card's key statement differs
                from one received under its number, or its node key belongs to another party.
        """
        known = self._enrolled.get(card.party)
        statement = card.key.statement
        if known is None:
            self._check_unshared(statement, "node_key")
            self._enrolled[card.party] = made = _Enrolled(card, [statement])
            made.signed[statement.sequence] = card.key
            made.keep_certificate(statement, card.tls_certificate)
            return
        if known.card.root_key != card.root_key:
            raise InputError("root_key", f"{card.party} is enrolled with another root key")
        try:
            self._add(known, card.key)
        except RecordError as error:
            raise InputError("card", f"{error.reason}: {error.detail}") from error
        known.keep_certificate(statement, card.tls_certificate)
        if statement.sequence >= known.card.key.statement.sequence:
            known.card = card

    def apply(self, record: Record, received_at: Instant) -> None:
        """Take in a `party.key` record, own or a peer's.

        Raises:
            RecordError: `unknown-party`, `key-statement`, `key-signature`, `key-sequence` or
                `key-shared`.
        """
        del received_at
        signed = read_key_record(record)
        known = self._enrolled.get(record.author)
        if known is None:
            raise RecordError("unknown-party", f"{record.author} is not enrolled")
        certificate = read_key_certificate(record)
        self._add(known, signed)
        if certificate is not None:
            known.keep_certificate(signed.statement, certificate)

    def mark_delivered(self, party: PartyId, sequence: int, reader: PartyId, index: int) -> None:
        """File where a key statement stands in a log: it is effective behind that place.

        Args:
            party: whose statement.
            sequence: the statement's number.
            reader: whose copy of the log.
            index: of the record's leaf. The first place filed stands.
        """
        known = self._enrolled.get(party)
        if known is not None:
            known.delivered.setdefault(sequence, {}).setdefault(reader, index)

    def pending(self, readers: tuple[PartyId, ...]) -> tuple[tuple[KeyStatement, PartyId], ...]:
        """Own key statements that have not reached a reader's log: shown as pending.

        The statement on the card was given by hand, and is pending for nobody.
        """
        own = self._enrolled[self._own]
        return tuple(
            (statement, reader)
            for statement in own.statements[1:]
            for reader in readers
            if reader not in own.delivered.get(statement.sequence, {})
        )

    def parties(self) -> tuple[PartyId, ...]:
        """Every party enrolled, own included, in order of enrolment."""
        return tuple(self._enrolled)

    def card(self, party: PartyId) -> PartyCard | None:
        """The card last enrolled, or None."""
        known = self._enrolled.get(party)
        return None if known is None else known.card

    def root_key_of(self, party: PartyId) -> bytes | None:
        """The root key a party is pinned to, or None."""
        known = self._enrolled.get(party)
        return None if known is None else known.card.root_key

    def public_key_of(self, party: PartyId, key_id: KeyId) -> bytes | None:
        """The node key that a party has or had under an id, or None; for `open_record`."""
        known = self._enrolled.get(party)
        if known is not None:
            for statement in known.statements:
                if statement.key_id == key_id:
                    return statement.node_key
        return None

    def public_keys(self, party: PartyId) -> tuple[bytes, ...]:
        """Every node key a party has or had, newest first; for what it signs beside records."""
        known = self._enrolled.get(party)
        keys = [] if known is None else [each.node_key for each in reversed(known.statements)]
        if known is not None and known.introduced is not None:
            keys.append(known.introduced)
        return tuple(dict.fromkeys(keys))

    def introduce(self, party: PartyId, envelope_bytes: bytes) -> None:
        """Know a node key by its `party.key` record, before that record has its turn in the log.

        A party that changes its key while a reader is away signs its checkpoints with a key that
        the reader learns only from the log under those checkpoints. No record counts by this.
        """
        statement = self._introduced(envelope_bytes)
        if statement is not None and statement.party == party:
            self._enrolled[party].introduced = statement.node_key

    def statements(self, party: PartyId) -> tuple[KeyStatement, ...]:
        """A party's key statements in order."""
        known = self._enrolled.get(party)
        return () if known is None else tuple(known.statements)

    def signed_statements(self, party: PartyId) -> tuple[SignedKeyStatement, ...]:
        """The same with the root's signature under each, for whoever is to check them elsewhere."""
        known = self._enrolled.get(party)
        return () if known is None else tuple(signed for _, signed in sorted(known.signed.items()))

    def certificates(self, party: PartyId, at: Instant) -> tuple[bytes, ...]:
        """The TLS certificates by which a party is known at an instant, DER, newest first.

        The newest that no statement has taken back, for as long as there is no newer one; an older
        one beside it until its own statement ends, for the party may not know yet that its newer
        one has arrived here.
        """
        known = self._enrolled.get(party)
        if known is None:
            return ()
        revoked = _revocations(known.statements)
        found: dict[str, bytes] = {}
        for statement in reversed(known.statements):
            digest = statement.tls_certificate_sha256
            if statement.key_id in revoked or digest not in known.certificates:
                continue
            if not found or at < statement.not_after:
                found.setdefault(digest, known.certificates[digest])
        return tuple(found.values())

    def resolver_for(self, envelope_bytes: bytes) -> PublicKeyOf:
        """As `public_key_of`, and the key that this very envelope introduces.

        A party whose node key is lost signs its next `party.key` record with the new key: the
        statement in it, signed by the pinned root, is what makes that key known.
        """

        def public_key_of(party: PartyId, key_id: KeyId) -> bytes | None:
            known = self.public_key_of(party, key_id)
            if known is not None:  # an id is the digest of its key: what is introduced is no other
                return known
            introduced = self._introduced(envelope_bytes)
            if introduced is not None and (introduced.party, introduced.key_id) == (party, key_id):
                return introduced.node_key
            return None

        return public_key_of

    def check_key(
        self, record: Record, reader: PartyId | None = None, index: int | None = None
    ) -> None:
        """Check that a record's key was its author's to use: in time, and not revoked.

        Args:
            record: an opened record.
            reader: whose log the record stands in; None where no place is known.
            index: its leaf in that log. A revocation binds the places after its own; without a
                place, every revocation known binds.

        Raises:
            RecordError: `unknown-key`, `key-expired` or `key-revoked`.
        """
        known = self._enrolled.get(record.author)
        named = [
            each for each in (known.statements if known else ()) if each.key_id == record.key_id
        ]
        if known is None or not named:
            raise RecordError("unknown-key", f"{record.author} has no key {record.key_id}")
        if not any(each.not_before <= record.made_at < each.not_after for each in named):
            last = named[-1]
            why = f"made at {record.made_at}; valid from {last.not_before} until {last.not_after}"
            raise RecordError("key-expired", why)
        sequence = _revocations(known.statements).get(record.key_id)
        if sequence is None:
            return
        place = known.delivered.get(sequence, {}).get(reader) if reader is not None else None
        if place is None or index is None or index > place:
            why = f"{record.key_id} is revoked by key statement {sequence} of {record.author}"
            raise RecordError("key-revoked", why)

    def _add(self, known: _Enrolled, signed: SignedKeyStatement) -> None:
        statement = signed.statement
        if not signed.holds_under(known.card.root_key):
            why = (
                f"key statement {statement.sequence} is not signed by the root of {statement.party}"
            )
            raise RecordError("key-signature", why)
        if any(statement == each for each in known.statements):
            return
        if any(statement.sequence == each.sequence for each in known.statements):
            why = f"another key statement has the number {statement.sequence}"
            raise RecordError("key-sequence", why)
        try:
            self._check_unshared(statement, "node_key")
        except InputError as error:
            raise RecordError("key-shared", error.why) from error
        revoked_by = _revocations(known.statements).get(statement.key_id)
        if revoked_by is not None and revoked_by < statement.sequence:
            raise RecordError("key-statement", f"{statement.key_id} was revoked; it cannot return")
        known.signed[statement.sequence] = signed
        known.statements.append(statement)
        known.statements.sort(key=lambda each: each.sequence)

    def _check_unshared(self, statement: KeyStatement, name: str) -> None:
        for party, other in self._enrolled.items():
            if other.card.root_key == statement.node_key:
                raise InputError(name, f"is the root key of {party}")
            if party != statement.party and any(
                each.node_key == statement.node_key for each in other.statements
            ):
                raise InputError(name, f"is a key of {party}")

    def _introduced(self, envelope_bytes: bytes) -> KeyStatement | None:
        try:
            envelope = unwrap(envelope_bytes)
            payload = decode_canonical(envelope.payload_bytes)
            if type(payload) is not dict or payload.get("kind") != KEY_KIND:
                return None
            version = payload.get("kind_version")
            if type(version) is not int or version not in KEY_KIND_VERSIONS:
                return None
            signed, _ = open_key_body(payload.get("body") or {}, version)
        except (InputError, RecordError):
            return None
        known = self._enrolled.get(signed.statement.party)
        if known is None or signed.statement.party != payload.get("author"):
            return None
        return signed.statement if signed.holds_under(known.card.root_key) else None


def _revocations(statements: list[KeyStatement]) -> dict[KeyId, int]:
    """Key id -> sequence of the first statement that revokes it."""
    found: dict[KeyId, int] = {}
    for key_id, sequence in _each_revocation(statements):
        found.setdefault(key_id, sequence)
    return found


def _each_revocation(statements: list[KeyStatement]) -> Iterator[tuple[KeyId, int]]:
    for statement in statements:
        for key_id in statement.revokes:
            yield key_id, statement.sequence
