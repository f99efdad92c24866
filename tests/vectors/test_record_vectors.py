"""Our own record vectors: would another implementation agree with us?"""

import hashlib
import json
from pathlib import Path

import pytest
import rfc8785

from comity.domain.records import (
    EquivocationProof,
    Record,
    open_equivocation,
    open_record,
    unwrap,
)
from comity.kernel.errors import RecordError

FOLDER = Path(__file__).resolve().parents[2] / "vectors" / "record"
CASES = sorted(place for place in FOLDER.iterdir() if place.is_dir())
KEYS = json.loads((FOLDER / "keys.json").read_text(encoding="utf-8"))


def public_key_of(author: str, key_id: str) -> bytes | None:
    text = KEYS.get(author, {}).get(key_id)
    return None if text is None else bytes.fromhex(text)


def read(case: Path) -> Record | str:
    if (case / "envelope.json").exists():
        return open_record((case / "envelope.json").read_bytes(), public_key_of)
    proof = EquivocationProof(
        (case / "first.json").read_bytes(), (case / "second.json").read_bytes()
    )
    author, first, second = open_equivocation(proof, public_key_of)
    assert first.digest < second.digest
    return author


@pytest.mark.requirement("RECORD-006")
@pytest.mark.requirement("RECORD-008")
def test_there_are_enough_cases_of_both_kinds():
    rejects = [case for case in CASES if case.name.endswith("_reject")]
    assert len(rejects) >= 120
    assert len(CASES) - len(rejects) >= 26


@pytest.mark.requirement("RECORD-007")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_reader_answers_as_the_page_says(case: Path):
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    assert case.name.endswith("_reject") == (expected["result"] == "reject")
    if expected["result"] == "reject":
        with pytest.raises(RecordError) as caught:
            read(case)
        assert caught.value.reason == expected["reason"]
        return
    record = read(case)
    if isinstance(record, str):
        assert record == expected["author"]
        return
    assert record.digest == expected["digest"]
    assert record.envelope_bytes == (case / "envelope.json").read_bytes()
    assert fields_of(record) == expected["fields"]
    assert sorted(record.unknown_fields) == expected["unknown_fields"]
    body_bytes = rfc8785.dumps(dict(record.body))
    assert hashlib.sha256(body_bytes).hexdigest() == expected["body_canonical_sha256"]


def fields_of(record: Record) -> dict:
    return {
        "author": record.author,
        "exercise": record.exercise,
        "expires_at": None if record.expires_at is None else str(record.expires_at),
        "kind": record.kind,
        "kind_version": record.kind_version,
        "labels": list(record.labels),
        "made_at": str(record.made_at),
        "operator": record.operator,
        "previous": record.previous,
        "recipients": list(record.recipients),
        "sequence": record.sequence,
    }


@pytest.mark.requirement("RECORD-007")
def test_the_example_of_the_page_is_the_plain_vector():
    page = (FOLDER.parents[1] / "docs/spec/record.md").read_text(encoding="utf-8")
    example = page.split("```\n")[1].replace("\n ", "").strip()
    record = read(FOLDER / "plain")
    assert isinstance(record, Record)
    assert unwrap(record.envelope_bytes).payload_bytes == example.encode()
    assert f"`{record.digest}`" in page
