"""What the API's description promises, asked by every role: a few here, the many in script/campaign schema."""

import os
from pathlib import Path

import pytest
from tests import schema_fuzz

from comity.domain.operators import Role

WANTED = os.environ.get("COMITY_SCHEMA")  # EXAMPLES:SEED of every endpoint


@pytest.mark.requirement("OPER-006")
def test_no_role_meets_a_fault_or_an_answer_that_is_not_described(tmp_path: Path) -> None:
    if WANTED is None:
        came = schema_fuzz.fuzz(tmp_path, 1, 1, "/v1/access/")
    else:
        examples, number = map(int, WANTED.split(":"))
        came = schema_fuzz.fuzz(tmp_path, examples, number)
        print("fuzzed", came.as_told())
        print("never done:", *came.never_done(), sep="\n  ")
    assert not came.faults, "\n\n".join(f"{name}: {why}" for name, why in came.faults.items())
    for role in Role:
        assert came.asked(f"only-{role}") >= 2, f"{role} was hardly asked: {came.told}"
