"""The outermost layer of the local API: who may speak to it at all, before anything is parsed."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import replace
from typing import Any

import msgspec

from comity.application.sign_in import Access, csrf_of
from comity.domain.operators import Operator
from comity.domain.operators.access import Audited
from comity.domain.operators.throttle import RateLimit
from comity.entrypoints.api.callers import (
    ADDRESS_LENGTH_MAX,
    CSRF_HEADER,
    By,
    Caller,
    cookie_name,
    cookies_of,
    site_of,
)
from comity.entrypoints.api.problems import (
    PROBLEM_MEDIA_TYPE,
    Problem,
    access_problem,
)
from comity.entrypoints.console import CONSOLE_PATH, LOGIN_PATH, ConsoleFiles, LoginPage
from comity.kernel.instants import Instant

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK_NAMES = frozenset({"127.0.0.1", "::1", "localhost"})
OPERATOR_HEADER = "comity-operator"
"""Who the caller means to be; refused where the token is another's."""

OPEN_PATHS = ("/v1/access/login/", "/v1/access/enrol/", "/v1/access/recover")
WATCHED_S = 2.0  # a stream whose session was revoked ends within this time and a little; issue F asks for 5 s
OPEN_PER_S, OPEN_BURST = 5.0, 60  # of one address, before anybody is known
ASKED_PER_S, ASKED_BURST = 100.0, 1_000  # of one session or machine; a console asks a few a second

_BEARER = "Bearer "
_READS = frozenset({"GET", "HEAD"})
_WEBSOCKET_REFUSED = 4401
_ALWAYS = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; sandbox"),
    (b"referrer-policy", b"no-referrer"),
)
_OVER_TLS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


class LocalDoor:
    """Lets in requests to this node's own names, with an operator's token, a machine's or a session.

    A web page that this very node served may ask, with a token or its session; no other page may. One that
    a browser on this machine has open can send requests here, under a name that its owner made point to
    127.0.0.1; the Host header then carries that name (DNS rebinding).
    """

    def __init__(
        self,
        app: AsgiApp,
        operator_of: Callable[[str], Operator | None],
        access: Access,
        now: Callable[[], Instant],
        host_names: frozenset[str] = LOOPBACK_NAMES,
        console: ConsoleFiles | None = None,
        login: LoginPage | None = None,
    ) -> None:
        """Guard an application.

        Args:
            app: what is guarded; finds the operator in `scope["state"]["operator"]`, and the `Caller` in `"caller"`.
            operator_of: the operator whose token of the home this is, or None.
            access: sessions and tokens.
            now: this node's clock.
            host_names: names of this machine that requests may be addressed to.
            console: pages without data, served without a token.
            login: the page on which people come in.
        """
        self._app = app
        self._operator_of = operator_of
        self._access = access
        self._now = now
        self._host_names = host_names
        self._console = console
        self._login = login
        self._open = RateLimit(OPEN_PER_S, OPEN_BURST)
        self._asked = RateLimit(ASKED_PER_S, ASKED_BURST)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        secure = scope.get("scheme") in {"https", "wss"}
        method = scope.get("method", "GET")
        path = scope["path"]
        refusal = self._foreign(headers, secure)
        if refusal is None and self._login and path == LOGIN_PATH:
            await self._login(method, _dressed(send, secure=secure))
            return
        if refusal is None and self._console and path.startswith(CONSOLE_PATH):
            await self._console(method, path, _dressed(send, secure=secure))
            return
        caller, found = self._caller(scope, headers, secure)
        refusal = refusal or found
        if refusal is None and not (caller.by == "none" and path.startswith(OPEN_PATHS)):
            refusal = self._refusal(headers, caller, method, websocket=scope["type"] == "websocket")
        wait_s = self._wait_s(caller) if refusal is None else 0.0
        if wait_s > 0:
            refusal = access_problem(429, "rate-limited", "access", f"wait {wait_s:.1f} s")
        if refusal is not None:
            self._note(caller, f"{method} {_family(path)}", refusal.reason)
            await _refuse(scope, send, refusal, wait_s)
            return
        state = scope.setdefault("state", {})
        state["operator"], state["caller"] = caller.operator, caller
        await self._let_in(scope, receive, send, caller, method)

    async def _let_in(
        self, scope: Scope, receive: Receive, send: Send, caller: Caller, method: str
    ) -> None:
        state = scope["state"]
        status: list[int] = []

        dressed = _dressed(send, secure=caller.secure)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                status.append(message["status"])
            await dressed(message)

        watched = (
            receive
            if caller.by == "none"
            else _Watched(receive, self._standing(caller), f"{scope['type']}.disconnect")
        )
        try:
            await self._app(scope, watched, answer)
        finally:
            outcome = state.get("outcome", "done" if status and status[0] < 400 else "failed")
            if method not in _READS or outcome in _TELLING or status[:1] in ([401], [403], [429]):
                what = state.get("route", f"{method} {_family(scope['path'])}")
                self._note(state.get("became", caller), what, outcome)

    def _standing(self, caller: Caller) -> Callable[[], bool]:
        """Whether a caller may still be told something."""
        if caller.session is not None:
            handle = caller.session.handle
            return lambda: self._access.session_stands(handle, self._now())
        if caller.token is not None:
            token = caller.token
            return lambda: self._access.machines.stands(token, self._now())
        operator = caller.operator
        return lambda: operator is not None and self._still_acts(operator)

    def _still_acts(self, operator: Operator) -> bool:
        found = self._operator_of_id(operator.id)
        return found is not None and found.revoked_at is None and found.roles == operator.roles

    def _operator_of_id(self, person: str) -> Operator | None:
        return self._access.operator(person)

    def _caller(
        self, scope: Scope, headers: dict[bytes, str], secure: bool
    ) -> tuple[Caller, Problem | None]:
        """Who asks, and why they are refused where what was shown is wrong."""
        client = scope.get("client")
        site = site_of(headers.get(b"host", ""), secure=secure)
        address = str(client[0])[:ADDRESS_LENGTH_MAX] if client else ""
        nobody = Caller(None, "none", address, site, secure)
        stated = headers.get(b"authorization", "")
        if stated:
            secret = stated[len(_BEARER) :] if stated.startswith(_BEARER) else ""
            token = self._access.machines.of(secret, self._now())
            if token is not None:
                machine = self._access.machines.acting(token)
                return replace(nobody, operator=machine, by="api-token", token=token.id), None
            operator = self._operator_of(secret)
            by: By = "none" if operator is None else "home-token"
            return replace(nobody, operator=operator, by=by), None
        secret = cookies_of(headers).get(cookie_name(site, secure=secure), "")
        if not secret:
            return nobody, None
        session = self._access.session_of(secret, self._now())
        if session is None:
            why = "the session has ended or was revoked; log in again"
            refused = access_problem(401, "session-ended", "cookie", why)
            return nobody, None if scope["path"].startswith(OPEN_PATHS) else refused
        person = self._access.acting(session)
        known = replace(nobody, operator=person, by="session", session=session, secret=secret)
        return known, None

    def _foreign(self, headers: dict[bytes, str], secure: bool) -> Problem | None:
        name = _host_name(headers.get(b"host", ""))
        if name not in self._host_names:
            why = f"{name[:80]!r} is none of {', '.join(sorted(self._host_names))}"
            return access_problem(403, "host-refused", "host", why)
        own = f"{'https' if secure else 'http'}://{headers[b'host']}"
        if b"origin" in headers and headers[b"origin"] != own:
            why = "requests of web pages that this node did not serve are not taken"
            return access_problem(403, "origin-refused", "origin", why)
        return None

    def _refusal(
        self, headers: dict[bytes, str], caller: Caller, method: str, *, websocket: bool
    ) -> Problem | None:
        if caller.operator is None:
            why = "no operator of this node has this token"
            return access_problem(401, "token-refused", "authorization", why)
        meant = headers.get(OPERATOR_HEADER.encode())
        if meant is not None and meant != caller.operator.id:
            why = f"the token is not that of {meant[:40]!r}"
            return access_problem(401, "token-refused", OPERATOR_HEADER, why)
        if caller.by != "session":
            return None
        return _forged(headers, caller, reads=method in _READS, websocket=websocket)

    def _wait_s(self, caller: Caller) -> float:
        """Whoever owns the node's home owns the machine's time as well, and is not limited."""
        if caller.by == "home-token":
            return 0.0
        if caller.by == "none":
            return self._open.wait_s(caller.address, self._now())
        key = caller.token if caller.session is None else caller.session.handle
        return self._asked.wait_s(str(key), self._now())

    def _note(self, caller: Caller, what: str, outcome: str) -> None:
        at = self._now()
        self._access.log.note(
            Audited(
                at,
                None if caller.operator is None else caller.operator.id,
                caller.by,
                what,
                outcome,
                caller.address,
                caller.token if caller.session is None else caller.session.handle,
            )
        )
        self._access.log.tend(at)


class _Watched:
    """What is still to come of a request; nothing, once its caller may not be told any more."""

    def __init__(self, receive: Receive, stands: Callable[[], bool], gone: str) -> None:
        self._receive = receive
        self._stands = stands
        self._gone = gone
        self._read = False

    async def __call__(self) -> Message:
        if not self._read:
            message = await self._receive()
            self._read = not message.get("more_body", False)
            return message
        coming = asyncio.ensure_future(self._receive())
        try:
            while self._stands():
                await asyncio.wait({coming}, timeout=WATCHED_S)
                if coming.done():
                    return coming.result()
        finally:
            coming.cancel()
        return {"type": self._gone}


_TELLING = frozenset(
    {"not-permitted", "step-up-required", "not-in-table", "too-many-attempts", "login-refused"}
)


def _forged(
    headers: dict[bytes, str], caller: Caller, *, reads: bool, websocket: bool
) -> Problem | None:
    """Why a request by cookie may be another page's; None where it is this node's own."""
    if headers.get(b"sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        why = "requests of other sites' pages are not taken"
        return access_problem(403, "origin-refused", "sec-fetch-site", why)
    if b"origin" not in headers and (websocket or not reads):
        return access_problem(403, "origin-refused", "origin", "is missing")
    if websocket or reads:
        return None
    wanted = csrf_of(caller.secret or "")
    if not hmac.compare_digest(headers.get(CSRF_HEADER.encode(), "").encode(), wanted.encode()):
        why = "is not this session's; read /v1/access/session again"
        return access_problem(403, "csrf-refused", CSRF_HEADER, why)
    return None


def _family(path: str) -> str:
    """The first words of a path: what stands behind them may be anything."""
    words = path.strip("/").split("/")[:2]
    return "/" + "/".join(words) if words[:1] == ["v1"] and words[-1].isalpha() else "elsewhere"


def _dressed(send: Send, *, secure: bool) -> Send:
    """Answers with the headers that every one has."""

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = _with_headers(message["headers"], secure=secure)
        await send(message)

    return answer


def _with_headers(stated: list[tuple[bytes, bytes]], *, secure: bool) -> list[tuple[bytes, bytes]]:
    known = {name for name, _ in stated}
    more = [each for each in _ALWAYS if each[0] not in known]
    return [*stated, *more, *([_OVER_TLS] if secure else [])]


def _host_name(host: str) -> str:
    """The name in a Host header, without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if ":" in host else host


async def _refuse(scope: Scope, send: Send, problem: Problem, wait_s: float) -> None:
    if scope["type"] == "websocket":
        await send(
            {"type": "websocket.close", "code": _WEBSOCKET_REFUSED, "reason": problem.reason}
        )
        return
    body = msgspec.json.encode(problem)
    headers = [
        (b"content-type", PROBLEM_MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    if wait_s > 0:
        headers.append((b"retry-after", str(max(1, round(wait_s))).encode()))
    headers = _with_headers(headers, secure=scope.get("scheme") == "https")
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
