"""Every word of the console stands in every language, and its types are those of the API."""

import re
from enum import StrEnum
from pathlib import Path

import pytest
from tools.console_types import SHAPES_TARGET, TARGET, console_shapes, console_types

from comity.domain import (
    agreement,
    alerts,
    groups,
    incidents,
    intents,
    line,
    meetings,
    notices,
    observations,
    operators,
    reconstruction,
    sites,
)
from comity.domain.intents.answers import RefusalReason
from comity.domain.line.content import Precedence
from comity.domain.phrasebook.book import SlotKind
from comity.domain.sites.answers import ALWAYS
from comity.entrypoints.api.assessment_telling import CAVEAT

ROOT = Path(__file__).parents[3]
APP = ROOT / "console/src/app"
PAGES = {  # beside the console: what their ids begin with, and what they are made of
    "login-": sorted((ROOT / "console/src/login").glob("*.*")),
    "callpage-": sorted((ROOT / "src/comity/entrypoints/console/static").glob("meeting.*")),
}
LANGUAGES = ("en", "ru", "ar", "tr")
MESSAGE = re.compile(r"^([a-z][a-z0-9-]*) = (.+)$", re.MULTILINE)
CALL = re.compile(r"\bt\(")
ARGUMENT_MAX = 500  # characters of the longest argument of `t`
LITERAL = re.compile(r"'([a-z][a-z0-9-]*)'")
QUOTED = re.compile(r"(?<=['\"`])([a-z][a-z0-9-]*)(?=['\"`])")
BY_KIND = re.compile(
    r"`([a-z][a-z0-9-]*-)\$\{|\b(?:word\(|kind=|choices\(\w+, )'?\"?([a-z][a-z-]*)['\"]"
)
BY_TABLE = ("containment-", "sentence-")  # prefixes that the code has as values of a table alone
PLACED = re.compile(r"\{ \$(\w+) \}")
SAID: tuple[tuple[str, type[StrEnum]], ...] = (
    ("act", reconstruction.Act),
    ("agreement", agreement.LegalState),
    ("alarm", intents.AlarmKind),
    ("answer", intents.AnswerKind),
    ("basis", reconstruction.Basis),
    ("because", incidents.OpenedBy),
    ("grade", incidents.Grade),
    ("group", groups.Standing),
    ("grouptype", groups.GroupType),
    ("incident", incidents.IncidentState),
    ("incidentkind", incidents.StatementKind),
    ("intentwhy", RefusalReason),
    ("line", line.LineState),
    ("linked", incidents.Linked),
    ("meeting", meetings.MeetingState),
    ("minutes", meetings.MinutesState),
    ("movementkind", sites.MovementKind),
    ("net", alerts.AlertKind),
    ("net", alerts.NetHealth),
    ("notice", notices.NoticeState),
    ("observation", observations.ObservationState),
    ("outcome-of", incidents.Outcome),
    ("phase", alerts.AlertPhase),
    ("precedence", Precedence),
    ("proposal", operators.ProposalState),
    ("seen", observations.ObservationKind),
    ("site", sites.SiteState),
    ("sitekind", sites.SiteKind),
    ("slot", SlotKind),
    ("state", intents.IntentState),
    ("task", groups.TaskState),
    ("task", incidents.TaskState),
    ("whynot", intents.FlagReason),
)


def messages(language: str) -> dict[str, str]:
    found = MESSAGE.findall((APP / f"locales/{language}.ftl").read_text(encoding="utf-8"))
    assert len(found) == len(dict(found)), f"{language}: an id stands twice"
    return dict(found)


def sources() -> str:
    return "\n".join(
        each.read_text() for form in ("*.ts", "*.tsx") for each in sorted(APP.rglob(form))
    )


def asked(text: str) -> set[str]:
    """Ids in the argument of each call of `t`, up to its closing bracket; a line may have many."""
    found: set[str] = set()
    for call in CALL.finditer(text):
        rest, depth, end = text[call.end() : call.end() + ARGUMENT_MAX], 1, 0
        for end, letter in enumerate(rest):  # noqa: B007 - where it stopped is what is asked
            depth += (letter == "(") - (letter == ")")
            if depth == 0:
                break
        argument = re.sub(r"\{[^{}]*\}", "", rest[:end])
        argument = re.sub(r"(===|!==) '[^']*'", "", argument)
        found |= set(LITERAL.findall(argument))
    return found


@pytest.mark.requirement("CONSOLE-006")
@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_no_message_is_missing_and_each_is_filled_alike(language):
    english, other = messages("en"), messages(language)
    assert set(other) == set(english)
    for name, text in english.items():
        assert set(PLACED.findall(other[name])) == set(PLACED.findall(text)), name
    alike = {name for name in english if english[name] == other[name]}
    assert len(alike) < 12, alike  # a file that was copied and not translated


@pytest.mark.requirement("CONSOLE-006")
def test_every_message_that_the_code_asks_for_is_there():
    wanted = asked(sources())
    assert len(wanted) > 250
    assert wanted - set(messages("en")) == set()


@pytest.mark.requirement("CONSOLE-006")
@pytest.mark.parametrize("prefix", PAGES)
def test_a_page_beside_the_console_has_its_words_and_no_others(prefix):
    text = "\n".join(each.read_text(encoding="utf-8") for each in PAGES[prefix])
    english = set(messages("en"))
    found = set(QUOTED.findall(re.sub("=== '[^']*'", "", text)))
    assert {each for each in found if each.startswith(prefix)} - english == set()
    shared = set(re.findall(r'data-(?:word|label)="([a-z-]+)"', text))
    build = (ROOT / "console/build.mjs").read_text()
    [kept] = re.findall(rf"= (/\^\({prefix}.*/);", build)
    assert all(re.match(kept.strip("/"), each) for each in shared), kept
    assert len(shared) > 15


@pytest.mark.requirement("CONSOLE-006")
def test_no_message_is_one_that_nothing_asks_for():
    pages = [each.read_text(encoding="utf-8") for files in PAGES.values() for each in files]
    text = "\n".join([sources(), *pages])
    by_kind = {
        found.removesuffix("-") + "-" for pair in BY_KIND.findall(text) for found in pair if found
    }
    kinds = (*by_kind, *BY_TABLE)
    named = set(QUOTED.findall(text))
    unused = {each for each in messages("en") if each not in named and not each.startswith(kinds)}
    assert unused == set()


@pytest.mark.requirement("CONSOLE-043")
@pytest.mark.parametrize(("prefix", "said"), SAID, ids=lambda each: getattr(each, "__name__", each))
def test_every_word_that_the_node_may_say_has_one_here(prefix, said):
    wanted = {f"{prefix}-{re.sub('[^A-Za-z0-9]+', '-', each.value)}" for each in said}
    assert wanted - set(messages("en")) == set()


@pytest.mark.requirement("CONSOLE-043")
def test_a_sentence_that_is_always_the_same_is_the_nodes_to_the_letter():
    said = {text for name, text in messages("en").items() if name.startswith("sentence-")}
    assert said == {ALWAYS, CAVEAT}


@pytest.mark.requirement("CONSOLE-001")
def test_the_types_of_the_console_are_those_of_the_api():
    assert console_types() == TARGET.read_text(), "run: python -m tools.console_types"


@pytest.mark.requirement("CONSOLE-050")
def test_the_shapes_that_answers_are_held_to_are_those_of_the_api():
    shapes = console_shapes()
    assert shapes == SHAPES_TARGET.read_text(), "run: python -m tools.console_types"
    kinds = dict(re.findall(r"^  '?([^':]+)'?: '([^']*)',$", shapes, re.MULTILINE))
    named = set(re.findall(r"[A-Z]\w+", " ".join(kinds.values())))
    assert len(kinds) > 250
    assert named <= set(kinds)  # of none is it only guessed what it is made of
    asked = set(
        re.findall(r"(?:ask|Resource|useAsked|read)\('((?:GET|POST) /v1/[^']+)'", sources())
    )
    assert len(asked) > 80
    assert asked <= set(kinds)
