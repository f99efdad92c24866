"""RFC 9162 proofs written elsewhere, most of them to be refused."""

import base64
import json
from pathlib import Path

import pytest
from tests.shared_files import shared

from comity.domain.ledger import verify_consistency, verify_inclusion
from comity.kernel.errors import RecordError

COUNT = 98  # of each kind; a runner fails when the set shrinks


def cases(kind: str) -> list[tuple[Path, dict]]:
    paths = sorted(shared(f"vectors/merkle/{kind}").rglob("*.json"))
    return [(path, json.loads(path.read_text())) for path in paths]


def decoded(case: dict, *names: str) -> list[bytes]:
    return [base64.b64decode(case[name]) for name in names]


def proof_of(case: dict) -> list[bytes]:
    return [base64.b64decode(item) for item in case["proof"] or []]


def is_accepted(verify, *arguments) -> bool:
    try:
        verify(*arguments)
    except RecordError:
        return False
    return True


@pytest.mark.requirement("LEDGER-003")
def test_every_inclusion_case_is_judged_as_published():
    ran = 0
    for path, case in cases("inclusion"):
        leaf_hash, root = decoded(case, "leafHash", "root")
        place = (case["leafIdx"], case["treeSize"])
        accepted = is_accepted(verify_inclusion, leaf_hash, *place, proof_of(case), root)
        assert accepted is not case["wantErr"], path
        ran += 1
    assert ran == COUNT


@pytest.mark.requirement("LEDGER-004")
def test_every_consistency_case_is_judged_as_published():
    ran = 0
    for path, case in cases("consistency"):
        old_root, root = decoded(case, "root1", "root2")
        sizes = (case["size1"], case["size2"])
        accepted = is_accepted(verify_consistency, *sizes, proof_of(case), old_root, root)
        assert accepted is not case["wantErr"], path
        ran += 1
    assert ran == COUNT
