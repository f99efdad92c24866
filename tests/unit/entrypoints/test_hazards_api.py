"""Previews, objections and echelons over the API: who may ask, what is refused by which field, what a limit says."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.node_homes import ApiUnderTest, api_over, make_home
from tests.unit.entrypoints.test_notice_commands import NOTICE
from tests.unit.entrypoints.test_sites_api import asked

from comity.adapters.system_clock import SystemEntropy
from comity.domain.operators import Role
from comity.domain.sites import ALWAYS
from comity.entrypoints.home import HomeLayout, add_operator, load_operator_token, load_operators
from comity.kernel.ids import OperatorId

OCEAN = {"circle": {"centre": "S 10 00.0 W 150 00.0", "radius": "2 km"}}


@pytest.fixture
def home(tmp_path: Path) -> HomeLayout:
    layout = make_home(tmp_path / "a")
    roles = {"keeper": {Role.ADMINISTRATOR}, "boss": {Role.SUPERVISOR}, "ben": {Role.OFFICER}}
    for name, given in roles.items():
        operators = load_operators(layout)
        add_operator(layout, operators, OperatorId(name), name, frozenset(given), SystemEntropy())
    return layout


def run(layout: HomeLayout, scenario: Callable[[ApiUnderTest], Awaitable[Any]]) -> Any:
    async def within() -> Any:
        async with api_over(layout) as api:
            return await scenario(api)

    return asyncio.run(within())


async def post(
    api: ApiUnderTest, home: HomeLayout, path: str, body: Any, who: str
) -> tuple[int, Any]:
    headers = {"authorization": f"Bearer {load_operator_token(home, OperatorId(who))}"}
    return await api.ask("POST", path, json.dumps(body).encode(), headers)


def written(**changed: Any) -> dict[str, Any]:
    return {"notice": {**NOTICE, "areas": [{**OCEAN, "lower": [], "upper": []}], **changed}}


@pytest.mark.requirement("HAZARD-001")
@pytest.mark.requirement("HAZARD-008")
def test_a_preview_is_answered_limited_and_reviewed_by_a_supervisor(home: HomeLayout) -> None:
    async def scenario(api: ApiUnderTest) -> None:
        status, told = await post(api, home, "/v1/notices/preview", written(), "ben")
        assert (status, told["touches"]["answer"]) == (200, "undetermined")
        await api.ask("POST", "/v1/sites", json.dumps({"sites": [asked()]}).encode())
        _, told = await post(api, home, "/v1/notices/preview", written(), "ben")
        assert (told["touches"]["count"], told["touches"]["always"]) == (1, ALWAYS)
        assert told["inside"]["tracks"] is None
        assert told["borders"][0]["digest"]
        nowhere = written(areas=[])
        _, told = await post(api, home, "/v1/notices/preview", nowhere, "ben")
        assert told["touches"]["words"].startswith("undetermined because the notice states no area")
        for _ in range(17):
            status, _ = await post(api, home, "/v1/notices/preview", written(), "ben")
            assert status == 200
        status, refused = await post(api, home, "/v1/notices/preview", written(), "ben")
        assert (status, refused["field"]) == (400, "preview")
        assert refused["why"].startswith(
            "20 previews and queries of ben within one hour, the most; again at "
        )
        far = written(areas=[{"circle": {"centre": "N 10 00.0 W 150 00.0", "radius": "2 km"}}])
        _, elsewhere = await post(api, home, "/v1/notices/preview", far, "ben")
        assert elsewhere == refused
        headers = {"authorization": f"Bearer {load_operator_token(home, OperatorId('boss'))}"}
        _, seen = await api.ask("GET", "/v1/notices/previews?limit=3", b"", headers)
        assert (seen["total"], len(seen["previews"])) == (20, 3)
        assert [(each["rule"], each["operator"]) for each in seen["sweeps"]] == [("limit", "ben")]
        _, alarms = await api.ask("GET", "/v1/status")
        assert any(each["code"] == "preview-sweep" for each in alarms["alarms"])

    run(home, scenario)


@pytest.mark.requirement("HAZARD-008")
def test_who_may_ask_and_what_is_refused_by_its_field(home: HomeLayout) -> None:
    places = ("S 10 00.0 W 150 00.0", "N 10 00.0 W 150 00.0", "N 30 00.0 W 150 00.0")
    wide = written(areas=[{"circle": {"centre": each, "radius": "200 km"}} for each in places])
    missing = f"/v1/echelons/{'ab' * 32}/receive"
    received = {"level": "unit", "name": "unit", "holder": "duty desk"}
    object_path = "/v1/notices/borealis.aaaaaaaa/00c0ffee00c0ffee/object"
    cases = [
        ("keeper", "/v1/notices/preview", written(), "operator"),
        ("keeper", missing, received, "operator"),
        ("keeper", object_path, {"words": "no"}, "operator"),
        ("ben", "/v1/notices/preview", wide, "areas"),
        ("ben", "/v1/notices/preview", {"notice": NOTICE, "to": ["x"]}, "to"),
        ("ben", "/v1/notices/preview", written(activity="Jet"), "notice.activity"),
        ("ben", missing, received, "record"),
        ("ben", "/v1/echelons/12/receive", received, "digest"),
        ("ben", missing, received | {"had_at": "noon"}, "had_at"),
        ("ben", object_path, {"words": "no"}, "notice"),
        ("ben", object_path, {"words": "no", "why": "x"}, "why"),
    ]

    async def scenario(api: ApiUnderTest) -> None:
        for who, path, body, field in cases:
            status, told = await post(api, home, path, body, who)
            assert status == (403 if who == "keeper" else 400), (path, told)
            assert field in f"{told['field']} {told['why']}", (path, told)
        headers = {"authorization": f"Bearer {load_operator_token(home, OperatorId('ben'))}"}
        status, told = await api.ask("GET", "/v1/notices/previews", b"", headers)
        assert (status, told["reason"]) == (403, "not-permitted")
        _, told = await api.ask("GET", "/v1/echelons?silent=true")
        assert told["total"] == 0

    run(home, scenario)
