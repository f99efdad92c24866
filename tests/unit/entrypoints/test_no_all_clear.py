"""Nothing in the API, the commands, the phrases or the pages can say that a place is clear or safe to strike (L-19)."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import typer
from tests.hazards_world import circle
from tests.sites_world import ALPHA, BRAVO, NOON, Speaker

from comity.domain.agreement import Buffers
from comity.domain.airspace import Altitude, Datum, Volume4D
from comity.domain.hazards import HazardAnswer, check_hazard
from comity.domain.sites import ALWAYS, MovementRegister
from comity.entrypoints.api import hazard_messages, notice_messages, site_messages
from comity.entrypoints.api.app import ROUTES
from comity.entrypoints.api.hazard_telling import tell_touches
from comity.entrypoints.api.openapi import openapi_document
from comity.entrypoints.cli.app import create_app
from comity.entrypoints.cli.hazards import print_touches

ROOT = Path(__file__).resolve().parents[3]
SOURCE = ROOT / "src" / "comity"
WORDS = {
    "en": r"\b(all-?clear|clear|cleared|clearance|safe|safely|free to|permitted|unprotected|lawful target"
    r"|go ahead|green light|may be (struck|hit|attacked)|weapons? free)\b",
    "ru": r"(чист(о|ое|ый)\b|\bбезопасно\b|свободно|разреш(ено|аем)|можно (бить|наносить)|добро на)",
    "tr": r"\b(temiz|güvenli|serbest|vurulabilir|ateş serbest|müsaade)\b",
    "ar": r"(آمن|خالية|خالٍ|مسموح|يسمح|سليم للضرب)",
}
DENIED = {  # messages of the console that use such a word to deny it, and by which words they do
    "no-alerts": {"en": "not a clear", "ru": "не значит", "tr": "değildir", "ar": "لا يعني"},
    "map-no-clear": {
        "en": "is not a clear",
        "ru": "не свободное",
        "tr": "değildir",
        "ar": "لا تعني",
    },
    "tour-map-words": {
        "en": "is not a clear",
        "ru": "не чистое",
        "tr": "değildir",
        "ar": "ليس سماءً",
    },
}
OF_NO_PLACE = {  # what a group may be about, a kind of incident, how precisely a site is told, what leaves this node
    *("grouptype-free", "incidentkind-unsafe-conduct", "mark-site", "policy-words"),
}
NEGATED = re.compile(
    r"\b(no|not|never|none|nothing|neither|nor|nobody|cannot|without)\b", re.IGNORECASE
)
OF_ALERTS = re.compile(
    r"alerts? .*cleared|cleared .*alert|raised|acknowledged or cleared|clear(ed)? away|phase|thousand cleared last"
)
MESSAGE = re.compile(r"^([a-z][a-z0-9-]*) = (.*(?:\n[ \t]+.*)*)", re.MULTILINE)
MODULES = ("domain/hazards", "domain/sites", "domain/notices", "domain/line")
DOORS = ("hazard", "site", "notice", "echelon", "movement")


def test_the_patterns_find_what_they_are_for():
    said = {
        "en": "the area is clear", "ru": "в районе чисто", "tr": "bölge temiz", "ar": "المنطقة خالية",
    }  # fmt: skip
    for language, words in said.items():
        assert re.search(WORDS[language], words, re.IGNORECASE), language


@pytest.mark.requirement("HAZARD-012")
def test_no_name_or_choice_of_the_api_can_hold_it():
    """Names of fields, values of choices and defaults; «cleared» is an alert's, and nothing else is."""
    document = openapi_document(ROUTES)
    between_flights = document["components"]["schemas"]["VerdictTold"]  # of two, and of no place
    words = set(between_flights["properties"]["verdict"]["enum"])
    assert words == {"separated", "conflict", "undetermined"}
    names = list(_names(document))
    assert len(names) > 500
    found = [
        name for name in names if re.search(WORDS["en"], name.replace("_", " "), re.IGNORECASE)
    ]
    allowed = {"cleared", "cleared_at", "alert.cleared"}
    assert [name for name in found if name not in allowed] == []


@pytest.mark.requirement("HAZARD-012")
def test_no_sentence_of_the_api_says_it_but_to_deny_it():
    told = json.dumps(openapi_document(ROUTES), ensure_ascii=False)
    assert _said(told.replace("\\n", " ")) == []


@pytest.mark.requirement("HAZARD-012")
@pytest.mark.parametrize(
    "told",
    [
        hazard_messages.NoticeTouchesTold,
        site_messages.SiteAnswerTold,
        hazard_messages.TouchedByNoticeTold,
    ],
)
def test_an_answer_has_three_words_and_no_truth_value(told: type[msgspec.Struct]):
    fields = {each.name: each.type for each in msgspec.structs.fields(told)}
    assert bool not in fields.values()
    if "answer" in fields:
        wanted = {"touches", "nothing-notified-here", "undetermined"}
        assert set(fields["answer"].__args__) == wanted
        for word in ("clear", "safe", "free", "none", "", None, True):
            body = {"answer": word, "words": "x", "as_of": "x", "touched": []}
            with pytest.raises(msgspec.ValidationError):
                msgspec.convert(body, told)


@pytest.mark.requirement("HAZARD-012")
def test_no_text_that_the_rooms_and_doors_can_print_says_it():
    files = [path for room in MODULES for path in sorted((SOURCE / room).glob("*.py"))]
    for door in ("entrypoints/api", "entrypoints/cli", "application"):
        files += [path for path in sorted((SOURCE / door).glob("*.py"))
                  if any(each in path.stem for each in DOORS)]  # fmt: skip
    assert len(files) > 60
    literals = [each for path in files for each in _literals(path)]
    assert len(literals) > 1_000
    found = [
        (where, text)
        for where, text in literals
        for pattern in WORDS.values()
        if re.search(pattern, text, re.IGNORECASE) and not NEGATED.search(text)
    ]
    assert found == []


@pytest.mark.requirement("HAZARD-012")
def test_no_help_of_any_command_says_it():
    app = typer.main.get_command(create_app())
    texts = list(_helps(app))
    assert len(texts) > 100
    assert [(name, _said(text)) for name, text in texts if _said(text)] == []


@pytest.mark.requirement("HAZARD-012")
def test_no_phrase_in_any_language_says_it():
    folder = SOURCE / "adapters" / "phrase_files" / "data"
    files = {
        path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.toml")
    }
    assert {*WORDS} <= {*files}
    for language, content in files.items():
        texts = [
            each if isinstance(each, str) else " ".join(str(value) for value in each.values())
            for each in content["phrase"].values()
        ]
        assert len(texts) > 50
        for text in texts:
            for pattern in {WORDS.get(language, WORDS["en"]), WORDS["en"]}:
                assert re.search(pattern, text, re.IGNORECASE) is None, (language, text)


@pytest.mark.requirement("HAZARD-012")
def test_no_message_of_the_console_in_any_language_says_it():
    """Every message of every file, by the words of its own language and the English ones."""
    folder = ROOT / "console" / "src" / "app" / "locales"
    files = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.ftl")}
    assert {*files} == {*WORDS}
    for language, content in files.items():
        said = dict(MESSAGE.findall(content))
        assert len(said) == len(re.findall(r"^[A-Za-z].*=", content, re.MULTILINE)) > 300
        for name, text in said.items():
            for pattern in {WORDS[language], WORDS["en"]}:
                found = re.search(pattern, text, re.IGNORECASE)
                known = name in DENIED or name in OF_NO_PLACE
                assert found is None or known, (language, name, text)
        for name, words in DENIED.items():
            assert words[language] in said[name], (language, name)


@pytest.mark.requirement("HAZARD-012")
def test_no_page_of_these_rooms_says_it_but_to_deny_it():
    pages = [
        *(ROOT / "docs" / "rooms" / f"{each}.md" for each in ("hazards", "sites", "notices")),
        *(
            ROOT / "docs" / "spec" / f"{each}.md"
            for each in ("hazard", "site", "movement", "notice")
        ),
    ]
    for page in pages:
        assert _said(page.read_text(encoding="utf-8")) == [], page.name


@pytest.mark.requirement("HAZARD-012")
def test_whatever_is_printed_ends_with_that_protection_depends_on_nothing_notified(capsys):
    for answer in _answers():
        print_touches(tell_touches(answer))
        printed = capsys.readouterr().out
        assert printed.rstrip().endswith(ALWAYS)
        assert re.search(WORDS["en"], printed, re.IGNORECASE) is None
        first = printed.strip().partition("\n")[0].lower()
        assert first.startswith(
            ("touches ", "nothing notified here as of ", "undetermined because ")
        )
    fields = [each.name for each in msgspec.structs.fields(notice_messages.NoticePreviewTold)]
    assert "touches" in fields


def _answers() -> list[HazardAnswer]:
    owner, author = Speaker(BRAVO), Speaker(ALPHA)
    owner.enter(1)
    owner.consent(ALPHA)
    for record in owner.issue_owed():
        author.register.apply(record, record.made_at)
    low, high = Altitude(0.0, Datum.EGM2008), Altitude(100.0, Datum.EGM2008)
    found = []
    for shapes in ([], [circle()], [circle(north_m=300_000.0)]):
        volumes = [Volume4D(each, low, high, NOON, NOON.plus_s(60.0)) for each in shapes]
        none = MovementRegister(ALPHA)
        found.append(check_hazard(volumes, "jet", Buffers(), author.register, none, author.at))
    assert len({type(each) for each in found}) == 3
    return found


def _said(text: str) -> list[str]:
    """Sentences that say it and do not deny it."""
    sentences = re.split(r"(?<=[.!?;|»])\s|\n", re.sub(r"`[^`]*`", "", text))
    return [
        each
        for each in sentences
        if re.search(WORDS["en"], each, re.IGNORECASE)
        and not NEGATED.search(each)
        and not OF_ALERTS.search(each)
    ]


def _names(value: Any) -> Iterator[str]:
    """Names of properties, and values of choices and defaults."""
    if isinstance(value, dict):
        yield from (str(name) for name in value.get("properties", {}))
        for key in ("enum", "const", "default"):
            given = value.get(key, [])
            yield from (str(each) for each in (given if isinstance(given, list) else [given]))
        for each in value.values():
            yield from _names(each)
    elif isinstance(value, list):
        for each in value:
            yield from _names(each)


def _literals(path: Path) -> Iterator[tuple[str, str]]:
    """Texts of a module that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in documented
        ):
            yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value


def _helps(command: Any, name: str = "comity") -> Iterator[tuple[str, str]]:
    told = [command.help or "", *(getattr(each, "help", None) or "" for each in command.params)]
    yield name, "\n".join(told)
    for each in getattr(command, "commands", {}).values():
        yield from _helps(each, f"{name} {each.name}")
