"""Sentences of findings in four languages: each is there, with the same places, and what was stated stays as it was."""

import re
import tomllib
from pathlib import Path

import pytest
from tests.made_sentences import made_sentences

from comity.adapters.claim_files import offset_s, tree_of
from comity.adapters.report_pages import LANGUAGES, Run, html_of, pdf_of, report_words
from comity.adapters.report_pages.words import is_wordless, packaged_file
from comity.domain.incidents import Assessment, assess, claim_of
from comity.entrypoints.cli.incident_report import incident_report
from comity.entrypoints.cli.report_inputs import InputFile, ReportInputs
from comity.kernel.errors import StoreError
from comity.kernel.sentences import Listed, Number, Term, said

OTHERS = [each for each in LANGUAGES if each != "en"]
PLACES = re.compile(r"\{[a-z0-9_]+\}")
CASE = Path(__file__).resolve().parents[3] / "docs/cases/2015-11-24"


@pytest.mark.requirement("REPORT-009")
@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_has_every_sentence_with_its_places_and_no_other(language: str) -> None:
    made = {key: form for key, form in made_sentences().items() if not is_wordless(form)}
    found = tomllib.loads(packaged_file(f"sentences-{language}.toml"))
    assert len(made) > 150
    assert sorted(found) == sorted(made)
    for key, form in made.items():
        assert set(PLACES.findall(found[key])) == set(PLACES.findall(form)), key
        assert found[key] != form, f"{key} stands in English"


@pytest.mark.requirement("REPORT-009")
def test_what_was_stated_and_every_figure_stay_as_they_are_and_apart() -> None:
    told = said(
        "R-only-states", "only {name} states one: {stated}", name="Aurelia", stated="1.15 mi"
    )
    assert report_words("en").told(told) == "only Aurelia states one: 1.15 mi"
    assert report_words("tr").told(told) == (
        Run("yalnız "), Run("Aurelia", foreign=True), Run(" belirtiyor: "), Run("1.15 mi", foreign=True),
    )  # fmt: skip
    number = Number(1852.4, 1, "m")
    assert str(number) == "1,852.4 m"
    assert report_words("tr").told(number) == (Run("1\u00a0852.4 m", foreign=True),)
    listed = report_words("ar").told(Listed((Term("weak"), "x")))
    assert listed == (Run("ضعيف ("), Run("weak", foreign=True), Run(")؛ "), Run("x", foreign=True))
    turned = said(
        "R-only-states", "only {name} states one: {stated}", name="\u202eA", stated="\u200fx"
    )
    assert "\u202e" not in report_words("ar").text(turned)
    assert "\u200f" not in report_words("ar").text(turned)


@pytest.mark.requirement("REPORT-009")
def test_arithmetic_is_one_piece_from_left_to_right() -> None:
    length = said(
        "read-as-statute", "{stated} (statute: {middle})", stated="1 mi", middle=Number(1609)
    )
    form = "{length} ÷ {lasted} = {computed}"
    told = said("K2-sum", form, length=length, lasted="17 s", computed=Number(94.7, 1, "m/s"))
    (run,) = report_words("ar").told(told)
    assert isinstance(run, Run)
    assert run.foreign
    assert re.sub("[\u200e\u00a0]", "", run.text) == "1 mi (ميل بري: 1609) ÷ 17 s = 94.7 m/s"


@pytest.mark.requirement("REPORT-009")
def test_a_sentence_that_a_catalogue_lacks_is_an_error_and_no_english_in_its_place() -> None:
    with pytest.raises(StoreError, match="no-such"):
        report_words("ru").told(said("no-such", "words"))


@pytest.fixture(scope="module")
def assessed() -> Assessment:
    claims = [
        claim_of(tree_of((CASE / f"{name}.toml").read_bytes(), "claim"), offset_s)
        for name in ("turkey", "russia")
    ]
    return assess(claims)


@pytest.mark.requirement("REPORT-009")
@pytest.mark.parametrize("language", OTHERS)
def test_a_report_tells_findings_in_its_language_and_their_english_by_number(
    language: str, assessed: Assessment
) -> None:
    inputs = ReportInputs(assessed, (InputFile("a.toml", said("report-claim-of", "claim of {claimant}",
                                                              claimant="A"), "0" * 64),))  # fmt: skip
    document = incident_report(inputs, language, None, "", "made with")
    page = html_of(document).decode()
    own, _, english = page.rpartition("<h2")
    assert "by the digits stated" not in own
    assert "by the digits stated" in english
    assert "these differ" not in own
    found = [each for one in assessed.statements for each in one.findings]
    assert all(f"{each.rule}: " in english for each in found)
    numbers = re.findall(r"\((\d+)\) ", re.sub("<[^>]+>", "", own))
    assert [int(each) for each in numbers] == list(range(1, len(numbers) + 1))
    assert len(numbers) == len(found) + len(assessed.statements) + len(assessed.comparisons)
    assert pdf_of(document).content == pdf_of(document).content
