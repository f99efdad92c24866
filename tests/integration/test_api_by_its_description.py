"""What the API's description promises, asked by every role: a few here, the many in script/campaign schema."""

import os
from pathlib import Path

import pytest
from tests import schema_fuzz

from comity.domain.operators import Role

OUT = Path(__file__).parents[2] / "campaign-out"
WANTED = os.environ.get("COMITY_SCHEMA")  # EXAMPLES:SEED of every endpoint


@pytest.mark.requirement("OPER-006")
def test_no_role_meets_a_fault_or_an_answer_that_is_not_described(tmp_path: Path) -> None:
    if WANTED is None:
        came = schema_fuzz.fuzz(tmp_path, 1, 1, "/v1/access/")
    else:
        examples, number = map(int, WANTED.split(":"))
        world = os.environ.get("COMITY_SCHEMA_WORLD", "populated")
        fuzzed = schema_fuzz.fuzz if world == "alone" else schema_fuzz.fuzz_populated
        came = fuzzed(tmp_path, examples, number)
        OUT.mkdir(exist_ok=True)
        (OUT / f"schema-{world}-{number}.tsv").write_text(came.table(), encoding="utf-8")
        print("done of asked:", came.done_by())
        print("fuzzed", came.as_told())
        print("never done:", *came.never_done(), sep="\n  ")
    assert not came.faults, "\n\n".join(f"{name}: {why}" for name, why in came.faults.items())
    for role in Role:
        assert came.asked(f"only-{role}") >= 2, f"{role} was hardly asked: {came.told}"
