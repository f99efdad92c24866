"""Our own vectors of claim files: would another implementation agree with us?"""

import json
import re
from pathlib import Path

import pytest

from comity.adapters.claim_files import offset_s, tree_of
from comity.domain.incidents import assess, claim_of
from comity.kernel.errors import InputError

ROOT = Path(__file__).resolve().parents[2]
CASES = sorted(place.parent for place in (ROOT / "vectors" / "claim").glob("*/expected.json"))


def read(case: Path):
    (file,) = case.glob("claim.*")
    return claim_of(tree_of(file.read_bytes(), "claim"), offset_s)


@pytest.mark.requirement("INCIDENT-001")
@pytest.mark.requirement("INCIDENT-004")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_reader_answers_as_the_page_says(case):
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    if expected["result"] == "reject":
        with pytest.raises(InputError) as caught:
            read(case)
        assert caught.value.field == expected["reason"]
        return
    (assessed,) = assess([read(case)]).statements
    found = [each for each in assessed.findings if each.rule == "K2"]
    assert [str(each.outcome) for each in found] == expected["K2"]
    assert [f"{each.figures['computed_mps']:.6f}" for each in found] == expected["speeds_mps"]
    assert assessed.graded.grade == expected["grade"]


def test_every_rule_of_form_has_a_case_and_refusals_are_more():
    page = (ROOT / "docs/spec/claim.md").read_text(encoding="utf-8")
    rules = set(re.findall(r"\[([FQ]\d+)\]", page))
    expected = [json.loads((case / "expected.json").read_text(encoding="utf-8")) for case in CASES]
    assert len(rules) == 14
    assert rules <= {each["rule"] for each in expected}
    rejects = [each for each in expected if each["result"] == "reject"]
    assert len(rejects) > len(expected) - len(rejects)
