"""Our own vectors of agreement records and node keys: would another implementation agree with us?"""

import hashlib
import json
from pathlib import Path

import pytest
from tools.vector_cases import ALFA, BRAVO, CHARLIE

from comity.domain.agreement import KeyStatement, PartyCard, PartyDirectory, sign_key_statement
from comity.domain.agreement.records import read_proposal, read_signature, read_statement
from comity.domain.records import open_record
from comity.kernel.errors import RecordError
from comity.kernel.ids import PartyId
from comity.kernel.instants import instant_from_canonical

FOLDER = Path(__file__).resolve().parents[2] / "vectors" / "agreement-record"
CASES = sorted(place.parent for place in FOLDER.glob("*/envelope.json"))
KNOWN = json.loads((FOLDER / "keys.json").read_text(encoding="utf-8"))
NOON = instant_from_canonical("2026-11-22T12:00:00.000Z")


def read(case):
    record = open_record(
        (case / "envelope.json").read_bytes(),
        lambda author, key_id: bytes.fromhex(KNOWN["keys"][author][key_id]),
    )
    if record.kind == "agreement.proposal":
        return {"agreement": read_proposal(record).digest}
    if record.kind == "agreement.signature":
        return {"agreement": read_signature(record)}
    if record.kind == "agreement.statement":
        said = read_statement(record)
        at = said.effective_at
        effective = None if at is None else str(at)
        return {"agreement": said.agreement, "action": said.action, "effective_at": effective}
    return read_key(record)


def card_of(party):
    """The card that a reader has enrolled: its first key, under its root."""
    certificate = b"certificate"
    statement = KeyStatement(
        party=PartyId(party.id),
        node_key=party.node_public,
        not_before=NOON,
        not_after=NOON.plus_s(90 * 86_400),
        tls_certificate_sha256=hashlib.sha256(certificate).hexdigest(),
        sequence=0,
    )
    signed = sign_key_statement(statement, party.root.sign)
    return PartyCard(PartyId(party.id), party.slug, party.root_public, signed, (), certificate)


def read_key(record):
    directory = PartyDirectory(card_of(BRAVO))
    for party in (ALFA, CHARLIE):
        directory.enrol(card_of(party))
    assert {p: directory.root_key_of(PartyId(p)).hex() for p in KNOWN["roots"]} == KNOWN["roots"]
    directory.apply(record, record.made_at)
    statement = directory.statements(record.author)[-1]
    says = {"sequence": statement.sequence, "revokes": list(statement.revokes)}
    if record.kind_version == 2:
        newest = directory.certificates(record.author, record.made_at)[0]
        says["certificate_sha256"] = hashlib.sha256(newest).hexdigest()
    return says


@pytest.mark.requirement("AGREE-022")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_reader_answers_as_the_page_says(case):
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    assert case.name.endswith("_reject") == (expected["result"] == "reject")
    if expected["result"] == "reject":
        with pytest.raises(RecordError) as caught:
            read(case)
        assert caught.value.reason == expected["reason"]
        return
    assert read(case) == expected["says"]


def test_at_least_as_many_are_refused_as_taken():
    rejects = [case for case in CASES if case.name.endswith("_reject")]
    assert len(rejects) >= 30
    assert len(CASES) - len(rejects) >= 8
