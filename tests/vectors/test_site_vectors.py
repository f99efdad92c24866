"""Our own vectors of site records and coarse forms: would another implementation agree with us?"""

import json
import re
from pathlib import Path

import pytest
from tests.envelope_vectors import expected_of, opened_by_operator

from comity.domain.operators import check_operator
from comity.domain.records import open_record
from comity.domain.sites import Disc, coarse_form, read_body
from comity.kernel.errors import RecordError

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "vectors" / "site"
CASES = sorted(place.parent for place in FOLDER.glob("*/envelope.json"))
COARSE = sorted(place.parent for place in FOLDER.glob("*/place.json"))


def read(case):
    record = opened_by_operator(case / "envelope.json")
    return record, read_body(record)


@pytest.mark.requirement("SITES-004")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_reader_answers_as_the_page_says(case):
    expected = expected_of(case)
    assert case.name.endswith("_reject") == (expected["result"] == "reject")
    if expected["result"] == "reject":
        with pytest.raises(RecordError) as caught:
            read(case)
        assert caught.value.reason == expected["reason"]
        return
    record, body = read(case)
    assert record.kind == expected["kind"]
    for name, value in expected["says"].items():
        assert told(body, name) == value, name
    if record.kind in ("site.entries", "site.notice"):
        rows = record.body["entries" if record.kind == "site.entries" else "sites"]
        for row, each in zip(rows, body, strict=True):
            assert each.to_body() == {name: row[name] for name in each.to_body()}


def told(body, name):
    if isinstance(body, tuple):
        one = {"sites": "site", "versions": "version", "kinds": "kind"}.get(name, "precision_mm")
        return [getattr(each, one) for each in body]
    value = getattr(body, name)
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.requirement("SITES-020")
@pytest.mark.parametrize("case", COARSE, ids=lambda case: case.name)
def test_the_coarse_form_is_that_of_the_page(case):
    asked = json.loads((case / "place.json").read_text(encoding="utf-8"))
    disc = expected_of(case)["disc"]
    place = Disc(asked["latitude_e7"] / 1e7, asked["longitude_e7"] / 1e7, 0.0)
    form = coarse_form((place,), asked["precision_mm"])
    assert (form.latitude_e7, form.longitude_e7) == (
        (disc["latitude_e7"],),
        (disc["longitude_e7"],),
    )
    assert abs(form.radius_mm - disc["radius_mm"]) <= 1


def test_every_kind_is_taken_and_refused_and_every_code_of_a_body_has_a_case():
    rejects = [case for case in CASES if case.name.endswith("_reject")]
    assert len(rejects) > len(CASES) - len(rejects)
    assert len(COARSE) >= 10
    page = (ROOT / "docs/spec/site.md").read_text(encoding="utf-8")
    codes = set(re.findall(r"`([a-z-]+)`", page.partition("## 9.")[2].partition("## 10.")[0]))
    of_the_register = {
        *("version-order", "renewal-date", "same-person", "same-origin", "other-version"),
        *("unknown-site", "unknown-proposal", "site-state", "register-full"),
        *("unknown-erasure", "erasure-answered"),
    }
    stated = {expected_of(case)["reason"] for case in rejects}
    assert stated == {code for code in codes if code != "ended"} - of_the_register - {"renew_by"}
    for kind in re.findall(r"`site\.([a-z-]+)`", page.partition("## 2.")[2].partition("## 3.")[0]):
        assert any(each.name.startswith(f"{kind}-") for each in rejects), kind
        assert any(each.name.startswith(f"{kind}-") for each in CASES if each not in rejects), kind
