"""The vectors of docs/spec/agreement.md §5 and §6: records of agreements and of node keys.

Root signatures are OpenSSL's through cryptography, canonical bytes rfc8785's, digests hashlib's; what an
accepted record says is written by hand beside it. Nothing here imports comity.
"""

import copy
import hashlib
from collections.abc import Iterator
from typing import Any

import rfc8785
from tools.agreement_vectors import PREFIX, text
from tools.record_vectors import known_keys, payload, sealed
from tools.vector_cases import ALFA, BRAVO, CHARLIE, Case, Fields, Party, b64, key_id

__all__ = ["cases", "known_keys", "known_roots"]

TEXT = text()
DIGEST = hashlib.sha256(PREFIX + TEXT.encode()).hexdigest()
KEY_PREFIX = b"comity-key-statement-v1\x00"
NEW_NODE = hashlib.sha256(b"comity vector node alfa the second").digest()
PROPOSAL: Fields = {"agreement": DIGEST, "languages": ["en"], "previous": None, "text": TEXT}
STATEMENT: Fields = {
    "action": "suspend",
    "agreement": DIGEST,
    "effective_at": "2026-11-23T00:00:00.000Z",
    "reason": "until we have spoken",
}
KEY: Fields = {
    "node_key_base64": b64(ALFA.node_public),
    "not_after": "2027-02-20T12:00:00.000Z",  # 90 days on: 8 of November, 31, 31, 20
    "not_before": "2026-11-22T12:00:00.000Z",
    "party": ALFA.id,
    "revokes": [],
    "sequence": 1,
    "tls_certificate_sha256": "ce" * 32,
}


def known_roots() -> Fields:
    """The parties that a reader has enrolled: id to root key in hex."""
    return {party.id: party.root_public.hex() for party in (ALFA, BRAVO, CHARLIE)}


def cases() -> Iterator[Case]:
    """Every case of the page."""
    yield from agreements()
    yield from statements()
    yield from keys()


def record(kind: str, body: Fields, **envelope: Any) -> bytes:
    """A record of alfa's officer to bravo."""
    fields = {"author": ALFA.id, "kind": kind, "operator": "ada", "body": body} | envelope
    return sealed(payload(**fields))


def good(
    name: str, rule: str, why: str, kind: str, body: Fields, version: int = 1, **says: Any
) -> Case:
    """A record that is taken in."""
    values: Fields = {"kind": kind, "says": says}
    envelope = record(kind, body, kind_version=version)
    return Case(name, rule, why, {"envelope.json": envelope}, values=values)


def bad(name: str, rule: str, reason: str, why: str, kind: str, body: Fields, **more: Any) -> Case:
    """A record that opens, and is refused for what it says."""
    return Case(f"{name}_reject", rule, why, {"envelope.json": record(kind, body, **more)}, reason)


def changed(body: Fields, **changes: Any) -> Fields:
    """A body with members changed, or left out where the value is `...`."""
    fresh = copy.deepcopy(body) | changes
    return {name: value for name, value in fresh.items() if value is not ...}


def agreements() -> Iterator[Case]:
    """Proposals of a text, and signatures."""
    kind = "agreement.proposal"
    yield good("proposal", "10", "the example of the page", kind, PROPOSAL, agreement=DIGEST)
    form = "field-form"
    for field in ("agreement", "languages", "text"):
        why = f"no {field}"
        yield bad(
            f"proposal-no-{field}",
            "10",
            "missing-field",
            why,
            kind,
            changed(PROPOSAL, **{field: ...}),
        )
    yield bad(
        "proposal-digest",
        "10",
        "agreement-digest",
        "of another text",
        kind,
        changed(PROPOSAL, agreement="a1" * 32),
    )
    yield bad(
        "proposal-digest-form",
        "10",
        form,
        "capitals",
        kind,
        changed(PROPOSAL, agreement=DIGEST.upper()),
    )
    yield bad(
        "proposal-previous",
        "10",
        "agreement-digest",
        "amends what the text does not",
        kind,
        changed(PROPOSAL, previous="a1" * 32),
    )
    yield bad(
        "proposal-languages",
        "10",
        form,
        "languages that the text has not",
        kind,
        changed(PROPOSAL, languages=["en", "ru"]),
    )
    yield bad(
        "proposal-text",
        "2",
        "agreement-text",
        "no front matter",
        kind,
        changed(PROPOSAL, text="hello"),
    )
    yield bad(
        "proposal-audience",
        "5",
        "agreement-recipients",
        "not to every other party",
        kind,
        PROPOSAL,
        recipients=[CHARLIE.id],
    )
    yield bad(
        "proposal-by-node",
        "5",
        "person-required",
        "a text is proposed by a person",
        kind,
        PROPOSAL,
        operator="node",
    )
    yield bad(
        "proposal-exercise", "5", form, "an agreement is no exercise", kind, PROPOSAL, exercise=True
    )
    yield bad(
        "proposal-version", "5", "field-limit", "kind version 2", kind, PROPOSAL, kind_version=2
    )
    kind = "agreement.signature"
    yield good("signature", "12", "signs a text", kind, {"agreement": DIGEST}, agreement=DIGEST)
    yield bad("signature-empty", "12", "missing-field", "which text?", kind, {})
    yield bad("signature-form", "12", form, "a title", kind, {"agreement": "Between neighbours"})
    yield bad(
        "signature-by-node",
        "5",
        "person-required",
        "a text is signed by a person",
        kind,
        {"agreement": DIGEST},
        operator="node",
    )


def statements() -> Iterator[Case]:
    """Suspension, restoration, withdrawal."""
    kind, form = "agreement.statement", "field-form"
    says: Fields = {"agreement": DIGEST, "effective_at": STATEMENT["effective_at"]}
    for action in ("suspend", "restore", "withdraw"):
        body = changed(STATEMENT, action=action)
        yield good(f"statement-{action}", "11", f"says {action}", kind, body, action=action, **says)
    at_once = changed(STATEMENT, effective_at=None)
    yield good(
        "statement-at-once",
        "11",
        "at once",
        kind,
        at_once,
        action="suspend",
        **(says | {"effective_at": None}),
    )
    most = changed(STATEMENT, reason="причина — 理由 ".ljust(2000, "."))
    yield good("statement-2000", "11", "2,000 characters", kind, most, action="suspend", **says)
    for field in ("agreement", "action", "reason"):
        yield bad(
            f"statement-no-{field}",
            "11",
            "missing-field",
            f"no {field}",
            kind,
            changed(STATEMENT, **{field: ...}),
        )
    yield bad(
        "statement-action", "11", form, "no such word", kind, changed(STATEMENT, action="ignore")
    )
    yield bad(
        "statement-effective",
        "11",
        form,
        "another spelling",
        kind,
        changed(STATEMENT, effective_at="2026-11-23"),
    )
    yield bad("statement-blank", "11", form, "says nothing", kind, changed(STATEMENT, reason="   "))
    yield bad(
        "statement-2001",
        "11",
        form,
        "2,001 characters",
        kind,
        changed(STATEMENT, reason="." * 2001),
    )
    yield bad(
        "statement-bidi",
        "11",
        form,
        "turns the line round",
        kind,
        changed(STATEMENT, reason="a\u202eb"),
    )
    yield bad(
        "statement-by-node",
        "5",
        "person-required",
        "a person says it",
        kind,
        STATEMENT,
        operator="node",
    )


def keys() -> Iterator[Case]:
    """Key statements under the root's signature."""
    kind, wrong = "party.key", "key-statement"
    new = changed(KEY, node_key_base64=b64(_public(NEW_NODE)), sequence=2, revokes=[ALFA.key_id])
    yield good("key", "14", "a node key for 90 days", kind, signed(KEY), sequence=1, revokes=[])
    yield good(
        "key-revokes",
        "16",
        "a new key, and the old one revoked",
        kind,
        signed(new),
        sequence=2,
        revokes=[ALFA.key_id],
    )
    yield bad(
        "key-other-root", "15", "key-signature", "signed by another root", kind, signed(KEY, BRAVO)
    )
    other = {**signed(KEY), "statement": changed(KEY, sequence=3)}
    yield bad("key-changed", "15", "key-signature", "changed after it was signed", kind, other)
    yield bad(
        "key-of-bravo",
        "15",
        wrong,
        "alfa speaks of bravo's key",
        kind,
        signed(changed(KEY, party=BRAVO.id), BRAVO),
    )
    yield bad(
        "key-shared",
        "15",
        "key-shared",
        "bravo's node key",
        kind,
        signed(changed(KEY, node_key_base64=b64(BRAVO.node_public))),
    )
    yield bad(
        "key-root",
        "15",
        "key-shared",
        "bravo's root key",
        kind,
        signed(changed(KEY, node_key_base64=b64(BRAVO.root_public))),
    )
    yield bad(
        "key-91-days",
        "14",
        wrong,
        "a day too long",
        kind,
        signed(changed(KEY, not_after="2027-02-20T12:00:00.001Z")),
    )
    yield bad(
        "key-reversed",
        "14",
        wrong,
        "ends when it begins",
        kind,
        signed(changed(KEY, not_after=KEY["not_before"])),
    )
    yield bad(
        "key-revokes-itself",
        "14",
        wrong,
        "revokes the key it names",
        kind,
        signed(changed(KEY, revokes=[ALFA.key_id])),
    )
    unsorted = [key_id(b"b" * 32), key_id(b"a" * 32)]
    yield bad(
        "key-unsorted",
        "14",
        wrong,
        "revocations out of order",
        kind,
        signed(changed(KEY, revokes=sorted(unsorted, reverse=True))),
    )
    yield bad(
        "key-sequence", "14", wrong, "number 1,000", kind, signed(changed(KEY, sequence=1000))
    )
    yield bad(
        "key-certificate",
        "14",
        wrong,
        "capitals",
        kind,
        signed(changed(KEY, tls_certificate_sha256="CE" * 32)),
    )
    yield bad(
        "key-neutral",
        "14",
        wrong,
        "a key that no rule lets pass",
        kind,
        signed(changed(KEY, node_key_base64=b64(b"\x01" + bytes(31)))),
    )
    yield bad("key-extra", "15", wrong, "another field", kind, {**signed(KEY), "note": ""})
    yield bad(
        "key-short-signature",
        "15",
        wrong,
        "63 bytes",
        kind,
        {**signed(KEY), "signature_base64": b64(b"\x01" * 63)},
    )
    yield bad(
        "key-by-node", "15", "person-required", "a person's act", kind, signed(KEY), operator="node"
    )
    yield from certificates(kind, wrong)


def certificates(kind: str, wrong: str) -> Iterator[Case]:
    """Version 2 of a key's record, which brings the certificate that the statement names."""
    der = b"stands for a certificate in DER"
    named = signed(changed(KEY, tls_certificate_sha256=hashlib.sha256(der).hexdigest()))
    brings = {**named, "tls_certificate_base64": b64(der)}
    yield good(
        "key-brings-certificate",
        "15",
        "a certificate that no card brought",
        kind,
        brings,
        version=2,
        sequence=1,
        revokes=[],
        certificate_sha256=hashlib.sha256(der).hexdigest(),
    )
    refused: tuple[tuple[str, str, Fields, int], ...] = (
        ("other", "another certificate", {**brings, "tls_certificate_base64": b64(der + b"!")}, 2),
        ("none", "version 2 without it", named, 2),
        ("version-1", "a field that version 1 has not", brings, 1),
        ("empty", "no bytes", {**brings, "tls_certificate_base64": ""}, 2),
        ("number", "no text", {**brings, "tls_certificate_base64": 7}, 2),
        ("url", "base64url", {**brings, "tls_certificate_base64": b64(der).rstrip("=") + "_="}, 2),
    )
    for name, why, body, version in refused:
        case = f"key-certificate-{name}"
        yield bad(case, "15", wrong, why, kind, body, kind_version=version)
    long = b"\x30" * 8_193
    body = signed(changed(KEY, tls_certificate_sha256=hashlib.sha256(long).hexdigest()))
    body["tls_certificate_base64"] = b64(long)
    yield bad("key-certificate-8193", "15", wrong, "a byte too many", kind, body, kind_version=2)
    yield bad(
        "key-version-3", "15", "field-limit", "a version to come", kind, brings, kind_version=3
    )


def signed(statement: Fields, party: Party = ALFA) -> Fields:
    """The body of a `party.key` record."""
    signature = party.root.sign(KEY_PREFIX + rfc8785.dumps(statement))
    return {"signature_base64": b64(signature), "statement": statement}


def _public(seed: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
