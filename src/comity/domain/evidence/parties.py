"""The parties of a bundle: their roots, and every key that their roots named."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from comity.domain.agreement import (
    KeyStatement,
    SignedKeyStatement,
    signed_from_body,
    signed_to_body,
)
from comity.domain.agreement.limits import KEY_STATEMENTS_MAX
from comity.domain.evidence.fields import FieldReader, encoded
from comity.domain.evidence.limits import NAME_LENGTH_MAX, PART_SIZE_BYTES_MAX, PARTIES_MAX
from comity.domain.evidence.reasons import BundleReason
from comity.domain.records import (
    PUBLIC_KEY_SIZE_BYTES,
    Record,
    check_public_key,
    decode_canonical,
    encode_canonical,
    party_id_of,
)
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import KeyId, PartyId

_PARTY = frozenset({"name", "party", "root_key_base64", "statements"})
_REASON = BundleReason.PARTIES_FORM


@dataclass(frozen=True, slots=True)
class BundleParty:
    """One party as a bundle shows it."""

    party: PartyId
    name: str
    root_key: bytes
    statements: tuple[SignedKeyStatement, ...]


@dataclass(slots=True)
class BundleKeys:
    """Whose key is whose, by the statements of one bundle.

    Attributes:
        parties: by id.
    """

    parties: dict[PartyId, BundleParty]
    _by_key: dict[tuple[PartyId, KeyId], list[KeyStatement]] = field(default_factory=dict)
    _revoked_by: dict[tuple[PartyId, KeyId], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for party, each in self.parties.items():
            for signed in each.statements:
                statement = signed.statement
                self._by_key.setdefault((party, statement.key_id), []).append(statement)
                for key_id in statement.revokes:
                    self._revoked_by.setdefault((party, key_id), statement.sequence)

    def public_key_of(self, party: PartyId, key_id: KeyId) -> bytes | None:
        """The raw node key of that id, or None; for `open_record`."""
        named = self._by_key.get((party, key_id))
        return named[0].node_key if named else None

    def public_keys(self, party: PartyId) -> tuple[bytes, ...]:
        """All node keys of a party, oldest first.

        Raises:
            RecordError: `unknown-party`.
        """
        known = self.parties.get(party)
        if known is None:
            raise RecordError(BundleReason.UNKNOWN_PARTY, f"{party} is not among the parties")
        return tuple(dict.fromkeys(each.statement.node_key for each in known.statements))

    def check_time(self, record: Record) -> None:
        """Check that a record was made while its key was valid.

        Raises:
            RecordError: `key-expired`.
        """
        named = self._by_key[record.author, record.key_id]
        if not any(each.not_before <= record.made_at < each.not_after for each in named):
            last = named[-1]
            why = f"made at {record.made_at}; valid from {last.not_before} until {last.not_after}"
            raise RecordError(BundleReason.KEY_EXPIRED, why)

    def revoked_by(self, record: Record) -> int | None:
        """The number of the first statement that revokes a record's key, or None."""
        return self._revoked_by.get((record.author, record.key_id))


def encode_parties(parties: Iterable[BundleParty]) -> bytes:
    """`parties.json`, in order.

    Raises:
        InputError: longer than docs/spec/bundle.md [E5] allows.
    """
    told = [
        {
            "name": each.name,
            "party": each.party,
            "root_key_base64": encoded(each.root_key),
            "statements": [
                signed_to_body(signed)
                for signed in sorted(each.statements, key=lambda one: one.statement.sequence)
            ],
        }
        for each in sorted(parties, key=lambda one: one.party)
    ]
    return encode_canonical({"parties": told}, PART_SIZE_BYTES_MAX)


def decode_parties(
    parties_bytes: bytes, roots: Mapping[PartyId, bytes] | None = None
) -> BundleKeys:
    """Read `parties.json` and check every statement in it.

    Args:
        parties_bytes: as in the archive.
        roots: root keys that the verifier knows; those of other parties are taken as they come.

    Raises:
        RecordError: `parties-form`, `root-key`, `key-statement`, `key-shared`.

    Source: docs/spec/bundle.md §4.
    """
    try:
        value = decode_canonical(parties_bytes, PART_SIZE_BYTES_MAX)
    except RecordError as error:
        raise RecordError(_REASON, str(error)) from error
    read = FieldReader(value, frozenset({"parties"}), _REASON, "parties.json")
    parties = [
        _party(each, f"parties[{index}]", roots or {})
        for index, each in enumerate(read.items("parties", PARTIES_MAX))
    ]
    if any(one.party >= other.party for one, other in pairwise(parties)):
        raise read.refused("not ascending by party, or one stands twice")
    _check_unshared(parties)
    return BundleKeys({each.party: each for each in parties})


def _party(value: object, place: str, roots: Mapping[PartyId, bytes]) -> BundleParty:
    read = FieldReader(value, _PARTY, _REASON, place)
    party = read.party("party")
    root_key = read.base64("root_key_base64", PUBLIC_KEY_SIZE_BYTES)
    try:
        check_public_key(root_key)
    except RecordError as error:
        raise RecordError(BundleReason.ROOT_KEY, f"{party}: {error.detail}") from error
    if party_id_of(party.partition(".")[0], root_key) != party:
        raise RecordError(BundleReason.ROOT_KEY, f"the root key is not the one {party} is made of")
    if roots.get(party, root_key) != root_key:
        raise RecordError(BundleReason.ROOT_KEY, f"the root key of {party} is not the one given")
    statements = tuple(
        _statement(each, f"{place}.statements[{index}]", party, root_key)
        for index, each in enumerate(read.items("statements", KEY_STATEMENTS_MAX))
    )
    if not statements:
        raise read.refused("statements: none")
    if any(
        one.statement.sequence >= other.statement.sequence for one, other in pairwise(statements)
    ):
        raise read.refused("statements: not ascending by sequence, or one stands twice")
    return BundleParty(party, read.words("name", 1, NAME_LENGTH_MAX), root_key, statements)


def _statement(value: object, place: str, party: PartyId, root_key: bytes) -> SignedKeyStatement:
    if type(value) is not dict:
        raise RecordError(_REASON, f"{place} is not an object")
    try:
        signed = signed_from_body(value)
    except InputError as error:
        raise RecordError(_REASON, f"{place}: {error}") from error
    if signed.statement.party != party or not signed.holds_under(root_key):
        raise RecordError(
            BundleReason.KEY_STATEMENT, f"{place} is not of {party}, or not signed by its root"
        )
    return signed


def _check_unshared(parties: list[BundleParty]) -> None:
    owner_of = {each.root_key: f"the root of {each.party}" for each in parties}
    if len(owner_of) != len(parties):
        raise RecordError(BundleReason.KEY_SHARED, "two parties have one root key")
    for each in parties:
        for key in {signed.statement.node_key for signed in each.statements}:
            taken = owner_of.setdefault(key, f"a node key of {each.party}")
            if taken != f"a node key of {each.party}":
                why = f"a node key of {each.party} is {taken}"
                raise RecordError(BundleReason.KEY_SHARED, why)
