"""The door for browsers and machines: cookies, CSRF, step-up, roles over every route, second persons, audit."""

import asyncio
import json
import re
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from tests.access_world import ORIGIN, SoftKey, code_at
from tests.node_homes import OFFICER, ApiUnderTest, api_over, make_home
from tools.roles_table import PAGE, page

from comity.domain.operators import (
    ACTIONS,
    KIND_ACTIONS,
    PERSON_KINDS,
    STEP_UP,
    Action,
    Role,
)
from comity.entrypoints.api import local_door
from comity.entrypoints.api.app import ROUTES, show_openapi
from comity.entrypoints.api.route_actions import ROUTE_ACTIONS, Door
from comity.entrypoints.home import HomeLayout, load_operator_token
from comity.kernel.ids import OperatorId
from comity.kernel.instants import Instant

Scenario = Callable[[ApiUnderTest], Coroutine[Any, Any, None]]


def run(layout: HomeLayout, scenario: Scenario) -> None:
    async def main() -> None:
        async with api_over(layout) as api:
            await scenario(api)

    asyncio.run(main())


@pytest.fixture
def layout(tmp_path: Path) -> HomeLayout:
    return make_home(tmp_path / "a")


class Browser:
    """A page of this node in a browser: keeps the cookie, sends what a browser sends."""

    def __init__(self, api: ApiUnderTest) -> None:
        self.api = api
        self.key = SoftKey()
        self.cookie = ""
        self.csrf = ""
        self.set_cookie = ""

    async def ask(
        self, method: str, path: str, body: Any = None, **changes: str
    ) -> tuple[int, Any]:
        headers = {
            "authorization": "",
            "cookie": self.cookie,
            "comity-csrf": self.csrf if method == "POST" else "",
            "origin": ORIGIN if method == "POST" else "",
            "sec-fetch-site": "same-origin",
            **{name.replace("_", "-"): value for name, value in changes.items()},
        }
        content = b"" if body is None else json.dumps(body).encode()
        answered: list[Any] = []
        before = self.api.app

        async def noted(scope: Any, receive: Any, send: Any) -> None:
            async def also(message: Any) -> None:
                answered.append(message)
                await send(message)

            await before(scope, receive, also)

        self.api.app = noted
        try:
            status, told = await self.api.ask(method, path, content, headers)
        finally:
            self.api.app = before
        for name, value in answered[0]["headers"]:
            if name == b"set-cookie":
                self.set_cookie = value.decode()
                self.cookie = self.set_cookie.partition(";")[0]
        if isinstance(told, dict):
            who = told["session"] if isinstance(told.get("session"), dict) else told
            self.csrf = who.get("csrf") or self.csrf
        return status, told

    async def enrol(self, person: str = OFFICER) -> dict[str, Any]:
        status, link = await self.api.ask("POST", f"/v1/operators/{person}/link", b"{}")
        assert status == 200, link
        status, begun = await self.ask("POST", "/v1/access/enrol/begin", {"secret": link["secret"]})
        assert status == 200, begun
        body = {
            "secret": link["secret"],
            "flow": begun["flow"],
            "credential": self.key.enrol(begun["options"]),
            "label": "desk",
        }
        status, told = await self.ask("POST", "/v1/access/enrol/passkey", body)
        assert status == 200, told
        return dict(told)

    async def login(self) -> tuple[int, Any]:
        _, begun = await self.ask("POST", "/v1/access/login/passkey/begin", {})
        body = {"flow": begun["flow"], "credential": self.key.show(begun["options"])}
        return await self.ask("POST", "/v1/access/login/passkey/finish", body)


async def added(api: ApiUnderTest, person: str, *roles: str) -> None:
    body = json.dumps({"id": person, "name": person.title(), "roles": list(roles)}).encode()
    assert (await api.ask("POST", "/v1/operators", body))[0] == 200


@pytest.mark.requirement("OPER-006")
def test_every_endpoint_and_every_kind_of_a_person_stands_in_the_table() -> None:
    served = {(each.method, each.path) for each in (*ROUTES, show_openapi)}
    assert served == set(ROUTE_ACTIONS), "add a line to entrypoints/api/route_actions.py"
    assert set(KIND_ACTIONS) == PERSON_KINDS, "add a line to domain/operators/kind_actions.py"
    assert PAGE.read_text() == page(), "run: python -m tools.roles_table"


@pytest.mark.requirement("OPER-006")
def test_an_endpoint_outside_the_table_is_refused(
    layout: HomeLayout, monkeypatch: pytest.MonkeyPatch
) -> None:
    rest = {key: value for key, value in ROUTE_ACTIONS.items() if key != ("GET", "/v1/status")}
    monkeypatch.setattr("comity.entrypoints.api.app.ROUTE_ACTIONS", rest)

    async def scenario(api: ApiUnderTest) -> None:
        status, told = await api.ask("GET", "/v1/status")
        assert (status, told["reason"]) == (403, "not-in-table")
        assert (await api.ask("GET", "/v1/peers"))[0] == 200

    run(layout, scenario)


@pytest.mark.requirement("OPER-006")
def test_a_role_never_does_what_the_table_denies_over_every_endpoint(layout: HomeLayout) -> None:
    """Each endpoint by each role alone: refused exactly where the table says so, and by it first."""

    async def scenario(api: ApiUnderTest) -> None:
        for role in Role:
            await added(api, f"only-{role}", role.value)
        denied = permitted = 0
        for (method, path), wanted in ROUTE_ACTIONS.items():
            if isinstance(wanted, Door) or path in ("/v1/events", "/v1/air/stream"):
                continue
            actions = (wanted,) if isinstance(wanted, Action) else wanted
            target = re.sub(r"{\w+}", "zz", path)
            for role in Role:
                token = load_operator_token(layout, OperatorId(f"only-{role}"))
                bearer = {"authorization": f"Bearer {token}"}
                status, told = await api.ask(method, target, b"", bearer)
                may = any(role in ACTIONS[each] for each in actions)
                refused = (
                    isinstance(told, dict)
                    and told.get("reason") == "not-permitted"
                    and status == 403
                )
                assert refused is not may, (role, method, path, status, told)
                denied, permitted = denied + refused, permitted + may
        assert denied > 150
        assert permitted > 250

    run(layout, scenario)


@pytest.mark.requirement("OPER-013")
@pytest.mark.requirement("OPER-017")
def test_a_browser_logs_in_and_is_told_who_it_is(layout: HomeLayout) -> None:
    async def scenario(api: ApiUnderTest) -> None:
        page = Browser(api)
        told = await page.enrol()
        assert told["recovery_codes"] == []  # there is no password for which one could stand
        assert told["session"]["operator"] == OFFICER
        assert re.fullmatch(
            r"comity-session-7480=[0-9a-f]{64}; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict",
            page.set_cookie,
        )
        first = page.cookie
        assert (await page.ask("POST", "/v1/access/logout", {}))[0] == 200
        assert "Max-Age=0" in page.set_cookie
        assert (await page.ask("GET", "/v1/status", cookie=first))[1]["reason"] == "session-ended"
        page.cookie = ""
        status, told = await page.login()
        assert (status, told["by"], told["two_persons"]) == (200, "session", "not-set")
        assert page.cookie not in {"", first}
        assert set(told["step_up_actions"]) == {str(each) for each in STEP_UP}
        assert (await page.ask("GET", "/v1/status"))[0] == 200
        home = await api.ask("GET", "/v1/access/session")
        assert (home[1]["by"], home[1]["csrf"]) == ("home-token", None)

    run(layout, scenario)


@pytest.mark.requirement("OPER-017")
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"comity_csrf": ""}, "csrf-refused"),
        ({"comity_csrf": "0" * 64}, "csrf-refused"),
        ({"comity_csrf": "é"}, "csrf-refused"),
        ({"origin": ""}, "origin-refused"),
        ({"origin": "http://localhost:7481"}, "origin-refused"),
        ({"origin": "null"}, "origin-refused"),
        ({"sec_fetch_site": "cross-site"}, "origin-refused"),
        ({"sec_fetch_site": "same-site"}, "origin-refused"),
        ({"cookie": ""}, "token-refused"),
        ({"cookie": "comity-session-7480=" + "0" * 64}, "session-ended"),
        ({"host": "evil.example"}, "host-refused"),
    ],
)
def test_another_page_cannot_act_with_the_cookie(
    layout: HomeLayout, changes: dict[str, str], reason: str
) -> None:
    async def scenario(api: ApiUnderTest) -> None:
        page = Browser(api)
        await page.enrol()
        cookie, csrf = page.cookie, page.csrf
        status, told = await page.ask("POST", "/v1/access/sessions/revoke-all", {}, **changes)
        assert (status in {401, 403}, told["reason"]) == (True, reason)
        page.cookie, page.csrf = cookie, csrf
        assert (await page.ask("POST", "/v1/access/sessions/revoke-all", {}))[1] == {"done": 1}

    run(layout, scenario)


class _Stopped:
    def __init__(self, at: Instant) -> None:
        self.at = at

    def now(self) -> Instant:
        return self.at


@pytest.mark.requirement("OPER-014")
def test_signing_takes_a_step_up_and_then_the_same_request_is_done(
    layout: HomeLayout, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(api: ApiUnderTest) -> None:
        page = Browser(api)
        await page.enrol()
        body = {"id": "ben", "name": "Ben", "roles": ["officer"]}
        later = api.service.now().plus_s(301)
        monkeypatch.setattr(api.service, "_clock", _Stopped(later))
        status, told = await page.ask("POST", "/v1/operators", body)
        assert (status, told["reason"]) == (403, "step-up-required")
        _, begun = await page.ask("POST", "/v1/access/step-up/begin", {})
        shown = {"flow": begun["flow"], "credential": page.key.show(begun["options"])}
        before = page.cookie
        status, told = await page.ask("POST", "/v1/access/step-up/passkey", shown)
        assert status == 200, told
        assert page.cookie != before
        assert (await page.ask("POST", "/v1/operators", body))[0] == 200
        status, told = await page.ask("GET", "/v1/status", cookie=before)
        assert told["reason"] == "session-ended"

    run(layout, scenario)


@pytest.mark.requirement("OPER-013")
@pytest.mark.parametrize("how", ["session", "operator", "roles", "token"])
def test_an_open_stream_ends_when_its_person_is_shut_out(
    layout: HomeLayout, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(local_door, "WATCHED_S", 0.05)

    async def scenario(api: ApiUnderTest) -> None:
        await added(api, "ben", "officer")
        page = Browser(api)
        session = (await page.enrol("ben"))["session"]["session"]
        shown = {b"cookie": page.cookie.encode()}
        if how == "token":
            body = {"name": "wall", "scopes": ["status.read"], "operator": "ben"}
            _, made = await api.ask("POST", "/v1/access/tokens", json.dumps(body).encode())
            shown = {b"authorization": f"Bearer {made['secret']}".encode()}
        told: list[Any] = []
        stream = asyncio.create_task(_both_streams(api, shown, told))
        async with asyncio.timeout(30):
            while len([each for each in told if "status" in each]) < 2:  # noqa: ASYNC110  # no event tells it
                await asyncio.sleep(0.01)
        assert [each["status"] for each in told if "status" in each] == [200, 200]
        assert not stream.done()
        target, body = {
            "session": (f"/v1/access/sessions/{session}/revoke", {}),
            "operator": ("/v1/operators/ben/revoke", {}),
            "roles": ("/v1/operators/ben/roles", {"roles": ["auditor"]}),
            "token": (f"/v1/access/tokens/{made['token'] if how == 'token' else ''}/revoke", {}),
        }[how]
        status, answer = await api.ask("POST", target, json.dumps(body).encode())
        assert status == 200, answer
        async with asyncio.timeout(5):
            await stream

    run(layout, scenario)


async def _both_streams(api: ApiUnderTest, shown: dict[bytes, bytes], told: list[Any]) -> None:
    """Returns once both have ended."""
    await asyncio.gather(
        *(_stream(api, path, shown, told) for path in ("/v1/events", "/v1/air/stream"))
    )


async def _stream(api: ApiUnderTest, path: str, shown: dict[bytes, bytes], told: list[Any]) -> None:
    waiting: asyncio.Queue[Any] = asyncio.Queue()
    waiting.put_nowait({"type": "http.request", "body": b"", "more_body": False})
    headers = [(b"host", b"localhost:7480"), *shown.items()]
    scope = {
        "type": "http", "method": "GET", "scheme": "http", "path": path,
        "query_string": b"", "headers": headers, "client": ("127.0.0.1", 1), "state": {},
    }  # fmt: skip

    async def send(message: Any) -> None:
        told.append(message)

    await api.app(scope, waiting.get, send)


@pytest.mark.requirement("OPER-015")
def test_a_machine_does_what_its_scopes_say(layout: HomeLayout) -> None:
    async def scenario(api: ApiUnderTest) -> None:
        body = {"name": "wall", "scopes": ["status.read"], "days": 1}
        status, made = await api.ask("POST", "/v1/access/tokens", json.dumps(body).encode())
        assert status == 200, made
        bearer = {"authorization": f"Bearer {made['secret']}"}
        assert (await api.ask("GET", "/v1/status", headers=bearer))[0] == 200
        _, who = await api.ask("GET", "/v1/access/session", headers=bearer)
        assert (who["by"], who["may"], who["csrf"]) == ("api-token", ["status.read"], None)
        for method, path in (
            ("GET", "/v1/line"),
            ("POST", "/v1/access/tokens"),
            ("GET", "/v1/access/audit"),
        ):
            status, told = await api.ask(method, path, b"{}", headers=bearer)
            assert (status, told["reason"]) == (403, "not-permitted"), path
        [listed] = (await api.ask("GET", "/v1/access/tokens"))[1]
        assert (listed["token"], listed["secret"]) == (made["token"], None)
        await api.ask("POST", f"/v1/access/tokens/{made['token']}/revoke", b"")
        assert (await api.ask("GET", "/v1/status", headers=bearer))[0] == 401

    run(layout, scenario)


@pytest.mark.requirement("OPER-013")
def test_who_ends_other_sessions_and_stays_in_shows_a_factor_first(
    layout: HomeLayout, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(api: ApiUnderTest) -> None:
        desk, phone = Browser(api), Browser(api)
        await desk.enrol()
        phone.key = desk.key
        _, other = await phone.login()
        own = (await desk.ask("GET", "/v1/access/session"))[1]["session"]
        monkeypatch.setattr("comity.domain.operators.access.STEP_UP_S", 0.0)
        end_other = f"/v1/access/sessions/{other['session']}/revoke"
        for path, body in (
            (end_other, None),
            ("/v1/access/sessions/revoke-all", {"operator": "eve"}),
        ):
            status, told = await desk.ask("POST", path, body)
            assert (status, told["reason"]) == (403, "step-up-required"), path
        monkeypatch.setattr("comity.domain.operators.access.STEP_UP_S", 300.0)
        assert (await desk.ask("POST", end_other))[1] == {"done": 1}
        monkeypatch.setattr("comity.domain.operators.access.STEP_UP_S", 0.0)
        await phone.login()
        assert (await desk.ask("POST", "/v1/access/sessions/revoke-all", {}))[1] == {"done": 2}
        desk.cookie = ""
        _, again = await desk.login()
        assert again["session"] != own
        all_of_them = {"operator": "*"}
        assert (await desk.ask("POST", "/v1/access/sessions/revoke-all", all_of_them))[0] == 200
        desk.cookie = ""
        _, again = await desk.login()
        one = f"/v1/access/sessions/{again['session']}/revoke"
        assert (await desk.ask("POST", one))[1] == {"done": 1}, "one's own, without a factor"

    run(layout, scenario)


@pytest.mark.requirement("OPER-018")
def test_what_was_tried_is_in_the_audit_log_without_secrets(layout: HomeLayout) -> None:
    async def scenario(api: ApiUnderTest) -> None:
        page = Browser(api)
        await page.enrol()
        secrets = [page.cookie.partition("=")[2], page.csrf, api.token]
        wrong = {"operator": "officer", "password": "hunter2 hunter2 hunter2", "code": "123456"}
        for _ in range(3):
            status, told = await page.ask("POST", "/v1/access/login/password", wrong)
            assert (status, told["reason"]) == (401, "login-refused")
        await added(api, "eve", "auditor", "officer")
        eve = {"authorization": f"Bearer {load_operator_token(layout, OperatorId('eve'))}"}
        assert (await api.ask("POST", "/v1/keys", b"{}", eve))[0] == 403
        assert (await api.ask("GET", "/v1/status", headers={"authorization": "Bearer x"}))[0] == 401
        _, told = await api.ask("GET", "/v1/access/audit", headers=eve)
        lines = {(e["operator"], e["by"], e["what"], e["outcome"]): e for e in told["lines"]}
        refused = lines[("officer", "session", "POST /v1/access/login/password", "login-refused")]
        alike = [e["count"] for e in told["lines"] if e["what"] == refused["what"]]
        assert sum(alike) == 3  # alike ones are counted by the minute, which may have changed
        assert (OFFICER, "session", "POST /v1/access/enrol/passkey", "done") in lines
        assert ("eve", "home-token", "POST /v1/keys", "not-permitted") in lines
        assert (None, "none", "GET /v1/status", "token-refused") in lines
        assert (OFFICER, "home-token", "POST /v1/operators", "done") in lines
        text = json.dumps(told)
        assert not [each for each in (*secrets, "hunter2") if each in text]
        status, checked = await api.ask("GET", "/v1/access/audit/check", headers=eve)
        assert (status, checked["fault"], checked["handed_on_to"]) == (200, None, None)
        officer = {"authorization": ""}
        assert (await api.ask("GET", "/v1/access/audit", headers=officer))[0] == 401

    run(layout, scenario)


@pytest.mark.requirement("OPER-011")
def test_a_person_logs_in_by_password_and_code(layout: HomeLayout) -> None:
    async def scenario(api: ApiUnderTest) -> None:
        page = Browser(api)
        _, link = await api.ask("POST", f"/v1/operators/{OFFICER}/link", b"{}")
        secret = {"secret": link["secret"]}
        _, begun = await page.ask("POST", "/v1/access/enrol/begin", secret)
        assert set("".join(begun["totp_qr"])) == {"0", "1"}
        now_s = api.service.now().unix_s
        password = "seven grey herons wade"
        body = {
            **secret,
            "flow": begun["flow"],
            "password": password,
            "code": code_at(begun["totp_secret"], now_s),
        }
        status, told = await page.ask("POST", "/v1/access/enrol/password", body)
        assert status == 200, told
        again = await page.ask("POST", "/v1/access/enrol/password", body)
        assert again[1]["reason"] == "link-refused"
        other = Browser(api)
        login = {"operator": OFFICER, "password": password, "code": body["code"]}
        assert (await other.ask("POST", "/v1/access/login/password", login))[0] == 401
        login["code"] = code_at(begun["totp_secret"], now_s + 30)
        status, told = await other.ask("POST", "/v1/access/login/password", login)
        assert (status, told["step_up"]) == (200, ["code"])
        _, link = await other.ask("POST", "/v1/access/links", {})
        _, begun = await other.ask("POST", "/v1/access/enrol/begin", {"secret": link["secret"]})
        assert begun["asks_current_password"] is True
        changed = {
            "secret": link["secret"],
            "flow": begun["flow"],
            "password": "eight grey herons wade",
            "code": code_at(begun["totp_secret"], now_s),
        }
        for shown in ({}, {"current_password": "seven grey herons swim"}):
            status, told = await other.ask("POST", "/v1/access/enrol/password", changed | shown)
            assert (status, told["field"]) == (400, "current_password")
        shown = {"current_password": password}
        common = changed | shown | {"password": "1qaz2wsx3edc4rfv"}
        _, told = await other.ask("POST", "/v1/access/enrol/password", common)
        assert (told["field"], "commonest" in told["why"]) == ("password", True)
        assert (await other.ask("POST", "/v1/access/enrol/password", changed | shown))[0] == 200

    run(layout, scenario)


@pytest.mark.requirement("OPER-013")
def test_before_anybody_is_known_an_address_is_limited(
    layout: HomeLayout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        local_door, "OPEN_PER_S", 1e-6
    )  # nothing comes back however long this takes

    async def scenario(api: ApiUnderTest) -> None:
        page = Browser(api)
        for _ in range(local_door.OPEN_BURST):
            await page.ask("POST", "/v1/access/login/passkey/begin", {})
        status, told = await page.ask("POST", "/v1/access/login/passkey/begin", {})
        assert (status, told["reason"]) == (429, "rate-limited")
        assert (await api.ask("GET", "/v1/status"))[0] == 200

    run(layout, scenario)
