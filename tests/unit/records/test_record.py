"""Sealing and opening records."""

import base64
import dataclasses
import json

import pytest
import rfc8785
from tests.signing import SeededSigner

from comity.domain.records import (
    ENVELOPE_SIZE_BYTES_MAX,
    PAYLOAD_SIZE_BYTES_MAX,
    Draft,
    Record,
    decode_canonical,
    open_record,
    party_id_of,
    payload_digest,
    seal,
    unwrap,
)
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import OperatorId, PartyId, RecordDigest
from comity.kernel.instants import Instant

SIGNER = SeededSigner("alfa")
ALFA = party_id_of("alfa", SIGNER.public_key)
BRAVO = party_id_of("bravo", b"bravo")
CHARLIE = party_id_of("charlie", b"charlie")
MADE_AT = Instant(1_795_368_590_123)
DRAFT = Draft("line.check", (BRAVO,), {"text": "line check"})


def sealed(**changes) -> Record:
    return seal(dataclasses.replace(DRAFT, **changes), ALFA, 0, None, MADE_AT, SIGNER)


def opened(envelope_bytes: bytes) -> Record:
    return open_record(envelope_bytes, lambda author, key_id: SIGNER.public_key)


@pytest.mark.requirement("RECORD-007")
def test_what_was_sealed_opens_to_the_same_record():
    record = seal(
        Draft(
            kind="intent.proposal",
            recipients=(CHARLIE, BRAVO),
            body={"volumes": ({"height_mm": -1},)},
            operator=OperatorId("mora"),
            labels=("TLP:RED", "REL:bravo"),
            exercise=True,
            expires_at=MADE_AT.plus_s(60),
            kind_version=2,
        ),
        ALFA,
        7,
        RecordDigest("0" * 64),
        MADE_AT,
        SIGNER,
    )
    again = opened(record.envelope_bytes)
    assert again == record
    assert hash(again) == hash(record)
    for item in dataclasses.fields(Record):
        assert getattr(again, item.name) == getattr(record, item.name), item.name
    assert again.recipients == (BRAVO, CHARLIE)
    assert again.labels == ("REL:bravo", "TLP:RED")
    assert again.body == {"volumes": [{"height_mm": -1}]}


@pytest.mark.requirement("RECORD-007")
def test_the_digest_names_the_payload_and_not_the_signature():
    record = sealed()
    payload_bytes = unwrap(record.envelope_bytes).payload_bytes
    assert record.digest == payload_digest(payload_bytes)
    other = SeededSigner("alfa's second key")
    again = seal(DRAFT, ALFA, 0, None, MADE_AT, other)
    assert again.digest == record.digest
    assert again != record


@pytest.mark.requirement("RECORD-007")
def test_later_changes_to_a_draft_do_not_reach_the_record():
    body = {"list": [1]}
    record = sealed(body=body)
    body["list"].append(2)
    assert record.body == {"list": [1]}


@pytest.mark.requirement("RECORD-008")
@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"kind": "line"}, "kind"),
        ({"kind_version": 0}, "kind_version"),
        ({"recipients": (ALFA,)}, "recipients"),
        ({"recipients": (BRAVO, BRAVO)}, BRAVO),
        ({"recipients": (PartyId("bravo"),)}, "recipients"),
        ({"labels": ("a b",)}, "labels"),
        ({"operator": OperatorId("")}, "operator"),
        ({"expires_at": Instant(MADE_AT.unix_ms - 1)}, "expires"),
        ({"body": {"height_m": 1.5}}, "body.height_m"),
    ],
    ids=str,
)
def test_a_draft_that_its_reader_would_refuse_is_not_sealed(changes, named):
    with pytest.raises(InputError, match=named):
        sealed(**changes)


@pytest.mark.requirement("RECORD-008")
def test_a_place_in_the_chain_has_one_form():
    with pytest.raises(InputError, match="sequence 1"):
        seal(DRAFT, ALFA, 1, None, MADE_AT, SIGNER)
    with pytest.raises(InputError, match="sequence 0"):
        seal(DRAFT, ALFA, 0, RecordDigest("0" * 64), MADE_AT, SIGNER)


@pytest.mark.requirement("RECORD-006")
def test_an_envelope_has_a_longest_length():
    with pytest.raises(RecordError, match="envelope-size"):
        opened(b"{" * (ENVELOPE_SIZE_BYTES_MAX + 1))
    envelope = json.loads(sealed().envelope_bytes)
    envelope["payload"] = base64.b64encode(bytes(PAYLOAD_SIZE_BYTES_MAX + 1)).decode()
    with pytest.raises(RecordError, match="payload-size"):
        opened(rfc8785.dumps(envelope))


@pytest.mark.requirement("RECORD-006")
def test_the_longest_payload_fits_into_an_envelope():
    empty_size_bytes = len(unwrap(sealed(body={"text": ""}).envelope_bytes).payload_bytes)
    record = sealed(body={"text": "a" * (PAYLOAD_SIZE_BYTES_MAX - empty_size_bytes)})
    assert len(unwrap(record.envelope_bytes).payload_bytes) == PAYLOAD_SIZE_BYTES_MAX
    assert opened(record.envelope_bytes) == record


@pytest.mark.requirement("RECORD-006")
def test_the_key_must_be_the_one_that_the_envelope_names():
    record = sealed()
    asked = []

    def none_known(author, key_id):
        asked.append((author, key_id))

    with pytest.raises(RecordError, match="unknown-key"):
        open_record(record.envelope_bytes, none_known)
    assert asked == [(ALFA, SIGNER.key_id)]
    with pytest.raises(RecordError, match="unknown-key"):
        open_record(record.envelope_bytes, lambda author, key_id: SeededSigner("b").public_key)


@pytest.mark.requirement("RECORD-009")
def test_no_bit_of_an_envelope_can_be_flipped():
    envelope_bytes = sealed().envelope_bytes
    for at in range(len(envelope_bytes)):
        for bit in range(8):
            flipped = bytearray(envelope_bytes)
            flipped[at] ^= 1 << bit
            with pytest.raises(RecordError):
                opened(bytes(flipped))


@pytest.mark.requirement("RECORD-007")
def test_unknown_fields_are_kept_in_the_record_and_in_its_bytes():
    payload = decode_canonical(unwrap(sealed().envelope_bytes).payload_bytes)
    payload["tomorrow"] = {"a": [1]}
    payload["body"]["tomorrow"] = None
    payload_bytes = rfc8785.dumps(payload)
    signed = b"DSSEv1 37 application/vnd.comity.record.v1+json %d %b" % (
        len(payload_bytes),
        payload_bytes,
    )
    envelope_bytes = rfc8785.dumps(
        {
            "payload": base64.b64encode(payload_bytes).decode(),
            "payloadType": "application/vnd.comity.record.v1+json",
            "signatures": [
                {"keyid": SIGNER.key_id, "sig": base64.b64encode(SIGNER.sign(signed)).decode()}
            ],
        }
    )
    record = opened(envelope_bytes)
    assert record.unknown_fields == {"tomorrow": {"a": [1]}}
    assert record.body["tomorrow"] is None
    assert record.envelope_bytes == envelope_bytes
