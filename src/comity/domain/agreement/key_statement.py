"""Key statements: a party's offline root names the key that its node signs with, for a while."""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from comity.domain.agreement.limits import (
    CERTIFICATE_SIZE_BYTES_MAX,
    KEY_STATEMENTS_MAX,
    KEY_VALIDITY_DAYS_MAX,
    REVOCATIONS_MAX,
)
from comity.domain.operators import check_operator
from comity.domain.records import (
    SIGNATURE_SIZE_BYTES,
    Draft,
    Record,
    check_public_key,
    encode_canonical,
    key_id_of,
    party_id_of,
    verify_signature,
)
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import DIGEST, PARTY_ID, KeyId, OperatorId, PartyId
from comity.kernel.instants import Instant, instant_from_canonical

KEY_KIND = "party.key"
KEY_KIND_VERSIONS = frozenset({1, 2})  # from 2 on the record brings the certificate it names
SIGNED_PREFIX = b"comity-key-statement-v1\x00"
_CERTIFICATE_FIELD = "tls_certificate_base64"
_KEY_ID = re.compile(r"ed25519:[0-9a-f]{64}")
_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class KeyStatement:
    """What a root key says of a node key.

    Attributes:
        party: whose root and whose node.
        node_key: raw Ed25519 public key that the node signs records with.
        not_before: first instant at which records may be made with it.
        not_after: first instant at which they may not; at most 90 days later.
        tls_certificate_sha256: of the node's certificate in DER, in hex.
        sequence: counts a party's statements from 0; a later one has a greater number.
        revokes: earlier node keys that are valid no longer.
    """

    party: PartyId
    node_key: bytes
    not_before: Instant
    not_after: Instant
    tls_certificate_sha256: str
    sequence: int
    revokes: tuple[KeyId, ...] = ()

    def __post_init__(self) -> None:
        if PARTY_ID.fullmatch(self.party) is None:
            raise InputError("party", f"{self.party!r} is not of the form {PARTY_ID.pattern}")
        try:
            check_public_key(self.node_key)
        except RecordError as error:
            raise InputError("node_key", error.detail) from error
        if self.not_after <= self.not_before:
            why = f"{self.not_after} is not after not_before, {self.not_before}"
            raise InputError("not_after", why)
        if self.not_after.minus(self.not_before) > KEY_VALIDITY_DAYS_MAX * _DAY_S:
            why = f"more than {KEY_VALIDITY_DAYS_MAX} days after not_before, {self.not_before}"
            raise InputError("not_after", why)
        if DIGEST.fullmatch(self.tls_certificate_sha256) is None:
            raise InputError("tls_certificate_sha256", "is not 64 lower-case hex digits")
        if not 0 <= self.sequence < KEY_STATEMENTS_MAX:
            why = f"{self.sequence} is outside 0 to {KEY_STATEMENTS_MAX - 1}"
            raise InputError("sequence", why)
        if len(self.revokes) > REVOCATIONS_MAX or list(self.revokes) != sorted(set(self.revokes)):
            why = f"{len(self.revokes)} keys; at most {REVOCATIONS_MAX}, sorted, none twice"
            raise InputError("revokes", why)
        for index, key_id in enumerate(self.revokes):
            if _KEY_ID.fullmatch(key_id) is None:
                raise InputError(f"revokes[{index}]", f"{key_id[:80]!r} is not a key id")
        if self.key_id in self.revokes:
            raise InputError("revokes", "revokes the very key it names")

    @property
    def key_id(self) -> KeyId:
        """The id of the node key."""
        return key_id_of(self.node_key)

    def signed_message(self) -> bytes:
        """The bytes that the root key signs.

        Source: docs/spec/agreement.md §6.
        """
        return SIGNED_PREFIX + encode_canonical(statement_to_body(self))


@dataclass(frozen=True, slots=True)
class SignedKeyStatement:
    """A key statement under the root key's signature."""

    statement: KeyStatement
    signature: bytes

    def holds_under(self, root_key: bytes) -> bool:
        """Whether that root key signed it, and is the root of the party it names."""
        party = self.statement.party
        return party == party_id_of(party.partition(".")[0], root_key) and verify_signature(
            root_key, self.statement.signed_message(), self.signature
        )


def sign_key_statement(
    statement: KeyStatement, sign: Callable[[bytes], bytes]
) -> SignedKeyStatement:
    """Sign a statement with the root key, wherever it is kept.

    Args:
        statement: what to say.
        sign: message -> 64-byte Ed25519 signature by the root key.
    """
    return SignedKeyStatement(statement, sign(statement.signed_message()))


def statement_to_body(statement: KeyStatement) -> dict[str, Any]:
    """The record form of a key statement."""
    return {
        "node_key_base64": base64.b64encode(statement.node_key).decode("ascii"),
        "not_after": str(statement.not_after),
        "not_before": str(statement.not_before),
        "party": statement.party,
        "revokes": list(statement.revokes),
        "sequence": statement.sequence,
        "tls_certificate_sha256": statement.tls_certificate_sha256,
    }


def signed_to_body(signed: SignedKeyStatement) -> dict[str, Any]:
    """The body of a `party.key` record."""
    return {
        "signature_base64": base64.b64encode(signed.signature).decode("ascii"),
        "statement": statement_to_body(signed.statement),
    }


def signed_from_body(body: Mapping[str, Any]) -> SignedKeyStatement:
    """Read a signed key statement; the signature is not verified here.

    Raises:
        InputError: a field is missing, unknown, or breaks its form or limit.
    """
    check_fields(body, "body", {"signature_base64", "statement"})
    fields = body["statement"]
    names = {
        *("node_key_base64", "not_after", "not_before", "party", "revokes", "sequence"),
        "tls_certificate_sha256",
    }
    check_fields(fields, "statement", names)
    for name in ("party", "tls_certificate_sha256"):
        if type(fields[name]) is not str:
            raise InputError(name, "is not a text")
    if type(fields["sequence"]) is not int:
        raise InputError("sequence", "is not an integer")
    revokes = fields["revokes"]
    if type(revokes) is not list or any(type(each) is not str for each in revokes):
        raise InputError("revokes", "is not a list of key ids")
    signature = from_base64(body["signature_base64"], "signature_base64")
    if len(signature) != SIGNATURE_SIZE_BYTES:
        raise InputError("signature_base64", f"{len(signature)} bytes, not {SIGNATURE_SIZE_BYTES}")
    statement = KeyStatement(
        party=PartyId(fields["party"]),
        node_key=from_base64(fields["node_key_base64"], "node_key_base64"),
        not_before=instant_from_canonical(fields["not_before"]),
        not_after=instant_from_canonical(fields["not_after"]),
        tls_certificate_sha256=fields["tls_certificate_sha256"],
        sequence=fields["sequence"],
        revokes=tuple(KeyId(each) for each in revokes),
    )
    return SignedKeyStatement(statement, signature)


def key_draft(
    signed: SignedKeyStatement,
    recipients: tuple[PartyId, ...],
    operator: OperatorId,
    tls_certificate: bytes | None = None,
) -> Draft:
    """The record that tells peers of a new node key, or of keys revoked.

    Args:
        signed: what the root says.
        recipients: the peers.
        operator: the person whose act it is.
        tls_certificate: the certificate that the statement names, DER; None where the peers have it.

    Raises:
        InputError: the certificate is not the one that the statement names, or too long.
    """
    body = signed_to_body(signed)
    version = 1
    if tls_certificate is not None:
        _check_certificate(tls_certificate, signed.statement)
        body[_CERTIFICATE_FIELD] = base64.b64encode(tls_certificate).decode("ascii")
        version = 2
    return Draft(KEY_KIND, tuple(sorted(recipients)), body, operator, kind_version=version)


def open_key_body(
    body: Mapping[str, Any], kind_version: int
) -> tuple[SignedKeyStatement, bytes | None]:
    """Read the body of a `party.key` record; the root's signature is not verified here.

    Returns:
        The statement, and the certificate in DER where the record brings it.

    Raises:
        InputError: a field is missing, unknown, or breaks its form or limit; the certificate is not
            the one that the statement names.

    Source: docs/spec/agreement.md §6, rule 15.
    """
    if kind_version == 1 or type(body) is not dict:
        return signed_from_body(body), None
    rest = {name: value for name, value in body.items() if name != _CERTIFICATE_FIELD}
    signed = signed_from_body(rest)
    certificate = from_base64(body.get(_CERTIFICATE_FIELD), _CERTIFICATE_FIELD)
    _check_certificate(certificate, signed.statement)
    return signed, certificate


def read_key_record(record: Record) -> SignedKeyStatement:
    """The statement in a `party.key` record; the root's signature is not verified here.

    Raises:
        RecordError: `unknown-kind`, `person-required`, `field-limit`, `key-statement`.
    """
    if record.kind != KEY_KIND:
        raise RecordError("unknown-kind", f"{record.kind!r} is not {KEY_KIND}")
    return _read(record)[0]


def read_key_certificate(record: Record) -> bytes | None:
    """The certificate in a `party.key` record, DER; None where it brings none.

    Raises:
        RecordError: as `read_key_record`.
    """
    return _read(record)[1]


def _read(record: Record) -> tuple[SignedKeyStatement, bytes | None]:
    if record.kind_version not in KEY_KIND_VERSIONS:
        raise RecordError("field-limit", f"kind_version: {record.kind_version}, known are 1 and 2")
    check_operator(record.kind, record.operator)
    try:
        signed, certificate = open_key_body(record.body, record.kind_version)
    except InputError as error:
        raise RecordError("key-statement", str(error)) from error
    if signed.statement.party != record.author:
        why = f"{record.author} speaks of a key of {signed.statement.party}"
        raise RecordError("key-statement", why)
    return signed, certificate


def _check_certificate(certificate: bytes, statement: KeyStatement) -> None:
    if not 1 <= len(certificate) <= CERTIFICATE_SIZE_BYTES_MAX:
        why = f"{len(certificate)} bytes, 1 to {CERTIFICATE_SIZE_BYTES_MAX} are allowed"
        raise InputError("tls_certificate", why)
    if hashlib.sha256(certificate).hexdigest() != statement.tls_certificate_sha256:
        raise InputError("tls_certificate", "is not the one that the root key signed for")


def check_fields(fields: object, what: str, names: set[str]) -> None:
    """Check that a value is an object with exactly these fields.

    Raises:
        InputError: it is not.
    """
    if type(fields) is not dict:
        raise InputError(what, "is not an object")
    for name in sorted(names - set(fields)):
        raise InputError(f"{what}.{name}", "is missing")
    for name in sorted(set(fields) - names):
        raise InputError(
            f"{what}.{name[:80]}", f"is unknown; the fields are {', '.join(sorted(names))}"
        )


def from_base64(text: object, field: str) -> bytes:
    """Read base64 in its one spelling.

    Raises:
        InputError: another spelling.
    """
    if type(text) is not str or not text.isascii():
        raise InputError(field, "is not base64")
    try:
        decoded = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise InputError(field, f"is not base64: {error}") from error
    if base64.b64encode(decoded).decode("ascii") != text:
        raise InputError(field, "is not the one spelling of its bytes in base64")
    return decoded
