"""`comity observation` and its endpoints: entered, shown, previewed, refused, counted, taken back, exported."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.node_homes import ApiUnderTest, api_over, make_home

from comity import bootstrap
from comity.domain.geometry.nested_cells import Cell, cell_of
from comity.domain.observations import ObservationKind
from comity.entrypoints.api.observation_messages import FormTold, ObservationsTold
from comity.entrypoints.api.observation_reading import area_around
from comity.entrypoints.cli import observations, run
from comity.entrypoints.cli.exit_codes import ExitCode
from comity.entrypoints.home import HomeLayout
from comity.kernel.errors import InputError

SEEN: dict[str, Any] = {
    "kind": "hazard-to-flight",
    "nature": "smoke-or-ash",
    "position": "N 46 18.0 E 007 30.0",
    "within": "400 m",
    "begins": "2035-01-01T12:00:00Z",
    "ends": "2035-01-01T14:00:00+01:00",
    "words": "=Smoke above the ridge, by a crew.",
    "words_below": "=Smoke.",
    "source": {"kind": "crew", "reliability": "B", "name": "Crew 7"},
    "credibility": 3,
    "labels": ["open"],
}


@pytest.fixture
def comity(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, Any, str]]:
    def command(*words: object) -> tuple[int, Any, str]:
        code = run(bootstrap.Composition(), ["observation", *map(str, words)])
        printed = capsys.readouterr()
        told = json.loads(printed.out) if "--json" in words and printed.out else printed.out
        return code, told, printed.err

    return command


@pytest.fixture(scope="module")
def paired(tmp_path_factory: pytest.TempPathFactory) -> tuple[HomeLayout, str]:
    """A home, and the card of a party that it can be paired with."""
    folder = tmp_path_factory.mktemp("observations")
    other = make_home(folder / "b", "Borealis")
    return make_home(folder / "a"), other.card.read_text().strip()


def over(layout: HomeLayout, scenario: Callable[[ApiUnderTest], Awaitable[Any]]) -> Any:
    async def within() -> Any:
        async with api_over(layout) as api:
            return await scenario(api)

    return asyncio.run(within())


async def ask(api: ApiUnderTest, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    return await api.ask(method, path, b"" if body is None else json.dumps(body).encode())


def a_policy(party: str, **changed: Any) -> dict[str, Any]:
    rule = {
        "kinds": ["hazard-to-flight"], "level_max": 12, "marking": "tlp:amber", "onward": [],
        "recipients": [party], "source": "reliability", "time_step_s": 3600,
        "two_persons": False, "words": "below-tear-line",
    }  # fmt: skip
    return {"labels": {"open": rule | changed}}


@pytest.mark.requirement("OBSERVE-016")
@pytest.mark.requirement("OBSERVE-015")
def test_over_the_api_an_observation_is_entered_shown_and_kept_back(
    paired: tuple[HomeLayout, str],
) -> None:
    layout, card = paired

    async def scenario(api: ApiUnderTest) -> None:
        _, peer = await ask(api, "POST", "/v1/peers", {"card": card})
        party = peer["party"]
        _, told = await ask(api, "GET", "/v1/observation-policy")
        assert told == {"record": None, "policy": None}
        status, seen = await ask(api, "POST", "/v1/observations", {"observation": SEEN})
        assert status == 200, seen
        path = f"/v1/observations/{seen['observation']}"
        assert (seen["state"], seen["own"], seen["area"]["level"]) == ("unverified", True, 14)
        assert "46.3" not in json.dumps({**seen, "area": {**seen["area"], "latitude_deg": 0}})
        _, [shown] = await ask(api, "POST", f"{path}/preview", {})
        assert shown["why_not"] == "this party has no policy of release"
        status, told = await ask(api, "POST", "/v1/observation-policy", a_policy(party))
        assert (status, told["policy"]) == (200, a_policy(party))
        _, [shown] = await ask(api, "POST", f"{path}/preview", {})
        assert "only under an agreement" in shown["why_not"]
        status, problem = await ask(api, "POST", f"{path}/release", {"to": [party]})
        assert (status, problem["reason"]) == (409, "not-releasable")
        assert "Smoke" not in json.dumps(problem)
        status, problem = await ask(api, "POST", f"{path}/release", {})
        assert (status, problem["field"]) == (400, "to")
        status, problem = await ask(api, "POST", f"{path}/approve", {"to": party, "form": "0" * 64})
        assert (status, problem["field"]) == (400, "form")
        again = {**SEEN, "words_below": "Smoke, thinner."}
        body = {"observation": again, "revises": seen["observation"]}
        _, revised = await ask(api, "POST", "/v1/observations", body)
        assert (revised["revision"], revised["origins"]) == (2, seen["origins"])
        _, other = await ask(api, "POST", "/v1/observations", {"observation": SEEN})
        assert other["origins"] == seen["origins"]  # one source is one origin
        _, found = await ask(api, "GET", f"{path}/support")
        assert found["words"] == "two reports, one origin"
        body = {"beside": [other["record"]], "words": "asked again"}
        status, problem = await ask(api, "POST", f"{path}/verify", body)
        assert (status, problem["reason"]) == (422, "observation-second-person")
        status, told = await ask(api, "POST", f"{path}/withdraw", {"reason": "a drill"})
        assert (status, told) == (200, [])
        _, told = await ask(api, "GET", "/v1/observations")
        assert [each["observation"] for each in told["observations"]] == [other["observation"]]
        _, told = await ask(api, "GET", "/v1/observations?state=withdrawn&of_kind=hazard-to-flight")
        assert [each["withdrawn_because"] for each in told["observations"]] == ["a drill"]
        loop = {"labels": {"a": {"same_as": "b"}, "b": {"same_as": "a"}}}
        status, problem = await ask(api, "POST", "/v1/observation-policy", loop)
        assert (status, problem["reason"]) == (422, "observation-policy")

    over(layout, scenario)


REFUSED_BY_FIELD: list[tuple[dict[str, Any], str]] = [
    ({"kind": "target"}, "kind"),
    ({"nature": "artillery"}, "nature"),
    ({"position": None}, "position"),
    ({"position": "somewhere"}, "position"),
    ({"within": "50 km"}, "within"),
    ({"within": "5"}, "within"),
    ({"begins": "2035-01-01T12:00:00"}, "begins"),
    ({"source": {"kind": "spy"}}, "source.kind"),
    ({"source": {"reliability": "G"}}, "source.reliability"),
    ({"provenance": [{"relation": "derived-from", "record": "ab" * 32}]}, "provenance[0].observation"),
    ({"subject": {"kind": "site", "id": "x", "digest": "y"}}, "subject"),
    ({"weapon": "any"}, "observation"),
    ({"priority": 1}, "observation"),
]  # fmt: skip
REFUSED_BY_CODE: list[tuple[dict[str, Any], str]] = [
    ({"words": "Smoke at 46.3012, 7.5521"}, "observation-position"),
    ({"words": "a\u202eb"}, "field-form"),
    ({"credibility": 7}, "field-limit"),
    ({"ends": "2035-01-01T11:00:00Z"}, "field-limit"),
    ({"labels": ["Open!"]}, "field-form"),
]


@pytest.mark.requirement("OBSERVE-003")
@pytest.mark.requirement("OBSERVE-015")
def test_what_cannot_be_entered_is_refused_by_field_or_code(paired: tuple[HomeLayout, str]) -> None:
    async def enter(api: ApiUnderTest, changed: dict[str, Any]) -> tuple[int, Any]:
        return await ask(api, "POST", "/v1/observations", {"observation": {**SEEN, **changed}})

    async def scenario(api: ApiUnderTest) -> None:
        for changed, field in REFUSED_BY_FIELD:
            status, problem = await enter(api, changed)
            assert (status, problem["field"]) == (400, field), changed
        for changed, reason in REFUSED_BY_CODE:
            status, problem = await enter(api, changed)
            assert (status, problem["reason"]) == (422, reason), changed
            assert "46.3012" not in json.dumps(problem)

    over(paired[0], scenario)


@pytest.mark.requirement("OBSERVE-016")
@pytest.mark.requirement("OBSERVE-017")
def test_the_commands_show_and_export_what_the_node_holds(
    comity: Any, paired: tuple[HomeLayout, str], tmp_path: Path
) -> None:
    layout, _ = paired

    async def scenario(api: ApiUnderTest) -> Any:
        return (await ask(api, "POST", "/v1/observations", {"observation": SEEN}))[1]

    seen = over(layout, scenario)
    home = ("--home", layout.root)
    code, told, _ = comity("list", *home, "--json")
    assert code == ExitCode.OK
    assert seen["observation"] in {each["observation"] for each in told["observations"]}
    _, words, _ = comity("show", seen["observation"], *home)
    assert "somewhere within" in words
    assert "grade B3" in words
    _, words, _ = comity("list", *home)
    assert "may be there all the same" in words
    _, words, _ = comity("support", seen["observation"], "--beside", seen["record"], *home)
    assert words.startswith("one report, one origin\n")
    code, told, _ = comity("preview", seen["observation"], *home, "--json")
    assert (code, told[0]["body"]) == (ExitCode.OK, None)
    for form in ("geojson", "csv", "cot"):
        file = tmp_path / f"out.{form}"
        code, told, _ = comity("export", "--format", form, "-o", file, *home, "--json")
        assert code == ExitCode.OK
        content = file.read_text(encoding="utf-8")
        assert "above the ridge" not in content  # above the tear line
        assert "Crew 7" not in content
    assert '"\'=Smoke."' in (tmp_path / "out.csv").read_text(encoding="utf-8")
    nobody = ("--for", "other.aaaaaaaa")
    for form in ("stix", "label"):
        file = tmp_path / f"out.{form}"
        code, told, _ = comity("export", "--format", form, "-o", file, *nobody, *home, "--json")
        assert (code, told["note"].startswith("0 observations for")) == (ExitCode.OK, True)
        assert "Smoke" not in file.read_text(encoding="utf-8")
        assert comity("export", "--format", form, "-o", file, *home)[0] == ExitCode.INPUT
    assert comity("export", "--format", "csv", "-o", file, *nobody, *home)[0] == ExitCode.INPUT
    assert comity("export", "--format", "kml", "-o", tmp_path / "x", *home)[0] == ExitCode.INPUT
    assert comity("show", "x/y", *home)[0] == ExitCode.INPUT
    code, _, err = comity("release", seen["observation"], *home)
    assert (code, "is not running" in err) == (ExitCode.NO_NODE, True)
    code, words, _ = comity("consent", *home)
    assert (code, words) == (ExitCode.OK, "no consent is here\n")
    assert comity("policy", *home, "--json")[0] == ExitCode.OK


class _Policy:
    """Stands for a node that answers what its policy makes of an observation."""

    def __init__(self, **form: Any) -> None:
        self.form = form

    def post(self, path: str, body: Any, kind: Any, *, exercise: bool) -> list[FormTold]:
        del kind, exercise
        assert path.endswith("/preview")
        return [FormTold(recipient=body["to"][0], **self.form)]


@pytest.mark.requirement("OBSERVE-017")
@pytest.mark.parametrize("form", observations.FOR_A_PARTY)
def test_an_export_for_a_party_holds_the_form_that_the_policy_makes_for_it_and_nothing_else(
    form: str, paired: tuple[HomeLayout, str]
) -> None:
    async def scenario(api: ApiUnderTest) -> Any:
        await ask(api, "POST", "/v1/observations", {"observation": SEEN})
        return (await ask(api, "GET", "/v1/observations"))[1]

    listed = msgspec.convert(over(paired[0], scenario), ObservationsTold)
    own = next(each for each in listed.observations if each.own and each.state != "withdrawn")
    theirs = msgspec.structs.replace(own, own=False, words="Theirs.", onward=["b.aaaaaaaa"])
    theirs = msgspec.structs.replace(theirs, observation="c.aaaaaaaa/00000000000000c1")
    only = msgspec.structs.replace(theirs, words="Not for b.", onward=["c.aaaaaaaa"])
    gone = msgspec.structs.replace(own, state="withdrawn")
    told = msgspec.structs.replace(listed, observations=[own, theirs, only, gone])
    coarse = cell_of(463_000_000, 75_000_000, 12)
    body = {
        "area": {"column": coarse.column, "level": coarse.level, "row": coarse.row},
        "begins": own.begins, "ends": own.ends, "credibility": 3, "kind": own.kind,
        "nature": own.nature, "observation": own.observation, "onward": [], "source": None,
        "subject": None, "words": "Coarse.",
    }  # fmt: skip
    shown = {"body": json.dumps(body), "labels": ["tlp:amber"]}
    for answer, count in (
        (shown, 2), ({"why_not": "no"}, 1), ({**shown, "two_persons": True}, 1),
        ({**shown, "two_persons": True, "approved_by": ["bea"]}, 2),
    ):  # fmt: skip
        content, note = observations.exported_for(
            _Policy(**answer), told, "b.aaaaaaaa", form, exercise=False
        )
        assert note.startswith(f"{count} observations for b.aaaaaaaa, {4 - count} held back")
        text = content.decode()
        assert "above the ridge" not in text
        assert "Not for b" not in text
        assert ("Coarse." in text) == (form == "stix" and count == 2)
        assert ("TLP:AMBER" in text) == (count == 2)


def test_a_draft_needs_no_node(comity: Any, tmp_path: Path) -> None:
    for kind in ObservationKind:
        code, words, _ = comity("draft", kind)
        assert code == ExitCode.OK
        fields = json.loads(words)
        assert fields["kind"] == kind
        assert ("position" in fields) == (not kind.startswith("site"))
    assert comity("draft", kind, "-o", tmp_path / "d.json", "--json")[0] == ExitCode.OK
    assert comity("draft", "target")[0] == ExitCode.INPUT


@pytest.mark.requirement("OBSERVE-003")
def test_a_position_is_kept_as_the_finest_cell_that_holds_it_with_its_reach() -> None:
    assert area_around("N 46 18.00 E 007 30.00", "0 m") == cell_of(463_000_000, 75_000_000, 14)
    assert area_around("N 46 18.00 E 007 30.00", "3 km").level == 11
    assert isinstance(area_around("S 89 59.9 E 000 00.0", "10 km"), Cell)
    with pytest.raises(InputError, match="at most"):
        area_around("N 46 18.00 E 007 30.00", "20 km")
