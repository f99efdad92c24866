"""Our own vectors of agreement texts: would another implementation agree with us?"""

import ast
import json
import re
from pathlib import Path

import pytest
from tests.unit.agreement import test_terms, test_text

from comity.domain.agreement import AgreementTextError, SiteWatch, decode_text, parse_agreement
from comity.domain.airspace import Altitude, Datum

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "vectors" / "agreement"
CASES = sorted(place for place in FOLDER.iterdir() if place.is_dir())


@pytest.mark.requirement("AGREE-001")
@pytest.mark.requirement("AGREE-002")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_reader_answers_as_the_page_says(case: Path):
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    text_bytes = (case / "agreement.md").read_bytes()
    assert case.name.endswith("_reject") == (expected["result"] == "reject")
    if expected["result"] == "reject":
        with pytest.raises(AgreementTextError) as caught:
            parse_agreement(decode_text(text_bytes))
        assert caught.value.reason == expected["reason"]
        return
    agreement = parse_agreement(decode_text(text_bytes))
    terms = agreement.terms
    minima = terms.separation.minima("one", "another")
    assert agreement.digest == terms.digest == expected["digest"]
    assert list(terms.party_ids) == expected["parties"]
    for kind, activity, around_m in expected.get("around_m", ()):
        assert terms.buffers.around_m(kind, activity) == around_m
    told = [[each.party, each.level.value] for each in terms.echelons]
    assert told == expected.get("echelons", told)
    for name, value in expected.get("watch", {}).items():
        assert getattr(terms.watch, name) == value, name
    for kind, buffer_m, upper_m, datum in expected.get("watch_sites", ()):
        upper = None if upper_m is None else Altitude(upper_m, Datum(datum))
        assert terms.watch.of_site(kind) == SiteWatch(buffer_m, upper)
    assert str(terms.valid_from) == expected["valid_from"]
    assert str(terms.valid_until) == expected["valid_until"]
    assert (minima.horizontal_m, minima.vertical_m) == (
        expected["horizontal_m"],
        expected["vertical_m"],
    )


def test_there_are_enough_cases_of_both_kinds():
    rejects = [case for case in CASES if case.name.endswith("_reject")]
    assert len(rejects) >= 65
    assert len(CASES) - len(rejects) >= 8


def test_every_reason_of_refusal_is_on_the_page_and_has_a_case():
    raised = set()
    for path in (ROOT / "src" / "comity" / "domain" / "agreement").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(getattr(node, "func", None), "id", None)
            if name == "AgreementTextError" and isinstance(node.args[0], ast.Constant):
                raised.add(node.args[0].value)
    assert len(raised) > 25
    page = (ROOT / "docs" / "spec" / "agreement.md").read_text(encoding="utf-8")
    assert sorted(reason for reason in raised if f"`{reason}`" not in page) == []
    cases = {json.loads((each / "expected.json").read_text())["reason"]
             for each in CASES if each.name.endswith("_reject")}  # fmt: skip
    tests = "".join(Path(module.__file__).read_text() for module in (test_terms, test_text))
    met = cases | set(re.findall(r'"([a-z0-9-]+)"', tests))
    assert sorted(raised - met) == []


@pytest.mark.requirement("AGREE-005")
def test_the_example_of_the_page_is_read_and_what_it_leaves_open_is_flagged():
    page = (ROOT / "docs" / "spec" / "agreement.md").read_text(encoding="utf-8")
    terms = parse_agreement(page.split("```\n")[1]).terms
    assert terms.separation.minima("a", "b").horizontal_m == 9260.0
    heads = {words.partition(":")[0] for words in terms.undefined}
    assert {"heights", "area_of_interest", "border", "caps", "legal_basis"} - heads == {
        "area_of_interest"
    }
