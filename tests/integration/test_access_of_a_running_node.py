"""A real node: TLS, a key changed by two persons, and a browser's session that is shut out."""

import http.client
import json
import ssl
import time
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from tests.access_world import SoftKey
from tests.node_homes import OFFICER, RunningNode, make_home

from comity.adapters.system_clock import SystemClock, SystemEntropy
from comity.domain.agreement import signed_to_body
from comity.entrypoints.api.server import api_server
from comity.entrypoints.cli.access import HttpAccess, NodeClient
from comity.entrypoints.home import (
    Config,
    HomeLayout,
    load_operator_token,
    read_running,
    split_address,
)
from comity.entrypoints.home.keys import load_card, renew_node_key
from comity.kernel.errors import InputError, StoreError
from comity.kernel.ids import OperatorId, PartyId

TLS = {"api_tls_certificate": "keys/tls.crt", "api_tls_key": "keys/tls.key"}


def asked(
    layout: HomeLayout, person: str, method: str, path: str, body: Any = None
) -> tuple[int, Any]:
    running = read_running(layout)
    assert running is not None
    access = HttpAccess(running.api_address, running.api_certificate)
    token = load_operator_token(layout, OperatorId(person))
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    content = b"" if body is None else json.dumps(body).encode()
    status, told = access.ask(method, path, content, headers)
    return status, json.loads(told)


@pytest.mark.requirement("OPER-022")
def test_a_node_with_tls_speaks_nothing_else(tmp_path: Path) -> None:
    layout = make_home(tmp_path / "a", **TLS)
    node = RunningNode(layout)
    try:
        running = read_running(layout)
        assert running is not None
        client = NodeClient(
            HttpAccess(running.api_address, running.api_certificate),
            load_operator_token(layout, OFFICER),
        )
        assert client.get("/v1/access/session", dict)["by"] == "home-token"
        host, port = split_address(running.api_address, "api_address")
        plain = http.client.HTTPConnection(host, port, timeout=5)
        plain.request("GET", "/v1/status")
        with pytest.raises((OSError, http.client.HTTPException)):
            plain.getresponse()
        old = ssl.create_default_context(cafile=running.api_certificate)
        old.check_hostname, old.maximum_version = False, ssl.TLSVersion.TLSv1_2
        with pytest.raises(OSError):
            http.client.HTTPSConnection(host, port, context=old).request("GET", "/v1/status")
        page = Page(host, port, ssl.create_default_context(cafile=running.api_certificate))
        page.enrol(asked(layout, OFFICER, "POST", f"/v1/operators/{OFFICER}/link", {})[1]["secret"])
        assert page.set_cookie.startswith("__Host-comity-session=")
        assert page.set_cookie.endswith("; HttpOnly; SameSite=Strict; Secure")
        assert page.hsts == "max-age=31536000; includeSubDomains"
    finally:
        node.stop()


class Page:
    """A page of the node in a browser, over TLS."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext) -> None:
        context.check_hostname = False
        self.host, self.port, self.context = host, port, context
        self.origin = f"https://localhost:{port}"
        self.key = SoftKey(self.origin)
        self.set_cookie = ""
        self.hsts = ""

    def ask(self, path: str, body: Any) -> Any:
        to = http.client.HTTPSConnection(self.host, self.port, context=self.context, timeout=20)
        headers = {
            "host": f"localhost:{self.port}",
            "origin": self.origin,
            "content-type": "application/json",
        }
        to.request("POST", path, json.dumps(body), headers)
        answer = to.getresponse()
        self.set_cookie = answer.headers.get("set-cookie", "")
        self.hsts = answer.headers.get("strict-transport-security", "")
        told = json.loads(answer.read())
        assert answer.status == 200, told
        to.close()
        return told

    def enrol(self, secret: str) -> None:
        begun = self.ask("/v1/access/enrol/begin", {"secret": secret})
        credential = self.key.enrol(begun["options"])
        body = {"secret": secret, "flow": begun["flow"], "credential": credential}
        self.ask("/v1/access/enrol/passkey", body)


@pytest.mark.requirement("OPER-022")
def test_off_loopback_a_node_without_tls_does_not_start(tmp_path: Path) -> None:
    party = PartyId("aurelia.aaaaaaaa")
    with pytest.raises(InputError, match="api_tls_certificate"):
        Config(party, "A", api_host="192.0.2.1", api_beyond_loopback=True)
    with pytest.raises(InputError, match="together"):
        Config(party, "A", api_tls_certificate="x.pem")
    with pytest.raises(InputError, match="api_beyond_loopback"):
        Config(party, "A", api_host="192.0.2.1", **TLS)
    Config(party, "A", api_host="192.0.2.1", api_beyond_loopback=True, **TLS)
    key = tmp_path / "key.pem"
    key.touch(0o600)
    with pytest.raises(StoreError, match="api-tls"):
        api_server(lambda *_: None, (key, key))  # type: ignore[arg-type,return-value]  # never asked
    key.chmod(0o644)
    with pytest.raises(StoreError, match="file-open-to-others"):
        api_server(lambda *_: None, (key, key))  # type: ignore[arg-type,return-value]  # never asked


@pytest.mark.requirement("OPER-020")
def test_a_key_is_changed_by_two_and_never_under_a_running_node(tmp_path: Path) -> None:
    layout = make_home(tmp_path / "a")
    node = RunningNode(layout)
    try:
        now, entropy = SystemClock().now(), SystemEntropy()
        signed = renew_node_key(layout, layout.root_key, None, 0, now, entropy, revoke=False)
        certificate = b64encode(load_card(layout.next_card).tls_certificate).decode()
        body = {"statement": signed_to_body(signed), "tls_certificate_base64": certificate}
        for word in ("one-person", "required"):
            rule = {"two_persons": word, "reason": "a drill"}
            assert asked(layout, OFFICER, "POST", "/v1/access/rule", rule)[0] == 200
            if word == "one-person":
                status, told = asked(layout, OFFICER, "POST", "/v1/keys", body)
                assert (status, told["reason"]) == (409, "node-running")
        ada = {"id": "ada", "name": "Ada", "roles": ["supervisor"]}
        assert asked(layout, OFFICER, "POST", "/v1/operators", ada)[0] == 200
        status, waits = asked(layout, OFFICER, "POST", "/v1/keys", body)
        assert (status, waits["reason"]) == (409, "second-person")
        approve = f"/v1/proposals/{waits['proposal']}/approve"
        status, told = asked(layout, "ada", "POST", approve, {"what": waits["what"]})
        assert (status, told["state"], told["approved_by"]) == (200, "approved", "ada")
        _, told = asked(layout, OFFICER, "GET", "/v1/keys")
        assert told["keys"][-1]["key"] != signed.statement.key_id, "not under a running node"
    finally:
        assert node.stop() == 0
    node.start()
    try:
        _, told = asked(layout, OFFICER, "GET", "/v1/keys")
        assert told["keys"][-1]["key"] == signed.statement.key_id
        assert not layout.next_card.exists(), "the new key is in its place"
        _, told = asked(layout, OFFICER, "GET", f"/v1/proposals/{waits['proposal']}")
        assert (told["state"], told["proposed_by"], told["approved_by"]) == ("done", OFFICER, "ada")
    finally:
        assert node.stop() == 0


@pytest.mark.requirement("OPER-013")
def test_a_revoked_session_ends_its_stream_within_five_seconds(tmp_path: Path) -> None:
    layout = make_home(tmp_path / "a", **TLS)
    node = RunningNode(layout)
    try:
        running = read_running(layout)
        assert running is not None
        host, port = split_address(running.api_address, "api_address")
        context = ssl.create_default_context(cafile=running.api_certificate)
        page = Page(host, port, context)
        page.enrol(asked(layout, OFFICER, "POST", f"/v1/operators/{OFFICER}/link", {})[1]["secret"])
        stream = http.client.HTTPSConnection(host, port, context=context, timeout=20)
        cookie = page.set_cookie.partition(";")[0]
        named = {"host": f"localhost:{port}", "cookie": cookie}
        stream.request("GET", "/v1/events", headers=named)
        events = stream.getresponse()
        assert (events.status, events.readline()) == (200, b": watching\n")
        assert asked(layout, OFFICER, "POST", "/v1/access/sessions/revoke-all", {})[1]["done"] == 1
        began_s = time.monotonic()
        while events.readline():
            pass
        assert time.monotonic() - began_s < 5.0
        stream.close()
    finally:
        node.stop()
