"""Ed25519 edge cases written elsewhere: one predicate, the same verdicts for ever."""

import json
from pathlib import Path

import pytest
from tests.shared_files import shared

from comity.domain.records import check_public_key, verify_signature
from comity.kernel.errors import RecordError

VERDICTS = json.loads(
    (Path(__file__).resolve().parents[2] / "vectors/ed25519/verdicts.json").read_text()
)


@pytest.mark.requirement("RECORD-004")
def test_all_914_committed_verdicts_are_given_again():
    cases = json.loads(shared("vectors/ed25519/ed25519vectors.json").read_bytes())
    assert len(cases) == VERDICTS["count"] == len(VERDICTS["verdicts"]) == 914
    given = {}
    for case in cases:
        key, signature = bytes.fromhex(case["key"]), bytes.fromhex(case["sig"])
        holds = verify_signature(key, case["msg"].encode(), signature)
        given[case["number"]] = "a" if holds else "r"
    assert "".join(given[number] for number in range(914)) == VERDICTS["verdicts"]
    assert VERDICTS["verdicts"].count("a") == 1  # the one case without any flag


@pytest.mark.requirement("RECORD-005")
def test_every_published_key_with_a_low_order_part_is_refused_on_enrolment():
    cases = json.loads(shared("vectors/ed25519/ed25519vectors.json").read_bytes())
    flagged = {
        case["key"]
        for case in cases
        if {"low_order_A", "low_order_component_A", "non_canonical_A"} & set(case["flags"] or ())
    }
    assert len(flagged) > 10
    for key in flagged:
        with pytest.raises(RecordError, match="bad-key"):
            check_public_key(bytes.fromhex(key))


@pytest.mark.requirement("RECORD-004")
def test_all_151_cases_of_wycheproof_are_judged_as_published():
    groups = json.loads(shared("vectors/wycheproof/ed25519_test.json").read_bytes())["testGroups"]
    ran = 0
    for group in groups:
        key = bytes.fromhex(group["publicKey"]["pk"])
        for case in group["tests"]:
            message, signature = bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"])
            holds = verify_signature(key, message, signature)
            assert holds == (case["result"] == "valid"), case["tcId"]
            ran += 1
    assert ran == 151
