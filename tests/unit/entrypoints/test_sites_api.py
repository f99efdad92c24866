"""Protected sites over API and command line: who may say what, and that nothing reads as an all-clear."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.node_homes import ApiUnderTest, api_over, make_home

from comity.adapters.system_clock import SystemEntropy
from comity.domain.operators import Role
from comity.domain.sites import ALWAYS
from comity.entrypoints.api.app import ROUTES
from comity.entrypoints.api.openapi import openapi_document
from comity.entrypoints.cli.app import create_app
from comity.entrypoints.home import HomeLayout, add_operator, load_operator_token, load_operators
from comity.kernel.ids import OperatorId

ALL_CLEAR = re.compile(
    r"\b(all-?clear|clear|cleared|safe|free to|allowed|permitted|unprotected)\b", re.IGNORECASE
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> HomeLayout:
    layout = make_home(tmp_path_factory.mktemp("homes") / "a")
    for name, roles in (("bea", {Role.OFFICER, Role.SUPERVISOR}), ("keeper", {Role.ADMINISTRATOR})):
        operators = load_operators(layout)
        add_operator(layout, operators, OperatorId(name), name, frozenset(roles), SystemEntropy())
    return layout


def run(layout: HomeLayout, scenario: Callable[[ApiUnderTest], Awaitable[Any]]) -> Any:
    async def within() -> Any:
        async with api_over(layout) as api:
            return await scenario(api)

    return asyncio.run(within())


def asked(**changed: Any) -> dict[str, Any]:
    """An invented site in the open ocean."""
    row = {
        "kind": "hospital",
        "names": [{"text": "Invented hospital", "script": "Latn", "language": "en"}],
        "place": {
            "latitude_deg": [-10.0],
            "longitude_deg": [-150.0],
            "accuracy_m": 20.0,
            "datum": "WGS84",
        },
        "owner": "Invented Trust",
        "origin": {"name": "owner's list", "kind": "owner"},
    }
    return {**row, **changed}


async def post(api: ApiUnderTest, path: str, body: Any, who: str | None = None) -> tuple[int, Any]:
    headers = {}
    if who is not None:
        token = load_operator_token(HOME[0], OperatorId(who))
        headers["authorization"] = f"Bearer {token}"
    return await api.ask("POST", path, json.dumps(body).encode(), headers)


HOME: list[HomeLayout] = []


@pytest.fixture(autouse=True)
def _home(home: HomeLayout) -> None:
    HOME[:] = [home]


QUESTION = {"latitude_deg": [-10.0], "longitude_deg": [-150.0], "radius_m": 100.0}


@pytest.mark.requirement("SITES-030")
def test_a_site_is_entered_checked_asked_about_and_shared(home: HomeLayout) -> None:
    async def scenario(api: ApiUnderTest) -> None:
        _, told = await post(api, "/v1/sites/query", QUESTION)
        assert told["answer"] == "undetermined"
        status, entered = await post(api, "/v1/sites", {"sites": [asked()]})
        assert status == 200
        path = f"/v1/sites/{entered['sites'][0]}"
        _, told = await post(api, "/v1/sites/query", QUESTION)
        assert (told["answer"], told["count"], told["touched"][0]["distance_m"]) == (
            "touches",
            1,
            0.0,
        )
        _, told = await post(api, "/v1/sites/query", {**QUESTION, "latitude_deg": [10.0]})
        assert told["answer"] == "nothing-notified-here"
        assert told["always"] == ALWAYS
        assert told["touched"] == []
        check = {
            "finding": "confirmed",
            "origin": {"name": "visit", "kind": "visit"},
            "words": "seen",
        }
        status, told = await post(api, f"{path}/finding", check)
        assert (status, told["reason"]) == (422, "same-person")
        status, _ = await post(api, f"{path}/finding", check, "bea")
        assert status == 200
        _, told = await api.ask("GET", path)
        assert (told["state"], told["checks"][0]["operator"]) == ("verified", "bea")
        _, told = await api.ask("GET", "/v1/sites?state=verified")
        assert told["total"] == 1
        assert told["always"] == ALWAYS

    run(home, scenario)


@pytest.mark.requirement("DOORS-011")
def test_who_may_consent_enter_and_ask(home: HomeLayout) -> None:
    consent = {
        "recipient": "borealis.aaaaaaaa",
        "precision_m": 500,
        "until": "2030-01-01T00:00:00Z",
        "words": "x",
    }

    async def scenario(api: ApiUnderTest) -> None:
        for who, path, body, status in (
            ("keeper", "/v1/sites", {"sites": [asked()]}, 403),
            ("keeper", "/v1/sites/query", QUESTION, 403),
            ("bea", "/v1/sites/consents", consent, 200),
            ("bea", "/v1/sites/consents/withdraw", {"recipient": "borealis.aaaaaaaa", "words": "x"}, 200),
        ):  # fmt: skip
            assert (await post(api, path, body, who))[0] == status, (who, path)

    run(home, scenario)


BAD: list[tuple[str, str, dict[str, Any], str]] = [
    ("a kind not listed", "/v1/sites", {"sites": [asked(kind="barracks")]}, "sites[0].kind"),
    ("no name", "/v1/sites", {"sites": [asked(names=[])]}, "sites[0].names"),
    ("none", "/v1/sites", {"sites": []}, "sites"),
    ("1,001", "/v1/sites", {"sites": [asked()] * 1_001}, "sites"),
    ("a member not known", "/v1/sites", {"sites": [asked(rank=1)]}, "sites[0]"),
    ("not ours", "/v1/sites", {"sites": [asked(site="borealis.aaaaaaaa/0000000000000001")]}, "sites[0].site"),
    ("91° north", "/v1/sites", {"sites": [asked(place={"latitude_deg": [91.0], "longitude_deg": [0.0]})]},
     "sites[0].place.latitude_deg[0]"),
    ("too precise", "/v1/sites/exposures",
     {"sites": ["a"], "viewer": "x", "precision_m": -1, "way": "x"}, "precision_m"),
    ("1,001 vertices", "/v1/sites",
     {"sites": [asked(place={"latitude_deg": [0.1] * 1_001, "longitude_deg": [0.1] * 1_001})]}, "sites[0].place"),
    ("ends before", "/v1/sites/query",
     {**QUESTION, "begins": "2030-01-02T00:00:00Z", "ends": "2030-01-01T00:00:00Z"}, "ends"),
    ("no zone", "/v1/sites/query", {**QUESTION, "begins": "2030-01-02T00:00:00"}, "begins"),
    ("radius", "/v1/sites/query", {**QUESTION, "radius_m": 200_001}, "radius_m"),
    ("no point", "/v1/sites/query", {"latitude_deg": [], "longitude_deg": [], "radius_m": 1}, "latitude_deg"),
]  # fmt: skip


@pytest.mark.requirement("DOORS-013")
def test_bad_input_about_sites_is_refused_by_field_and_nothing_is_written(home: HomeLayout) -> None:
    async def scenario(api: ApiUnderTest) -> None:
        _, before = await api.ask("GET", "/v1/journal")
        for name, path, body, field in BAD:
            status, told = await post(api, path, body)
            assert (status, told["kind"]) == (400, "input"), (name, told)
            assert told["field"].startswith(field), (name, told)
            assert told["why"], name
        _, after = await api.ask("GET", "/v1/journal")
        assert after == before

    run(home, scenario)


@pytest.mark.requirement("SITES-030")
def test_no_text_about_sites_in_any_door_reads_as_an_all_clear() -> None:
    """Of the API's schema and the command line's help; the two places that deny it are known."""
    routes = [route for route in ROUTES if route.path.startswith("/v1/sites")]
    assert len(routes) >= 11
    texts = [json.dumps(openapi_document(routes), ensure_ascii=False)]
    group: Any = typer.main.get_command(create_app())
    for command in group.commands["site"].commands.values():
        texts += [command.help or "", *(str(getattr(each, "help", "")) for each in command.params)]
    known = (
        "which is no all-clear",
        "None of them is an all-clear",
        "nothing that reads as an all-clear",
    )
    for text in texts:
        plain = text
        for phrase in known:
            plain = plain.replace(phrase, "")
        found = ALL_CLEAR.search(plain)
        assert found is None, plain[max(0, found.start() - 60) : found.end() + 20]


@pytest.mark.requirement("SITES-030")
def test_no_sentence_of_the_room_is_an_all_clear() -> None:
    """Words a person may see stand in string literals of these folders."""
    root = Path(__file__).parents[3] / "src" / "comity"
    files = [
        *(root / "domain" / "sites").glob("*.py"),
        root / "entrypoints" / "cli" / "sites.py",
        root / "entrypoints" / "api" / "telling_sites.py",
    ]
    assert len(files) > 10
    for file in files:
        for literal in re.findall(
            r'f?"([^"\n]*)"', re.sub(r'""".*?"""', "", file.read_text(), flags=re.DOTALL)
        ):
            assert ALL_CLEAR.search(literal) is None or "are allowed" in literal, (
                file.name,
                literal,
            )


@pytest.mark.requirement("SITES-071")
def test_who_is_asked_to_erase_what_it_never_had_is_a_refusal_by_field(home: HomeLayout) -> None:
    nobody = "borealis.h46ugnyl"

    async def scenario(api: ApiUnderTest) -> None:
        _, entered = await post(api, "/v1/sites", {"sites": [asked()]})
        (site,) = entered["sites"]
        body = {"recipient": nobody, "sites": [site], "words": "in danger"}
        status, told = await post(api, "/v1/sites/erasures", body, "bea")
        assert status == 400
        assert f"{nobody} was told nothing of {site}" in json.dumps(told)
        assert "sites[0]" in json.dumps(told)
        status, _ = await post(api, "/v1/sites/erasures", body, "keeper")
        assert status == 403
        reply = {"answer": "erased", "words": "done"}
        status, told = await post(api, f"/v1/sites/erasures/{'ab' * 32}/answer", reply, "bea")
        assert status == 400
        assert "is no request to this party" in json.dumps(told)
        assert await api.ask("GET", "/v1/sites/erasures") == (200, [])
        copies = await api.ask("GET", f"/v1/sites/{site}/copies")
        assert copies == (200, {"copies": [], "packs": []})

    run(home, scenario)


@pytest.mark.requirement("PACK-012", "SITES-012")
def test_packs_of_ones_own_people_are_among_those_who_still_hold_a_site(home: HomeLayout) -> None:
    async def scenario(api: ApiUnderTest) -> None:
        _, entered = await post(api, "/v1/sites", {"sites": [asked()]})
        (site,) = entered["sites"]
        status, made = await post(api, "/v1/packs", {"holder": "crew of relief 7"}, "bea")
        assert status == 200
        await post(api, f"/v1/sites/{site}/end", {"words": "it has moved"})
        status, told = await api.ask("GET", f"/v1/sites/{site}/copies")
        assert (status, told["copies"]) == (200, [])
        (pack,) = told["packs"]
        assert (pack["pack"], pack["holder"], pack["expired"]) == (
            made["pack"], "crew of relief 7", False,
        )  # fmt: skip

    run(home, scenario)
