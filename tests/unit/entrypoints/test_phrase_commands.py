"""`comity phrase` and its endpoints: without a node, in each side's language, and on paper."""

import asyncio
import html.parser
import json
from pathlib import Path
from typing import Any

import pytest
from tests.node_homes import api_over, make_home

from comity import bootstrap
from comity.adapters.phrase_files import packaged_phrasebook
from comity.entrypoints.cli import run
from comity.entrypoints.cli.exit_codes import ExitCode

WHERE = ["position=35 20.1N 040 08.5E", "height=FL320", "time=2026-11-28T17:05:00+03:00"]


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert run(bootstrap.Composition(), ["phrase", *arguments, "--json"]) == ExitCode.OK
    return json.loads(capsys.readouterr().out)


@pytest.mark.requirement("PHRASE-006")
def test_a_phrase_by_number_is_shown_in_each_language(capsys: pytest.CaptureFixture[str]) -> None:
    told = said(capsys, "render", "109", *WHERE, "-l", "ru", "-l", "ar")
    assert told["body"] == {
        "phrase": 109,
        "phrasebook": packaged_phrasebook().digest,
        "slots": {
            "height": {"datum": "QNE", "height_mm": 9753600},
            "position": {
                "datum": "WGS84",
                "latitude_deg_e7": 353350000,
                "longitude_deg_e7": 401416667,
            },
            "time": "2026-11-28T14:05:00.000Z",
        },
    }
    russian, arabic = told["rendered"]
    assert russian["plain"].endswith(
        "Высота: эшелон 320. Время: 2026-11-28 14:05 UTC (всемирное время)."
    )
    assert arabic["right_to_left"] is True
    assert "٣٥°٢٠٫١٠٠′ شمالًا" in arabic["plain"]
    assert told["assumed"] == ["no datum stated: WGS 84 assumed"]


def test_list_show_and_render_for_a_person(capsys: pytest.CaptureFixture[str]) -> None:
    composition = bootstrap.Composition()
    assert run(composition, ["phrase", "list", "--section", "warnings", "-l", "en"]) == ExitCode.OK
    assert "301 en  Warning." in capsys.readouterr().out
    assert run(composition, ["phrase", "show", "408"]) == ExitCode.OK
    assert "answer 624: The request to stop" in capsys.readouterr().out
    assert run(composition, ["phrase", "render", "108", "name=RELIEF12", "-l", "en"]) == ExitCode.OK
    assert "\u2068RELIEF12\u2069" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (["render", "109"], "slots.position"),
        (["render", "109", *WHERE[:1], "height=3000 ft"], "slots.height"),
        (["render", "109", *WHERE[:1], "height=3000 ft MSL"], "slots.height"),
        (["render", "109", *WHERE[:2], "time=2026-11-28T14:05:00"], "slots.time"),
        (["render", "109", "position=35,33 40,14"], "slots.position"),
        (["render", "505", "number=3.5"], "slots.number"),
        (["render", "505", "persons=3"], "slots.persons"),
        (["render", "505", "number=3", "number=4"], "slots"),
        (["render", "108", "name=A\u202eB"], "slots.name"),
        (["render", "108", "name=" + "A" * 10_000_000], "slots.name"),
        (["show", "999"], "phrase"),
        (["list", "-l", "xx"], "language"),
        (["list", "--section", "weather"], "section"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_cannot_be_read_is_refused_by_name(
    capsys: pytest.CaptureFixture[str], arguments: list[str], field: str
) -> None:
    assert run(bootstrap.Composition(), ["phrase", *arguments]) == ExitCode.INPUT
    assert capsys.readouterr().err.startswith(f"comity: {field}: ")


class Page(html.parser.HTMLParser):
    """Elements and attributes that a page has."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.mark.requirement("PHRASE-010")
def test_the_card_has_every_phrase_and_fetches_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    told = said(capsys, "card", "-o", str(tmp_path / "card.html"))
    text = (tmp_path / "card.html").read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    assert not page.names & {"script", "link", "img", "iframe", "object"}
    assert not page.attributes & {"src", "href", "onload"}
    assert text.count('class="number"') == told["phrases"] == len(packaged_phrasebook().meanings)
    assert 'lang="ar" dir="rtl"' in text
    assert told["digest"] in text


def test_the_endpoints_tell_the_same(tmp_path: Path) -> None:
    async def scenario() -> Any:
        async with api_over(make_home(tmp_path / "a")) as api:
            body = json.dumps({"number": 408, "slots": {"position": "37SFV0375710792"}})
            return (
                await api.ask("GET", "/v1/phrasebook"),
                await api.ask("POST", "/v1/phrasebook/render", body.encode()),
                await api.ask("POST", "/v1/phrasebook/render", b'{"number": 408}'),
            )

    (_, book), (status, told), (refused, problem) = asyncio.run(scenario())
    assert book["digest"] == packaged_phrasebook().digest
    assert status == 200
    assert set(told["responses"]) == {"624", "625", "612"}
    assert {each["language"] for each in told["rendered"]} == set(book["languages"])
    assert (refused, problem["field"]) == (400, "slots.position")
