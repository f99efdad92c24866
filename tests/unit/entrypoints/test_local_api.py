"""The local API over a real node and store, without a socket: who is let in, what is refused, what is told."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.node_homes import OFFICER, ApiUnderTest, api_over, make_home, plan_file
from tools.api_reference import reference

from comity.adapters.icalendar_file import CalendarEvent, read_calendar
from comity.adapters.system_clock import SystemEntropy
from comity.domain.operators import Role
from comity.entrypoints.api import meetings
from comity.entrypoints.home import HomeLayout, add_operator, load_operator_token, load_operators
from comity.kernel.ids import OperatorId

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "api.md"
Scenario = Callable[[ApiUnderTest], Awaitable[Any]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> HomeLayout:
    layout = make_home(tmp_path_factory.mktemp("homes") / "a")
    for name, role in (("watch", Role.OFFICER), ("chief", Role.SUPERVISOR)):
        add_operator(
            layout,
            load_operators(layout),
            OperatorId(name),
            name,
            frozenset({role}),
            SystemEntropy(),
        )
    return layout


@pytest.fixture(scope="module")
def other_card(tmp_path_factory: pytest.TempPathFactory) -> str:
    layout = make_home(tmp_path_factory.mktemp("homes") / "b", "Borealis")
    return layout.card.read_text().strip()


def run(layout: HomeLayout, scenario: Scenario) -> Any:
    async def within() -> Any:
        async with api_over(layout) as api:
            return await scenario(api)

    return asyncio.run(within())


def test_a_calendar_file_that_takes_long_to_read_holds_up_nobody_else(
    home: HomeLayout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one loads a library of 91 modules from disk: on the event loop, a FLASH would wait for that."""
    answered = threading.Event()

    def slow(content: bytes) -> tuple[CalendarEvent, ...]:
        assert answered.wait(20.0), "nobody was answered while it was read"
        return read_calendar(content)

    monkeypatch.setattr(meetings, "read_calendar", slow)

    async def scenario(api: ApiUnderTest) -> Any:
        body = json.dumps({"calendar": "", "parties": []}).encode()
        importing = asyncio.create_task(api.ask("POST", "/v1/meetings/import", body))
        await asyncio.sleep(0)
        status, _ = await api.ask("GET", "/v1/status")
        answered.set()
        return status, await importing

    status, (refused, problem) = run(home, scenario)
    assert status == 200
    assert (refused, problem["field"]) == (400, "calendar")


@pytest.mark.requirement("DOORS-010")
@pytest.mark.parametrize(
    ("headers", "status", "reason"),
    [
        ({"authorization": ""}, 401, "token-refused"),
        ({"authorization": "Bearer "}, 401, "token-refused"),
        ({"authorization": "Bearer comity-" + "0" * 64}, 401, "token-refused"),
        ({"authorization": "Basic b2ZmaWNlcjpvZmZpY2Vy"}, 401, "token-refused"),
        ({"authorization": "Bearer \xff\xfe"}, 401, "token-refused"),
        ({"comity-operator": "watch"}, 401, "token-refused"),
        ({"host": "attacker.example"}, 403, "host-refused"),
        ({"host": "attacker.example:7480"}, 403, "host-refused"),
        ({"host": ""}, 403, "host-refused"),
        ({"host": "127.0.0.1.attacker.example"}, 403, "host-refused"),
        ({"origin": "http://localhost:9999"}, 403, "origin-refused"),
        ({"origin": "https://localhost:7480"}, 403, "origin-refused"),
        ({"origin": "http://127.0.0.1:7480"}, 403, "origin-refused"),
        ({"origin": "http://attacker.example"}, 403, "origin-refused"),
        ({"origin": "null"}, 403, "origin-refused"),
        ({"origin": "http://localhost:7480", "authorization": ""}, 401, "token-refused"),
        ({"origin": "http://evil:80", "host": "evil:80"}, 403, "host-refused"),
    ],
)
def test_who_is_not_let_in(
    home: HomeLayout, headers: dict[str, str], status: int, reason: str
) -> None:
    async def scenario(api: ApiUnderTest) -> None:
        told = await api.ask("GET", "/v1/status", headers=headers)
        assert (told[0], told[1]["reason"], told[1]["kind"]) == (status, reason, "access")
        assert api.token not in json.dumps(told)

    run(home, scenario)


@pytest.mark.requirement("DOORS-010")
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:7480", "[::1]:7480", "localhost:1"])
def test_who_is_let_in(home: HomeLayout, host: str) -> None:
    async def scenario(api: ApiUnderTest) -> None:
        status, told = await api.ask("GET", "/v1/status", headers={"host": host})
        assert status == 200
        assert told["party"].startswith("aurelia.")
        assert told["agreement"] is None
        assert told["intents"] == {}

    run(home, scenario)


@pytest.mark.requirement("DOORS-011")
@pytest.mark.parametrize(
    ("person", "method", "target", "allowed"),
    [
        ("watch", "POST", "/v1/intents", True),
        ("chief", "POST", "/v1/intents", True),
        ("watch", "POST", "/v1/agreements", False),
        ("chief", "POST", "/v1/agreements", True),
        ("chief", "POST", "/v1/peers", False),
        ("watch", "POST", "/v1/operators", False),
        ("watch", "POST", "/v1/operators/chief/revoke", False),
        ("chief", "POST", "/v1/keys", False),
        ("watch", "GET", "/v1/journal", True),
    ],
)
def test_what_each_role_may_do(
    home: HomeLayout, person: str, method: str, target: str, allowed: bool
) -> None:
    bodies: dict[str, Any] = {
        "/v1/agreements": {"text": "no text"},
        "/v1/peers": {"card": "no card"},
        "/v1/operators": {"id": "x", "name": "x", "roles": ["officer"]},
        "/v1/keys": {"statement": {}},
    }
    body = plan_file() if target == "/v1/intents" else json.dumps(bodies.get(target, {})).encode()
    token = load_operator_token(home, OperatorId(person))

    async def scenario(api: ApiUnderTest) -> None:
        status, told = await api.ask(
            method, target, body, headers={"authorization": f"Bearer {token}"}
        )
        refused = status == 403 and told.get("reason") == "not-permitted"
        assert refused is not allowed, told

    run(home, scenario)


@pytest.mark.requirement("DOORS-012")
def test_a_flight_without_an_agreement_is_not_possible_and_says_so(home: HomeLayout) -> None:
    async def scenario(api: ApiUnderTest) -> None:
        status, told = await api.ask("POST", "/v1/intents", plan_file())
        assert (status, told["outcome"], told["reason"]) == (
            200,
            "not-possible",
            "no-agreement-in-force",
        )
        status, told = await api.ask("POST", "/v1/intents/check", plan_file())
        assert (status, told[0]["outcome"]) == (200, "not-possible")
        status, told = await api.ask("GET", "/v1/intents")
        assert (status, told) == (200, {"intents": [], "announcements": [], "total": 0})

    run(home, scenario)


def _deep(levels: int) -> bytes:
    return b'{"type":' + b"[" * levels + b"]" * levels + b"}"


BAD_PLANS: list[tuple[str, bytes, str]] = [
    ("empty", b"", "plan"),
    ("not JSON", b"callsign=SURVEY1", "plan"),
    ("not UTF-8", b'{"type": "\xff"}', "plan"),
    ("cut short", plan_file()[:-20], "plan"),
    ("deep", _deep(100_000), "plan"),
    ("a list", b"[]", "plan"),
    ("unknown type", b'{"type": "Blimp"}', "plan.type"),
    ("NaN", plan_file().replace(b"24.5", b"NaN"), "plan"),
    ("Infinity", plan_file().replace(b"24.5", b"Infinity"), "plan"),
    ("a number of 5000 digits", plan_file().replace(b"24.5", b"9" * 5_000), "plan"),
    ("a name twice", plan_file().replace(b'"type"', b'"type": "x", "type"', 1), "plan"),
    ("latitude 95", plan_file(south_deg=94.95), "plan.features[0]"),
    ("naive time", plan_file(start="2030-01-02T09:00:00"), "plan.features[0].properties.start"),
    ("reversed times", plan_file(start="2030-01-02T11:00:00Z"), "plan.features[0].properties"),
    ("no such date", plan_file(start="2030-02-30T09:00:00Z"), "plan.features[0].properties.start"),
    (
        "unknown datum",
        plan_file(lower={"value": 0, "unit": "m", "datum": "MSL"}),
        "plan.features[0].properties.lower.datum",
    ),
    (
        "unknown unit",
        plan_file(upper={"value": 1, "unit": "ell", "datum": "WGS84"}),
        "plan.features[0].properties.upper.unit",
    ),
    ("unknown member", plan_file(colour="red"), "plan.features[0].properties.colour"),
    ("missing member", plan_file(upper=None), "plan.features[0].properties.upper"),
    ("bad callsign", plan_file(callsign="survey 1"), "plan.features[0].properties.callsign"),
    (
        "self-crossing",
        plan_file().replace(b"[24.6, 60.0], [24.5, 60.0]", b"[24.5, 60.0], [24.6, 60.0]"),
        "plan.features[0].geometry",
    ),
]


@pytest.mark.requirement("DOORS-013")
@pytest.mark.parametrize("path", ["/v1/intents", "/v1/intents/batch", "/v1/intents/announce"])
def test_bad_plans_are_refused_by_field_and_nothing_is_written(home: HomeLayout, path: str) -> None:
    async def scenario(api: ApiUnderTest) -> None:
        _, before = await api.ask("GET", "/v1/journal")
        for name, body, field in BAD_PLANS:
            status, told = await api.ask("POST", path, body)
            assert (status, told["kind"]) == (400, "input"), name
            assert told["field"].startswith(field), (name, told)
            assert told["why"], name
        _, after = await api.ask("GET", "/v1/journal")
        assert after == before
        status, _ = await api.ask("GET", "/v1/status")
        assert status == 200

    run(home, scenario)


BAD_REQUESTS: list[tuple[str, str, bytes, int, str | None]] = [
    ("GET", f"/v1/journal?start={2**53}", b"", 400, "start"),
    ("GET", f"/v1/intents?offset={2**64}", b"", 400, "offset"),
    ("GET", f"/v1/access/audit?before={2**64}", b"", 400, "before"),
    ("POST", "/v1/agreements", b"", 400, None),
    ("POST", "/v1/agreements", b"{", 400, None),
    ("POST", "/v1/agreements", b"[]", 400, None),
    ("POST", "/v1/agreements", b'{"text": 5}', 400, "text"),
    ("POST", "/v1/agreements", b'{"txet": "x"}', 400, None),
    ("POST", "/v1/agreements", b'{"text": "x", "more": 1}', 400, None),
    ("POST", "/v1/agreements", b'{"text": "no front matter"}', 400, "text"),
    ("POST", "/v1/agreements", _deep(50_000), 400, None),
    ("POST", "/v1/agreements/abcd/sign", b"", 400, "digest"),
    ("POST", f"/v1/agreements/{'a' * 64}/sign", b"", 400, "digest"),
    ("POST", "/v1/peers", b'{"card": "comity-card1:AAAA"}', 400, None),
    ("POST", "/v1/peers", b'{"card": "hello"}', 400, "card"),
    ("POST", "/v1/operators", b'{"id": "A B", "name": "x", "roles": ["officer"]}', 400, "operator"),
    (
        "POST",
        "/v1/operators",
        b'{"id": "node", "name": "x", "roles": ["officer"]}',
        400,
        "operator",
    ),
    ("POST", "/v1/operators", b'{"id": "x", "name": "x", "roles": ["king"]}', 400, "roles"),
    ("POST", "/v1/operators", b'{"id": "x", "name": "x", "roles": []}', 400, "roles"),
    (
        "POST",
        "/v1/operators",
        b'{"id": "officer", "name": "x", "roles": ["officer"]}',
        400,
        "operator",
    ),
    ("GET", "/v1/intents?limit=0", b"", 400, "limit"),
    ("GET", "/v1/intents?limit=100000", b"", 400, "limit"),
    ("GET", "/v1/intents?offset=-1", b"", 400, "offset"),
    ("GET", "/v1/intents?state=clear", b"", 400, "state"),
    ("GET", "/v1/intents/aurelia/1", b"", 400, "intent_id"),
    ("GET", "/v1/intents/aurelia.aaaaaaaa/0123456789abcdef", b"", 400, "intent"),
    ("GET", "/v1/records/xyz/proof", b"", 400, "digest"),
    ("GET", f"/v1/records/{'0' * 64}", b"", 400, "digest"),
    ("GET", f"/v1/records/{'0' * 64}/proof", b"", 400, "digest"),
    ("GET", "/v1/journal?start=soon", b"", 400, "start"),
    ("GET", "/v1/nothing", b"", 404, None),
    ("DELETE", "/v1/status", b"", 405, None),
    ("POST", "/v1/intents?decide_by=2030-01-02T09:00:00", plan_file(), 400, "decide_by"),
    (
        "POST",
        f"/v1/intents?{'&'.join(f'label=l{n}' for n in range(17))}",
        plan_file(),
        400,
        "label",
    ),
]


@pytest.mark.requirement("DOORS-013")
def test_bad_requests_are_refused_as_problems(home: HomeLayout) -> None:
    async def scenario(api: ApiUnderTest) -> None:
        _, before = await api.ask("GET", "/v1/journal")
        for method, target, body, status, field in BAD_REQUESTS:
            told = await api.ask(method, target, body)
            case = (method, target[:60], body[:60], told)
            assert told[0] == status, case
            assert set(told[1]) == {"title", "status", "kind", "reason", "field", "why"}, case
            assert told[1]["status"] == status, case
            if field is not None:
                assert told[1]["field"].startswith(field), case
        assert await api.ask("GET", "/v1/journal") == (200, before)
        assert {each.id for each in load_operators(home)} == {"officer", "watch", "chief"}

    run(home, scenario)


@pytest.mark.requirement("DOORS-013")
def test_a_body_beyond_the_limit_is_refused_with_the_limit(home: HomeLayout) -> None:
    async def scenario(api: ApiUnderTest) -> None:
        status, told = await api.ask("POST", "/v1/intents/batch", b" " * ((33 << 20) + 1))
        assert (status, told["reason"]) == (413, "too-large")
        assert str(33 << 20) in told["why"]

    run(home, scenario)


@pytest.mark.requirement("DOORS-014")
def test_a_fault_of_ours_tells_nothing_and_the_node_goes_on(
    home: HomeLayout, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("secret detail")

    monkeypatch.setattr("comity.entrypoints.api.parties.tell_keys", broken)

    async def scenario(api: ApiUnderTest) -> None:
        status, told = await api.ask("GET", "/v1/keys")
        assert (status, told["kind"]) == (500, "internal")
        assert "secret" not in json.dumps(told)
        assert (await api.ask("GET", "/v1/status"))[0] == 200

    run(home, scenario)


def test_a_test_meets_no_answer_that_is_not_as_described(
    home: HomeLayout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What tests/held_to_description.py is for: no word of a test says that a list may not be a number."""
    monkeypatch.setattr("comity.entrypoints.api.parties.tell_keys", lambda *_: {"keys": 17})

    async def scenario(api: ApiUnderTest) -> None:
        assert (await api.ask("GET", "/v1/keys"))[0] == 500

    run(home, scenario)


@pytest.mark.requirement("DOORS-015")
def test_a_peer_is_pinned_once_and_shown_truthfully(tmp_path: Path, other_card: str) -> None:
    layout = make_home(tmp_path / "a")

    async def scenario(api: ApiUnderTest) -> None:
        status, told = await api.ask("POST", "/v1/peers", json.dumps({"card": other_card}).encode())
        assert (status, told["name"], told["reach"]) == (200, "Borealis", "not-running")
        assert told["clock_difference_s"] is None
        _, own = await api.ask("GET", "/v1/card")
        assert own["addresses"] == ["https://node.example:7443"]
        status, told = await api.ask(
            "POST", "/v1/peers", json.dumps({"card": own["card"]}).encode()
        )
        assert (status, told["field"]) == (400, "card")
        assert [peer["name"] for peer in (await api.ask("GET", "/v1/peers"))[1]] == ["Borealis"]

    run(layout, scenario)

    async def afterwards(api: ApiUnderTest) -> None:
        assert [peer["name"] for peer in (await api.ask("GET", "/v1/peers"))[1]] == ["Borealis"]
        _, journal = await api.ask("GET", "/v1/journal")
        assert [(e["kind"], e["operator"]) for e in journal["entries"]] == [("peer.card", OFFICER)]

    run(layout, afterwards)


@pytest.mark.requirement("DOORS-016")
def test_a_watcher_is_told_of_each_record_after_it_is_durable(
    tmp_path: Path, other_card: str
) -> None:
    layout = make_home(tmp_path / "a")

    async def scenario(api: ApiUnderTest) -> None:
        async with api.events.watch(OFFICER) as events:
            await api.ask("POST", "/v1/peers", json.dumps({"card": other_card}).encode())
            async with asyncio.timeout(5):
                event = await anext(events)
            assert (event.kind, event.number, event.operator) == ("peer.card", 0, OFFICER)
            api.events.close()
            async with asyncio.timeout(5):
                assert [each async for each in events] == []

    run(layout, scenario)


@pytest.mark.requirement("DOORS-017")
def test_a_revoked_operator_acts_and_watches_no_more(tmp_path: Path, other_card: str) -> None:
    layout = make_home(tmp_path / "a")

    async def scenario(api: ApiUnderTest) -> None:
        added = {"id": "ben", "name": "Ben", "roles": ["administrator"]}
        assert (await api.ask("POST", "/v1/operators", json.dumps(added).encode()))[0] == 200
        ben = {"authorization": f"Bearer {load_operator_token(layout, OperatorId('ben'))}"}
        assert (await api.ask("GET", "/v1/status", headers=ben))[0] == 200
        async with api.events.watch(OperatorId("ben")) as events:
            status, told = await api.ask("POST", "/v1/operators/ben/revoke", b"{}")
            assert (status, told["id"], told["revoked_at"] is None) == (200, "ben", False)
            async with asyncio.timeout(5):
                assert [each async for each in events] == []
        body = json.dumps({"card": other_card}).encode()
        status, told = await api.ask("POST", "/v1/peers", body, headers=ben)
        assert (status, told["reason"]) == (401, "token-refused")
        kinds = [each["kind"] for each in (await api.ask("GET", "/v1/journal"))[1]["entries"]]
        assert kinds == ["operator.change", "operator.rule", "operator.change"]
        assert (await api.ask("POST", "/v1/operators", json.dumps(added).encode()))[0] == 400
        assert (await api.ask("POST", "/v1/operators/officer/revoke"))[0] == 400

    run(layout, scenario)
    assert not layout.token(OperatorId("ben")).exists()
    assert [each.revoked_at is None for each in load_operators(layout)] == [True, False]


@pytest.mark.requirement("DOORS-012")
def test_the_api_describes_itself(home: HomeLayout) -> None:
    async def scenario(api: ApiUnderTest) -> None:
        status, told = await api.ask("GET", "/v1/openapi.json")
        assert status == 200
        paths = set(told["paths"])
        assert {"/v1/intents", "/v1/intents/batch", "/v1/status", "/v1/events"} <= paths

    run(home, scenario)
    assert reference() == REFERENCE.read_text(), "run: python -m tools.api_reference"
