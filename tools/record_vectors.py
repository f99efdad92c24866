"""The vectors of docs/spec/record.md: each case by name, rule and reason."""

import base64
import hashlib
import json
from collections.abc import Iterator
from typing import Any

import rfc8785
from tests import naive_ed25519
from tools.vector_cases import ALFA, BRAVO, CHARLIE, Case, Fields, Party, b64, base32_40, key_id

PAYLOAD_TYPE = "application/vnd.comity.record.v1+json"
MADE_AT = "2026-11-22T17:29:50.123Z"
NEUTRAL_KEY = naive_ed25519.encode(naive_ed25519.NEUTRAL)  # a key that no rule may let pass
ORDER_TWO = (0, naive_ed25519.P - 1)
MIXED_KEY = naive_ed25519.encode(
    naive_ed25519.add(naive_ed25519.multiply(5, naive_ed25519.BASE), ORDER_TWO)
)


def known_keys() -> Fields:
    """The keys that a reader knows: party id to key id to public key in hex."""
    known = {party.id: {party.key_id: party.node_public.hex()} for party in (ALFA, BRAVO, CHARLIE)}
    known[ALFA.id] |= {key_id(key): key.hex() for key in (NEUTRAL_KEY, MIXED_KEY)}
    return known


def cases() -> Iterator[Case]:
    """Every case of the page."""
    yield from accepted_records()
    yield from rejected_envelopes()
    yield from rejected_payloads()
    yield from rejected_fields()
    yield from rejected_signatures()
    yield from equivocations()


def payload(**changes: Any) -> Fields:
    """The example of the page, with some fields changed."""
    fields: Fields = {
        "author": ALFA.id,
        "body": {"text": "line check"},
        "exercise": False,
        "expires_at": None,
        "kind": "line.check",
        "kind_version": 1,
        "labels": [],
        "made_at": MADE_AT,
        "operator": "node",
        "previous": None,
        "recipients": [BRAVO.id],
        "sequence": 0,
    }
    fields.update(changes)
    return fields


def without(name: str) -> Fields:
    """The example with one field absent."""
    fields = payload()
    del fields[name]
    return fields


def pae(payload_bytes: bytes) -> bytes:
    """DSSE's pre-authentication encoding of a payload."""
    kind = PAYLOAD_TYPE.encode()
    return b" ".join(
        (b"DSSEv1", str(len(kind)).encode(), kind, str(len(payload_bytes)).encode(), payload_bytes)
    )


def envelope_of(payload_bytes: bytes, party: Party = ALFA) -> Fields:
    """The envelope of payload bytes, not yet spelt."""
    return {
        "payload": b64(payload_bytes),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": party.key_id, "sig": b64(party.node.sign(pae(payload_bytes)))}],
    }


def envelope_bytes(payload_bytes: bytes, party: Party = ALFA) -> bytes:
    """The envelope of payload bytes in its one spelling."""
    return rfc8785.dumps(envelope_of(payload_bytes, party))


def sealed(fields: Fields, party: Party = ALFA) -> bytes:
    """The envelope of fields."""
    return envelope_bytes(rfc8785.dumps(fields), party)


def accepted(name: str, rule: str, why: str, fields: Fields) -> Case:
    """A case that a reader takes."""
    payload_bytes = rfc8785.dumps(fields)
    known = payload()
    values = {
        "digest": hashlib.sha256(b"comity-record-v1\x00" + payload_bytes).hexdigest(),
        "fields": {key: value for key, value in fields.items() if key in known and key != "body"},
        "body_canonical_sha256": hashlib.sha256(rfc8785.dumps(fields["body"])).hexdigest(),
        "unknown_fields": sorted(set(fields) - set(known)),
    }
    return Case(name, rule, why, {"envelope.json": envelope_bytes(payload_bytes)}, None, values)


def refused(name: str, reason: str, rule: str, why: str, envelope: bytes | Fields) -> Case:
    """A case that a reader refuses."""
    written = envelope if isinstance(envelope, bytes) else rfc8785.dumps(envelope)
    return Case(name + "_reject", rule, why, {"envelope.json": written}, reason)


def nested(depth: int) -> Any:
    """An array in an array, so many deep."""
    value: Any = 0
    for _ in range(depth):
        value = [value]
    return value


def parties(count: int) -> list[str]:
    """So many party ids in order."""
    return sorted(
        f"party-{index}.{base32_40(hashlib.sha256(b'%d' % index).digest())}"
        for index in range(count)
    )


def accepted_records() -> Iterator[Case]:
    """Records that every reader takes."""
    first = hashlib.sha256(b"comity-record-v1\x00" + rfc8785.dumps(payload())).hexdigest()
    body = {"body": {"text": "«Größe» — 高度 — ارتفاع — 🛩"}}
    yield accepted("plain", "R1", "the example of the page", payload())
    yield accepted(
        "two-recipients",
        "R5",
        "one record to two parties",
        payload(recipients=sorted((BRAVO.id, CHARLIE.id))),
    )
    yield accepted("no-recipients", "R5", "a record kept for oneself", payload(recipients=[]))
    yield accepted("most-recipients", "R5", "64 recipients", payload(recipients=parties(64)))
    yield accepted("labels", "R4", "two labels", payload(labels=["REL:bravo", "TLP:AMBER+STRICT"]))
    yield accepted(
        "most-labels", "R4", "32 labels", payload(labels=[f"l{index:02}" for index in range(32)])
    )
    yield accepted("label-64", "R2", "a label of 64 characters", payload(labels=["L" * 64]))
    yield accepted("exercise", "R2", "an exercise", payload(exercise=True))
    yield accepted("expires-when-made", "R3", "expires at made_at", payload(expires_at=MADE_AT))
    yield accepted(
        "expires-later", "R3", "expires later", payload(expires_at="2026-11-22T17:29:50.124Z")
    )
    yield accepted("second", "R6", "follows the example", payload(sequence=1, previous=first))
    yield accepted("last-sequence", "R2", "2^53-1", payload(sequence=2**53 - 1, previous="0" * 64))
    yield accepted("last-kind-version", "R2", "65535", payload(kind_version=65535))
    yield accepted("kind-64", "R2", "a kind of 64 characters", payload(kind="k." + "a" * 62))
    yield accepted("operator-32", "R2", "an operator of 32", payload(operator="0" + "o" * 31))
    yield accepted(
        "instant-first", "R2", "the first instant", payload(made_at="1970-01-01T00:00:00.000Z")
    )
    yield accepted(
        "instant-last", "R2", "the last instant", payload(made_at="9999-12-31T23:59:59.999Z")
    )
    yield accepted(
        "leap-day",
        "R2",
        "a day that exists in leap years",
        payload(made_at="2028-02-29T00:00:00.000Z"),
    )
    yield accepted(
        "unknown-top-field", "R7", "a field of tomorrow", payload(thread={"matter": [1, None]})
    )
    yield accepted("empty-body", "R2", "nothing said", payload(body={}))
    yield accepted("scripts", "R8", "characters of many scripts", payload(**body))
    yield accepted(
        "escapes",
        "R8",
        "every control character, quote, backslash, DEL, line separators",
        payload(body={"text": "".join(map(chr, range(0x20))) + '"\\/\x7f\u2028\u2029'}),
    )
    yield accepted(
        "name-order-utf16",
        "R8",
        "U+10000 sorts before U+E000 and U+FFFF by UTF-16 code units, and after them by code point",
        payload(body={"\U00010000": 1, "\ue000": 2, "\uffff": 3, "z": 4, "": 5, "\r": 6}),
    )
    yield accepted(
        "name-order-utf16-nested",
        "R8",
        "the same order inside an array inside an object",
        payload(body={"list": [{"\U0001f6e9": 1, "\uffee": {"\U0001f6e9": 1, "\uffee": 2}}]}),
    )
    yield accepted(
        "integers",
        "R10",
        "the least and the greatest integer",
        payload(body={"least": -(2**53) + 1, "most": 2**53 - 1, "none": 0, "minus": -1}),
    )
    yield accepted("deepest", "R11", "32 deep", payload(body={"deep": nested(30)}))


def rejected_envelopes() -> Iterator[Case]:
    """Envelopes of another form or spelling."""
    plain = envelope_of(rfc8785.dumps(payload()))
    written = rfc8785.dumps(plain)
    signature = plain["signatures"][0]
    form = "envelope-form"

    def with_signature(**changes: str) -> Fields:
        return {**plain, "signatures": [{**signature, **changes}]}

    yield refused("envelope-space", form, "R15", "a space", written.replace(b",", b", ", 1))
    yield refused("envelope-newline", form, "R15", "a newline at the end", written + b"\n")
    yield refused("envelope-twice", form, "R15", "two envelopes", written + written)
    yield refused("envelope-cut", form, "R15", "the last byte is missing", written[:-1])
    yield refused("envelope-empty", form, "R15", "no bytes", b"")
    yield refused("envelope-array", form, "R15", "an array", b"[]")
    yield refused(
        "envelope-order",
        form,
        "R15",
        "names in another order",
        json.dumps(
            {key: plain[key] for key in ("payloadType", "payload", "signatures")},
            separators=(",", ":"),
        ).encode(),
    )
    yield refused("envelope-extra", form, "R15", "another field", {**plain, "note": ""})
    yield refused(
        "envelope-name-twice",
        form,
        "R15",
        "payload stands twice; readers differ in which they take",
        written.replace(b'{"payload":', b'{"payload":"e30=","payload":', 1),
    )
    yield refused(
        "envelope-no-payload",
        form,
        "R15",
        "no payload",
        {k: plain[k] for k in plain if k != "payload"},
    )
    yield refused("signature-extra", form, "R15", "another field", with_signature(alg="none"))
    yield refused(
        "base64-unpadded",
        form,
        "R15",
        "no padding",
        with_signature(sig=signature["sig"].rstrip("=")),
    )
    yield refused(
        "base64-padding-bits",
        form,
        "R15",
        "bits after the last byte are not zero",
        with_signature(sig=_with_padding_bits(signature["sig"])),
    )
    yield refused(
        "base64-url",
        form,
        "R15",
        "the alphabet for file names",
        with_signature(sig=signature["sig"].replace("+", "-").replace("/", "_")),
    )
    yield refused(
        "base64-newline",
        form,
        "R15",
        "a line break inside",
        with_signature(sig="\n" + signature["sig"]),
    )
    yield refused("signature-63", form, "R15", "63 bytes", with_signature(sig=b64(b"\x01" * 63)))
    yield refused(
        "key-id-capitals", form, "R15", "capitals", with_signature(keyid="ed25519:" + "A" * 64)
    )
    yield refused(
        "key-id-short", form, "R15", "63 digits", with_signature(keyid="ed25519:" + "a" * 63)
    )
    yield refused(
        "payload-type",
        "payload-type",
        "R16",
        "another type, signed as such",
        _of_other_type(rfc8785.dumps(payload()), "application/vnd.comity.record.v2+json"),
    )
    yield refused("no-signature", "signature-count", "R17", "none", {**plain, "signatures": []})
    yield refused(
        "two-signatures", "signature-count", "R17", "two", {**plain, "signatures": [signature] * 2}
    )
    yield refused(
        "unknown-algorithm",
        "unknown-algorithm",
        "R18",
        "an algorithm of tomorrow",
        with_signature(keyid="ml-dsa-44:" + "a" * 64),
    )


def rejected_payloads() -> Iterator[Case]:
    """Payloads that are not canonical JSON without floats."""
    written = rfc8785.dumps(payload())

    def raw(name: str, reason: str, rule: str, why: str, payload_bytes: bytes) -> Case:
        return refused(name, reason, rule, why, envelope_bytes(payload_bytes))

    def with_text(literal: bytes) -> bytes:
        return written.replace(b'"line check"', literal, 1)

    yield raw("payload-empty", "not-json", "R8", "no bytes", b"")
    yield raw("payload-cut", "not-json", "R8", "the last byte is missing", written[:-1])
    yield raw("payload-trailing", "not-json", "R8", "a byte after the end", written + b"x")
    yield raw("payload-bom", "not-json", "R8", "a byte order mark", b"\xef\xbb\xbf" + written)
    yield raw("payload-utf16", "not-json", "R8", "UTF-16", written.decode().encode("utf-16-le"))
    yield raw("payload-not-utf8", "not-json", "R8", "a stray byte", with_text(b'"\xff"'))
    yield raw("payload-overlong", "not-json", "R8", "U+002F in two bytes", with_text(b'"\xc0\xaf"'))
    yield raw(
        "payload-surrogate-bytes", "not-json", "R8", "U+D800 in UTF-8", with_text(b'"\xed\xa0\x80"')
    )
    yield raw("payload-surrogate", "not-json", "R8", "half of a pair", with_text(b'"\\ud800"'))
    yield raw("payload-nan", "not-json", "R8", "NaN", with_text(b"NaN"))
    yield raw("payload-infinity", "not-json", "R8", "Infinity", with_text(b"Infinity"))
    yield raw("payload-control", "not-json", "R8", "a bare control character", with_text(b'"\x01"'))
    yield raw("payload-leading-zero", "not-json", "R8", "a leading zero", with_text(b"01"))
    yield raw("float", "number-form", "R9", "a fraction", with_text(b"1.5"))
    yield raw("float-whole", "number-form", "R9", "a fraction of nothing", with_text(b"1.0"))
    yield raw("exponent", "number-form", "R9", "an exponent", with_text(b"1e3"))
    yield raw("integer-high", "number-form", "R10", "2^53", with_text(b"9007199254740992"))
    yield raw("integer-low", "number-form", "R10", "-2^53", with_text(b"-9007199254740992"))
    yield raw("integer-huge", "number-form", "R10", "2^64", with_text(b"18446744073709551616"))
    yield raw(
        "integers-huge", "number-form", "R10", "in an array", with_text(b"[1,9007199254740992]")
    )
    yield raw(
        "too-deep", "too-deep", "R11", "33 deep", rfc8785.dumps(payload(body={"deep": nested(31)}))
    )
    spelling = "not-canonical"
    yield raw("space", spelling, "R14", "a space", written.replace(b",", b", ", 1))
    yield raw("newline", spelling, "R14", "a newline at the end", written + b"\n")
    yield raw(
        "unsorted",
        spelling,
        "R14",
        "names in another order",
        json.dumps(dict(reversed(payload().items())), separators=(",", ":")).encode(),
    )
    yield raw(
        "name-twice",
        spelling,
        "R14",
        "sequence stands twice",
        written.replace(b'"sequence":0', b'"sequence":0,"sequence":0'),
    )
    yield raw("minus-zero", spelling, "R14", "-0", with_text(b"-0"))
    yield raw("escaped-letter", spelling, "R14", "a needless escape", with_text(b'"\\u0041"'))
    yield raw("escaped-solidus", spelling, "R14", "a needless escape", with_text(b'"\\/"'))
    yield raw("escape-capitals", spelling, "R14", "\\u001F in capitals", with_text(b'"\\u001F"'))
    yield raw("escape-long", spelling, "R14", "\\u000a for \\n", with_text(b'"\\u000a"'))
    yield raw("escaped-pair", spelling, "R14", "an escaped pair", with_text(b'"\\ud83d\\udee9"'))
    yield raw(
        "name-order-code-point",
        spelling,
        "R14",
        "names in order of code points instead of UTF-16 code units",
        with_text('{"\uffff":1,"\U00010000":2}'.encode()),
    )


def rejected_fields() -> Iterator[Case]:
    """Canonical payloads with a field at fault."""

    def field_case(name: str, reason: str, rule: str, why: str, **changes: Any) -> Case:
        return refused(name, reason, rule, why, sealed(payload(**changes)))

    yield refused("not-an-object", "field-form", "R2", "an array", envelope_bytes(b"[]"))
    for name in sorted(payload()):
        yield refused(
            f"missing-{name.replace('_', '-')}", "missing-field", "R1", name, sealed(without(name))
        )
    form, limit = "field-form", "field-limit"
    yield field_case("author-capitals", form, "R2", "capitals", author="Alfa" + ALFA.id[4:])
    yield field_case("author-no-key", form, "R2", "no fingerprint", author="alfa")
    yield field_case("author-newline", form, "R2", "a newline at the end", author=ALFA.id + "\n")
    yield field_case("body-array", form, "R2", "an array", body=[])
    yield field_case("exercise-number", form, "R2", "0 is not false", exercise=0)
    yield field_case("sequence-true", form, "R2", "true is not 1", sequence=True)
    yield field_case("sequence-text", form, "R2", "text", sequence="0")
    yield field_case("sequence-negative", limit, "R2", "-1", sequence=-1)
    yield field_case("kind-version-zero", limit, "R2", "0", kind_version=0)
    yield field_case("kind-version-high", limit, "R2", "65536", kind_version=65536)
    yield field_case("kind-one-word", form, "R2", "no dot", kind="line")
    yield field_case("kind-long", form, "R2", "65 characters", kind="k." + "a" * 63)
    yield field_case("operator-empty", form, "R2", "empty", operator="")
    yield field_case("operator-null", form, "R2", "null", operator=None)
    yield field_case("label-space", form, "R2", "a space", labels=["TLP RED"])
    yield field_case("label-long", form, "R2", "65 characters", labels=["L" * 65])
    yield field_case("labels-text", form, "R2", "text", labels="TLP:RED")
    yield field_case("labels-33", limit, "R4", "33", labels=[f"l{index:02}" for index in range(33)])
    yield field_case("labels-unsorted", "label-order", "R4", "b before a", labels=["b", "a"])
    yield field_case("labels-twice", "label-order", "R4", "a twice", labels=["a", "a"])
    yield field_case("previous-capitals", form, "R2", "capitals", previous="A" * 64, sequence=1)
    yield field_case("recipient-author", form, "R2", "the author", recipients=[ALFA.id])
    yield field_case("recipients-65", limit, "R5", "65", recipients=parties(65))
    both = [BRAVO.id, CHARLIE.id]
    order = "recipient-order"
    yield field_case("recipients-unsorted", order, "R5", "order", recipients=sorted(both)[::-1])
    yield field_case("recipients-twice", order, "R5", "twice", recipients=[BRAVO.id, BRAVO.id])
    yield field_case("instant-seconds", form, "R2", "no ms", made_at="2026-11-22T17:29:50Z")
    yield field_case(
        "instant-naive", form, "R2", "no zone (L-15)", made_at="2026-11-22T17:29:50.123"
    )
    yield field_case("instant-zone", form, "R2", "+00:00", made_at="2026-11-22T17:29:50.123+00:00")
    yield field_case("instant-never", form, "R2", "30 February", made_at="2026-02-30T00:00:00.000Z")
    yield field_case(
        "instant-leap", form, "R2", "a leap second", made_at="2016-12-31T23:59:60.000Z"
    )
    yield field_case("instant-1969", form, "R2", "before 1970", made_at="1969-12-31T23:59:59.999Z")
    yield field_case(
        "instant-digits", form, "R2", "digits of another script", made_at=MADE_AT[:20] + "١٢٣Z"
    )
    yield field_case("instant-number", form, "R2", "a number", made_at=1_795_368_590)
    yield field_case(
        "expiry-before-making",
        "expiry-before-making",
        "R3",
        "by 1 ms",
        expires_at="2026-11-22T17:29:50.122Z",
    )
    yield field_case("previous-at-zero", "chain-form", "R6", "a digest at 0", previous="0" * 64)
    yield field_case("no-previous", "chain-form", "R6", "null at 1", sequence=1)


def rejected_signatures() -> Iterator[Case]:
    """Well-formed records that nobody known has signed."""
    payload_bytes = rfc8785.dumps(payload())
    message = pae(payload_bytes)
    plain = envelope_of(payload_bytes)
    good = base64.b64decode(plain["signatures"][0]["sig"])

    def signed(name: str, reason: str, rule: str, why: str, sig: bytes, *, keyid: str = "") -> Case:
        line = {"keyid": keyid or ALFA.key_id, "sig": b64(sig)}
        return refused(name, reason, rule, why, {**plain, "signatures": [line]})

    bad = "bad-signature"
    yield refused("key-of-another", "unknown-key", "R22", "bravo's", sealed(payload(), BRAVO))
    yield signed(
        "key-never-seen", "unknown-key", "R22", "an unknown one", good, keyid="ed25519:" + "0" * 64
    )
    yield signed(
        "key-neutral", "bad-key", "R21", "the neutral element", good, keyid=key_id(NEUTRAL_KEY)
    )
    yield signed("key-mixed-order", "bad-key", "R21", "order 2L", good, keyid=key_id(MIXED_KEY))
    yield signed("signature-zero", bad, "R20", "64 zero bytes", bytes(64))
    yield signed("signature-flipped", bad, "R20", "one bit", bytes([good[0] ^ 1]) + good[1:])
    yield signed("signature-of-payload", bad, "R20", "without PAE", ALFA.node.sign(payload_bytes))
    yield signed(
        "signature-of-another", bad, "R20", "bravo's under alfa's id", BRAVO.node.sign(message)
    )
    s = int.from_bytes(good[32:], "little")
    high = (s + naive_ed25519.L).to_bytes(32, "little")
    yield signed("scalar-high", bad, "R20", "S + L", good[:32] + high)
    for name, why, r_point in (
        ("nonce-neutral", "R is the neutral element and S fits it", naive_ed25519.NEUTRAL),
        ("nonce-order-two", "R has order 2 and S fits it under the cofactor", ORDER_TWO),
        (
            "nonce-mixed-order",
            "R is of mixed order; a verifier with the cofactor accepts it",
            naive_ed25519.add(naive_ed25519.multiply(7, naive_ed25519.BASE), ORDER_TWO),
        ),
    ):
        nonce = 7 if name == "nonce-mixed-order" else 0
        yield signed(name, bad, "R20", why, _signature_with(r_point, nonce, message))
    tampered = {**plain, "payload": b64(rfc8785.dumps(payload(sequence=0, kind="line.chess")))}
    yield refused("payload-changed", bad, "R20", "another payload", tampered)


def equivocations() -> Iterator[Case]:
    """Two records at one place of one chain, and pairs that only look so."""

    def pair(name: str, why: str, one: bytes, other: bytes, reason: str | None) -> Case:
        files = {"first.json": one, "second.json": other}
        values = {} if reason else {"author": ALFA.id}
        return Case(f"equivocation-{name}", "R23", why, files, reason, values)

    def digest(fields: Fields) -> str:
        return hashlib.sha256(b"comity-record-v1\x00" + rfc8785.dumps(fields)).hexdigest()

    one, other = sorted((payload(), payload(body={"text": "no line check"})), key=digest)
    audience = sorted((payload(), payload(recipients=[CHARLIE.id])), key=digest)
    later = sorted((payload(), payload(sequence=1, previous="0" * 64)), key=digest)
    no = "not-equivocation"
    yield pair("proved", "two bodies at one place", sealed(one), sealed(other), None)
    yield pair("order_reject", "not in order of digests", sealed(other), sealed(one), no)
    yield pair("same_reject", "one record twice", sealed(one), sealed(one), no)
    yield pair("audience_reject", "two audiences", sealed(audience[0]), sealed(audience[1]), no)
    yield pair("sequence_reject", "two places", sealed(later[0]), sealed(later[1]), no)


def _signature_with(r_point: tuple[int, int], nonce: int, message: bytes) -> bytes:
    """What the key's holder can make with an R of its choice: S = nonce + k a."""
    digest = hashlib.sha512(ALFA.node_seed).digest()
    secret = (int.from_bytes(digest[:32], "little") & (1 << 254) - 8) | 1 << 254
    r_bytes = naive_ed25519.encode(r_point)
    k = int.from_bytes(hashlib.sha512(r_bytes + ALFA.node_public + message).digest(), "little")
    return r_bytes + ((nonce + k * secret) % naive_ed25519.L).to_bytes(32, "little")


def _with_padding_bits(encoded: str) -> str:
    """The same 64 bytes with the unused bits of the last character set: `…A==` to `…B==`."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = encoded[-3]
    return encoded[:-3] + alphabet[alphabet.index(last) + 1] + "=="


def _of_other_type(payload_bytes: bytes, payload_type: str) -> Fields:
    message = pae(payload_bytes).replace(PAYLOAD_TYPE.encode(), payload_type.encode())
    signature = {"keyid": ALFA.key_id, "sig": b64(ALFA.node.sign(message))}
    return {"payload": b64(payload_bytes), "payloadType": payload_type, "signatures": [signature]}
