"""Our own vectors of checkpoints, cosignatures, proofs and receipts."""

import base64
import json
from pathlib import Path

import pytest

from comity.domain.ledger import (
    ForkProof,
    NoteKey,
    check_extension,
    open_checkpoint,
    open_cosigned_checkpoint,
    open_fork_proof,
    open_receipt,
)
from comity.domain.records import verify_signature
from comity.kernel.errors import RecordError

FOLDER = Path(__file__).resolve().parents[2] / "vectors" / "checkpoint"
CASES = sorted(place for place in FOLDER.iterdir() if place.is_dir())
KEYS = json.loads((FOLDER / "keys.json").read_text(encoding="utf-8"))
OWNER = NoteKey(KEYS["origin"], bytes.fromhex(KEYS["owner_public_key"]))
WITNESS = NoteKey(KEYS["witness"], bytes.fromhex(KEYS["witness_public_key"]))


def opened(case: Path, name: str):
    return open_checkpoint((case / name).read_bytes(), OWNER, verify_signature)


def as_checkpoint(case: Path) -> dict:
    signed = opened(case, "note.txt")
    root = base64.b64encode(signed.root).decode()
    return {"origin": signed.origin, "size": signed.size, "root": root}


def as_cosigned(case: Path) -> dict:
    note_bytes = (case / "note.txt").read_bytes()
    signed, cosignature = open_cosigned_checkpoint(note_bytes, OWNER, WITNESS, verify_signature)
    posix_s = cosignature.cosigned_at.unix_ms // 1000
    return {"size": signed.size, "witness": cosignature.witness, "posix_s": posix_s}


def as_extension(case: Path) -> dict:
    held = opened(case, "old.txt").checkpoint if (case / "old.txt").exists() else None
    proof = [base64.b64decode(item) for item in json.loads((case / "proof.json").read_text())]
    check_extension(held, opened(case, "new.txt").checkpoint, proof)
    return {}


def as_fork(case: Path) -> dict:
    proof = ForkProof((case / "first.txt").read_bytes(), (case / "second.txt").read_bytes())
    first, second = open_fork_proof(proof, [OWNER], verify_signature)
    assert first.root < second.root
    return {"origin": first.origin, "size": second.size}


def as_receipt(case: Path) -> dict:
    receipt_bytes = (case / "receipt.tlog-proof").read_bytes()
    envelope_bytes = (case / "envelope.json").read_bytes()
    receipt = open_receipt(receipt_bytes, envelope_bytes, OWNER, WITNESS, verify_signature)
    posix_s = receipt.cosignature.cosigned_at.unix_ms // 1000
    return {"index": receipt.index, "posix_s": posix_s}


FUNCTIONS = {
    "open-checkpoint": as_checkpoint,
    "open-cosigned": as_cosigned,
    "check-extension": as_extension,
    "open-fork": as_fork,
    "open-receipt": as_receipt,
}


@pytest.mark.requirement("LEDGER-010")
def test_there_are_enough_cases_of_both_kinds():
    rejects = [case for case in CASES if case.name.endswith("_reject")]
    assert len(rejects) >= 65
    assert len(CASES) - len(rejects) >= 22


@pytest.mark.requirement("LEDGER-005")
@pytest.mark.requirement("LEDGER-006")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_reader_answers_as_the_page_says(case: Path):
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    assert case.name.endswith("_reject") == (expected["result"] == "reject")
    read = FUNCTIONS[expected["function"]]
    if expected["result"] == "reject":
        with pytest.raises(RecordError) as caught:
            read(case)
        assert caught.value.reason == expected["reason"]
        return
    found = read(case)
    assert {name: expected[name] for name in found} == found


@pytest.mark.requirement("LEDGER-006")
def test_the_example_of_the_page_is_the_cosigned_vector():
    page = (FOLDER.parents[1] / "docs/spec/checkpoint.md").read_text(encoding="utf-8")
    assert page.split("```\n")[1] == (FOLDER / "cosigned" / "note.txt").read_text(encoding="utf-8")
