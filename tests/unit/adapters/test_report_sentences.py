"""Sentences of findings in four languages: each is there, with the same places, and what was stated stays as it was."""

import re
import tomllib
from pathlib import Path

import pytest
from tests.made_sentences import made_sentences
from tests.unit.reconstruction.test_divergence import T
from tests.unit.reconstruction.test_knowledge import HERE, THERE, Journal

from comity.adapters.claim_files import offset_s, tree_of
from comity.adapters.report_pages import (
    LANGUAGES,
    Figure,
    ReportDocument,
    Run,
    html_of,
    pdf_of,
    report_words,
)
from comity.adapters.report_pages.words import GROUP, is_wordless, packaged_file
from comity.adapters.svg_figures import FigureWords, Lane, LaneEvent, timeline
from comity.domain.incidents import Assessment, assess, claim_of
from comity.entrypoints.cli.incident_report import incident_report
from comity.entrypoints.cli.report_inputs import InputFile, ReportInputs
from comity.entrypoints.knowledge_words import knowledge_parts, knowledge_rows
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


@pytest.mark.requirement("REPORT-009")
def test_a_unit_stays_behind_its_figure_where_words_run_from_the_right() -> None:
    arabic = report_words("ar")
    clocks = said(
        "clocks", "Clocks are taken to agree within {clock} s; neither file proves it.", clock="1"
    )
    (_, figure, _) = arabic.told(clocks)
    assert figure == Run(f"1{GROUP}s", foreign=True), "never parted at a line end"
    low = said("digits-at-least", "by the digits stated at least {low} km/h", low=Number(-379))
    assert arabic.told(low)[-1] == Run(f"-379{GROUP}km/h", foreign=True)
    far = said("R-far", "{mine} and {theirs}: more than 590 km apart", mine="a", theirs="b")
    assert arabic.told(far)[-1] == Run("590 km", foreign=True)
    stamp = made_sentences()["report-bundle-stamp"]
    pieces = [
        each
        for each in arabic.told(said("report-bundle-stamp", stamp, file="a.zip"))
        if isinstance(each, Run)
    ]
    assert "comity evidence verify a.zip --time-stamp-root ROOT.pem" in [
        each.text for each in pieces if each.foreign
    ]
    assert not [each for each in pieces if not each.foreign and re.search("[A-Za-z]", each.text)]
    speed = said("speed", "{mps} ({kmh}, {kt})", mps="1 m/s", kmh="4 km/h", kt=Number(2, 0, "kt"))
    assert "2 kt" in arabic.text(speed)


@pytest.mark.requirement("REPORT-009")
def test_words_within_figures_are_in_the_language_and_pieces_of_others_stand_apart() -> None:
    lanes = [Lane("Aurelia", (LaneEvent(T, T.plus_s(5), "x" * 300),)), Lane("\u202eB", ())]
    english = timeline("Times", lanes)
    assert "unknown: nothing says when" in english
    assert "x…</text>" in english, "what is cut off is marked"
    for language in OTHERS:
        words = report_words(language)
        svg = timeline("t", lanes, FigureWords(words.label, words.right_to_left))
        assert "nothing says when" not in svg
        assert "Timeline" not in svg
        assert "\u202e" not in svg, "what was claimed turns nothing"
        assert ("\u2067" in svg) is (language == "ar")
    arabic = report_words("ar")
    drawn = timeline("t", lanes, FigureWords(arabic.label, right_to_left=True))
    assert f"\u2066{T}\u2069" in drawn
    assert 'text-anchor="end"' in drawn
    assert len(arabic.label("x" * 300, 40)) <= 44
    shown = timeline(
        "t",
        [Lane("A", (LaneEvent(T, None, Listed(("officer", Term("made")), " ")),))],
        FigureWords(arabic.label),
    )
    parts = (Figure(shown, "x", arabic.told(Term("made"))),)
    printed = pdf_of(ReportDocument("ar", "t", "s", "f", "", "m", parts))
    assert not [each for each in printed.remarks if "empty boxes" in each]


@pytest.mark.requirement("REPORT-009")
def test_who_knew_and_what_a_bundle_does_not_show_are_in_the_language() -> None:
    journal = Journal()
    mine = journal.say("m", "line.message", HERE, (THERE,), 10, {"text": "x"})
    known = journal.knew(mine)
    russian = report_words("ru")
    table = " ".join(russian.text(cell) for row in knowledge_parts(known) for cell in row)
    assert "no acknowledgement" not in table
    assert "нет записи о подтверждении" in table
    assert "создано (made)" in table
    assert [tuple(map(str, row)) for row in knowledge_parts(known)] == knowledge_rows(known)
    uncovered = said(
        "uncovered-area", "not covered by the agreement's area, or within the tolerance of its edge"
    )
    assert "не покрывается" in russian.text(said("N17", "{told}", told=uncovered))


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
