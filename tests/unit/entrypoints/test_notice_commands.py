"""`comity notice` and its endpoints: drafted, checked without a node, sent, shown, taken back."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.agreement_world import Actor
from tests.node_homes import ApiUnderTest, api_over, make_home

from comity import bootstrap
from comity.domain.agreement import draft_agreement
from comity.domain.airspace import EdgeKind, Shape, ShapeKind
from comity.entrypoints.cli import run
from comity.entrypoints.cli.exit_codes import ExitCode
from comity.entrypoints.home import HomeLayout
from comity.kernel.instants import instant_from_canonical

RECEIVED = "2026-11-28T13:39:00Z"
NOTICE: dict[str, Any] = {
    "activity": "jet",
    "areas": [
        {
            "circle": {"centre": "N 35 20.0 E 039 55.0", "radius": "5 km"},
            "lower": ["0 m AGL"],
            "upper": ["FL320"],
        }
    ],
    "starts": ["2026-11-28T17:00:00+03:00"],
    "ends": ["2026-11-28T16:00:00Z"],
    "description": "Parachute drop.",
    "contact": "Watch officer",
}


def saved(tmp_path: Path, **changed: Any) -> Path:
    path = tmp_path / "notice.json"
    path.write_text(json.dumps(NOTICE | changed), encoding="utf-8")
    return path


@pytest.fixture
def comity(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, Any, str]]:
    def command(*words: object) -> tuple[int, Any, str]:
        code = run(bootstrap.Composition(), ["notice", *map(str, words)])
        printed = capsys.readouterr()
        told = json.loads(printed.out) if "--json" in words and printed.out else printed.out
        return code, told, printed.err

    return command


@pytest.mark.requirement("NOTICE-014")
def test_a_draft_is_incomplete_and_a_check_needs_no_node(comity: Any, tmp_path: Path) -> None:
    draft = tmp_path / "draft.json"
    assert comity("draft", "jet", "-o", draft)[0] == ExitCode.OK
    code, told, _ = comity("check", draft, "--received", RECEIVED, "--json")
    assert code == ExitCode.NO
    assert [each["code"] for each in told["findings"]] == ["lead-unknown", *["incomplete"] * 5]
    assert comity("draft", "Jet")[0] == ExitCode.INPUT


@pytest.mark.requirement("NOTICE-014")
@pytest.mark.requirement("NOTICE-003")
def test_a_check_by_an_agreements_text_tells_late_with_its_arithmetic(
    comity: Any, tmp_path: Path
) -> None:
    box = Shape(
        ShapeKind.RING, (30.0, 30.0, 40.0, 40.0), (35.0, 45.0, 45.0, 35.0), 0.0, EdgeKind.CHORD
    )
    text = draft_agreement(
        title="Test",
        parties=[Actor(name).draft_party() for name in ("aurelia", "borealis")],
        area=(box,),
        valid_from=instant_from_canonical("2026-01-01T00:00:00.000Z"),
        valid_until=instant_from_canonical("2030-01-01T00:00:00.000Z"),
        horizontal_m=9_260.0,
        vertical_m=304.8,
    )
    agreement = tmp_path / "agreement.md"
    agreement.write_text(text, encoding="utf-8")
    above_sea = [{**NOTICE["areas"][0], "lower": ["0 m EGM2008"]}]
    said = saved(tmp_path, activity="fixed-wing", areas=above_sea)
    asked = ("check", said, "--agreement", agreement, "--received")
    code, told, _ = comity(*asked, RECEIVED, "--json")
    assert (code, told["lead_s"], told["agreed_lead_s"]) == (ExitCode.NO, 1_260.0, 7_200.0)
    [late] = told["findings"]
    assert (late["code"], late["figures"]["short_s"]) == ("late", 7_200.0 - 1_260.0)
    code, told, _ = comity(*asked, "2026-11-28T00:00:00Z", "--json")
    assert (code, told["findings"]) == (ExitCode.OK, [])


@pytest.mark.requirement("NOTICE-006")
@pytest.mark.requirement("NOTICE-007")
def test_the_call_of_the_seventeenth_of_september_is_told_for_what_it_is(
    comity: Any, tmp_path: Path
) -> None:
    """«North» said where it is west, two upper limits, one minute before it begins (L-09, L-23)."""
    said = saved(
        tmp_path,
        areas=[{**NOTICE["areas"][0], "upper": ["FL320", "FL530"]}],
        place="north of Deir ez-Zor",
    )
    code, told, err = comity("check", said, "--received", "2026-11-28T13:59:00Z", "--json")
    assert (code, err) == (ExitCode.NO, "comity: 4 findings\n")
    assert [each["rule"] for each in told["findings"]] == ["N1", "N4", "N9", "N15"]
    [area] = told["areas"]
    assert (area["upper"], area["grid"]) == ("FL530", "37SEV 83307 10394")
    assert "W (269° true) of Deir ez-Zor" in told["findings"][3]["words"]
    assert len(told["place_list_digest"]) == 64
    _, words, _ = comity("check", said, "--received", "2026-11-28T13:59:00Z")
    assert "CONTRADICTORY [N15] place: the words say «north of Deir ez-Zor»" in words


@pytest.mark.requirement("NOTICE-014")
def test_the_example_of_the_page_has_nothing_wrong_with_it(comity: Any, tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs/howto/write-a-notice.md").read_text(encoding="utf-8")
    path = tmp_path / "notice.json"
    path.write_text(page.partition("```json\n")[2].partition("```")[0], encoding="utf-8")
    _, told, _ = comity("check", path, "--received", "2026-12-01T00:00:00Z", "--json")
    assert [each["rule"] for each in told["findings"]] == [
        "N1"
    ]  # without an agreement no lead is known
    assert [each["upper"] for each in told["areas"]] == ["FL095", "914.4 m EGM2008"]
    _, words, _ = comity("check", path, "--received", "2026-12-01T00:00:00Z")
    assert "WGS 84, MGRS 35V" in words


CORNERS = ["35N 39E", "35N 40E", "36N 40E"]


@pytest.mark.requirement("NOTICE-001")
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"activity": "Jet!"}, ".activity"),
        ({"tomorrow": 1}, ""),
        ({"areas": [{"lower": []}]}, ".areas[0]"),
        ({"areas": [{**NOTICE["areas"][0], "polygon": CORNERS}]}, ".areas[0]"),
        ({"areas": [{"polygon": CORNERS[:2]}]}, ".areas[0].polygon"),
        ({"areas": [{"polygon": [*CORNERS, "35,5 39,5"]}]}, ".areas[0].polygon[3]"),
        (
            {"areas": [{"circle": {"centre": "35N 39Е", "radius": "5 km"}}]},
            ".areas[0].circle.centre",
        ),
        ({"areas": [{"circle": {"centre": "35N 39E", "radius": "5"}}]}, ".areas[0].circle.radius"),
        (
            {"areas": [{"circle": {"centre": "35N 39E", "radius": "0 m"}}]},
            ".areas[0].circle.radius",
        ),
        (
            {"areas": [{"circle": {"centre": "35N 39E", "radius": "201 km"}}]},
            ".areas[0].circle.radius",
        ),
        ({"areas": [{**NOTICE["areas"][0], "upper": ["3000 ft"]}]}, ".areas[0].upper[0]"),
        ({"areas": [{**NOTICE["areas"][0], "upper": ["FL320"] * 5}]}, ".areas[0].upper"),
        ({"areas": [NOTICE["areas"][0]] * 101}, ".areas"),
        ({"starts": ["2026-11-28T17:00:00"]}, ".starts[0]"),
        ({"starts": "2026-11-28T17:00:00Z"}, ".starts"),
        ({"description": "a\u202eb"}, ".description"),
        ({"description": "x" * 1_001}, ".description"),
        ({"contact": 5}, ".contact"),
    ],
    ids=lambda value: str(value)[:48],
)
def test_what_cannot_be_read_is_refused_by_field(
    comity: Any, tmp_path: Path, changed: dict[str, Any], field: str
) -> None:
    path = saved(tmp_path, **changed)
    code, out, err = comity("check", path)
    assert (code, out) == (ExitCode.INPUT, "")
    assert err.startswith(f"comity: {path}{field}: ")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b'{"activity":"a","activity":"b"}', b"\xff", b"[" * 100_000, b" " * (2 << 20)],
)
def test_a_file_that_is_no_notice_is_refused(comity: Any, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    code, _, err = comity("check", path)
    assert code == ExitCode.INPUT
    assert "Traceback" not in err


@pytest.fixture(scope="module")
def paired(tmp_path_factory: pytest.TempPathFactory) -> tuple[HomeLayout, str]:
    """A home, and the card of a party that it can be paired with."""
    folder = tmp_path_factory.mktemp("notices")
    other = make_home(folder / "b", "Borealis")
    return make_home(folder / "a"), other.card.read_text().strip()


def over(layout: HomeLayout, scenario: Callable[[ApiUnderTest], Awaitable[Any]]) -> Any:
    async def within() -> Any:
        async with api_over(layout) as api:
            return await scenario(api)

    return asyncio.run(within())


@pytest.mark.requirement("NOTICE-014")
@pytest.mark.requirement("NOTICE-010")
@pytest.mark.requirement("NOTICE-013")
def test_over_the_api_a_notice_is_sent_shown_revised_and_taken_back(
    paired: tuple[HomeLayout, str],
) -> None:
    layout, card = paired

    async def ask(api: ApiUnderTest, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        return await api.ask(method, path, b"" if body is None else json.dumps(body).encode())

    async def scenario(api: ApiUnderTest) -> None:
        status, problem = await ask(api, "POST", "/v1/notices", {"notice": NOTICE})
        assert (status, problem["reason"]) == (409, "nobody-to-notify")
        _, peer = await ask(api, "POST", "/v1/peers", {"card": card})
        party = peer["party"]
        here = "/v1/notices/here?position=35+20.0N+039+55.0E"
        _, told = await ask(api, "GET", here)
        assert told["words"].startswith("nothing notified here as of ")
        future = {**NOTICE, "starts": ["2035-01-01T00:00:00Z"], "ends": ["2035-01-01T02:00:00Z"]}
        status, sent = await ask(api, "POST", "/v1/notices", {"notice": future, "to": [party]})
        assert status == 200, sent
        assert sent["recipients"] == [
            {"party": party, "receipted": False, "acknowledged": [], "word": "unknown"}
        ]
        assert sent["inside"]["tracks"] is None
        _, told = await ask(api, "GET", here)
        assert [each["notice"] for each in told["notices"]] == [sent["notice"]]
        status, checked = await ask(api, "POST", "/v1/notices/check", future)
        assert [each["code"] for each in checked["findings"]] == ["lead-unknown"]
        again = {"notice": {**future, "place": "Range 4"}, "revises": sent["notice"]}
        _, revised = await ask(api, "POST", "/v1/notices", again)
        assert (revised["revision"], revised["place"]) == (2, "Range 4")
        _, [shown] = await ask(api, "GET", f"/v1/notices/{sent['notice']}")
        assert shown["record"] == revised["record"]
        status, problem = await ask(api, "POST", f"/v1/notices/{sent['notice']}/acknowledge")
        assert (status, problem["field"]) == (400, "notice")
        status, told = await ask(
            api, "POST", f"/v1/notices/{sent['notice']}/cancel", {"reason": "rain"}
        )
        assert (status, told["kind"]) == (200, "notice.cancellation")
        _, told = await ask(api, "GET", "/v1/notices")
        assert told["notices"] == []
        _, told = await ask(api, "GET", "/v1/notices?state=cancelled")
        assert [each["cancelled_because"] for each in told["notices"]] == ["rain"]
        drill = {"notice": future, "to": [party]}
        _, told = await ask(api, "POST", "/v1/notices?exercise=true", drill)
        assert told["exercise"] is True
        assert (await ask(api, "GET", "/v1/notices"))[1]["notices"] == []
        for query, field in (("state=gone", "state"), ("author=x", "party"), ("limit=0", "limit")):
            status, problem = await ask(api, "GET", f"/v1/notices?{query}")
            assert (status, problem["field"]) == (400, field)
        status, problem = await ask(api, "POST", "/v1/notices", {**again, "to": [party]})
        assert (status, problem["field"]) == (400, "to")

    over(layout, scenario)


@pytest.mark.requirement("NOTICE-014")
def test_the_commands_show_what_the_node_holds(comity: Any, paired: tuple[HomeLayout, str]) -> None:
    home = ("--home", paired[0].root)
    code, told, _ = comity("list", *home, "--state", "cancelled", "--json")
    assert code == ExitCode.OK
    [notice] = [each["notice"] for each in told["notices"]]
    code, words, _ = comity("show", notice, *home)
    assert "CANCELLED" in words
    assert "UNKNOWN" in words
    _, words, _ = comity("list", *home, "--exercise")
    assert "EXERCISE" in words
    code, words, _ = comity("here", "N 35 20.0 E 039 55.0", *home)
    assert words.splitlines()[-1].startswith("nothing notified here as of ")
    code, _, err = comity("send", "x.json", *home)
    assert code == ExitCode.INPUT
    code, _, err = comity("ack", notice, *home)
    assert (code, "is not running" in err) == (ExitCode.NO_NODE, True)
    assert comity("show", "x/y", *home)[0] == ExitCode.INPUT
