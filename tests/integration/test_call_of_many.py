"""More than two in a call: of one party, of two to six parties; and two that speak through a TURN server only."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from tests.browsers import Browser, browsers, need_browser
from tests.integration.test_call_in_browsers import (
    CONNECTED_S_MAX,
    arrange,
    call,
    flows,
    join,
    seen,
)
from tests.integration.test_two_nodes import comity
from tests.node_homes import RunningNode, free_port, until
from tests.paired_nodes import paired_nodes

from comity.entrypoints.home import load_operator_token
from comity.kernel.ids import OperatorId

NO_TURN = (
    "NO TURN SERVER: calls by relay were not tested. Install Debian's coturn, or set TURNSERVER."
)
SECRET = b"a-secret-of-the-test"

pytestmark = pytest.mark.skipif(
    "COMITY_CAMPAIGN" not in os.environ,
    reason="campaign circles: two to six browsers at once take minutes and both cores; relayed, a TURN server too",
)


@pytest.mark.requirement("CALL-007")
def test_three_consoles_two_of_one_party_are_a_full_mesh(tmp_path: Path) -> None:
    need_browser()
    with paired_nodes(tmp_path) as (a, b), browsers(tmp_path) as make:
        meeting = arrange(a, b)
        comity(b, "operator", "add", "second", "--name", "Second", "--role", "officer")
        one, other = make(), make()
        join(one, a, meeting, "Duty officer")
        join(other, b, meeting, "Officer")
        third = other.another()
        token = load_operator_token(b.layout, OperatorId("second"))
        join(third, b, meeting, "Second officer", token)
        until(lambda: all(len(seen(e)) == 2 for e in (one, other, third)), CONNECTED_S_MAX)
        until(lambda: all(flows(e, 10) for e in (one, other, third)), CONNECTED_S_MAX)
        parties = {each["party"] for each in seen(third)}
        assert len(parties) == 2, "one of them is of the same party"
        assert len(call(a, meeting)["stations"]) == 3


# Six consoles encode and decode thirty pictures on this one machine, where a party's own has five of each. Chromium's
# setting of its fake camera makes fewer: media/capture/video/fake_video_capture_device_factory.h.
SLOW_CAMERA = "--use-fake-device-for-media-stream=fps=5"


@pytest.mark.requirement("CALL-001")
@pytest.mark.requirement("CALL-002")
@pytest.mark.requirement("CALL-003")
@pytest.mark.requirement("CALL-007")
@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
def test_as_many_parties_as_a_mesh_bears_see_and_hear_each_other_and_one_comes_back(
    tmp_path: Path, count: int
) -> None:
    need_browser()
    with (
        paired_nodes(tmp_path, count=count) as nodes,
        browsers(tmp_path, SLOW_CAMERA) as make,
    ):
        meeting = arrange(*nodes)
        consoles = [make() for _ in nodes]
        for console, node in zip(consoles, nodes, strict=True):
            join(console, node, meeting, f"Officer of {node.layout.root.name}")
        all_see_all("first", consoles)
        keys_are_the_signed_ones(consoles, nodes[0], meeting)

        # The last one's browser dies without a word, and its person comes back.
        gone = fingerprints(nodes[-1], meeting)[station_of_the_last(consoles)]
        consoles.pop().kill()
        consoles.append(make())
        join(consoles[-1], nodes[-1], meeting, "Back again")
        all_see_all("back", consoles)
        keys_are_the_signed_ones(consoles, nodes[1], meeting)
        assert gone not in fingerprints(nodes[0], meeting).values(), "a stay has a key of its own"
        assert len(fingerprints(nodes[0], meeting)) == count, "who came back replaced who died"
        assert [each for console in consoles for each in console.errors if "Security" in each] == []


MESH_S_MAX = 600.0  # six browsers and six nodes on two cores


def all_see_all(when: str, consoles: list[Browser]) -> None:
    """Wait until pictures and sound of each come to each other; what was counted is told with `-s`."""
    others = len(consoles) - 1
    begun_s = time.monotonic()
    waiting = list(consoles)
    try:
        while waiting:  # seldom asked: the asking takes of the same two cores
            assert time.monotonic() - begun_s < MESH_S_MAX, f"{len(waiting)} lack somebody"
            time.sleep(1)
            waiting = [e for e in waiting if len(seen(e)) != others or not flows(e)]
        print(f"{when}: whole after {time.monotonic() - begun_s:.1f} s")
    finally:
        for number, console in enumerate(consoles):
            counted = [
                (each["frames"], each["samples"], each.get("width"), each.get("state"))
                for each in seen(console)
            ]
            print(f"{when}: console {number}: (frames, samples, width, state) {counted}")


def station_of_the_last(consoles: list[Browser]) -> str:
    """Its station: the one that the first console shows and the last does not."""
    first, last = consoles[0], consoles[-1]
    shown, others = ({each["station"] for each in seen(e)} for e in (first, last))
    [station] = shown - others
    return str(station)


def fingerprints(node: RunningNode, meeting: str) -> dict[str, str]:
    """The key of each station as this node has it signed."""
    return {each["station"]: each["fingerprint"] for each in call(node, meeting)["stations"]}


def keys_are_the_signed_ones(consoles: list[Browser], node: RunningNode, meeting: str) -> None:
    """Each of the consoles shows, for each other, the key that a third node holds a signature of."""
    signed = fingerprints(node, meeting)
    assert len(signed) == len(set(signed.values())) == len(consoles)
    for console in consoles:
        for tile in seen(console):
            assert f"key {signed[tile['station']]}, signed by the node of" in tile["words"]
            assert "checked against the connection: the same" in tile["words"]


@pytest.mark.requirement("CALL-008")
def test_two_consoles_speak_through_a_relay_alone(tmp_path: Path) -> None:
    need_browser()
    turnserver = os.environ.get("TURNSERVER") or shutil.which("turnserver")
    if turnserver is None:
        pytest.skip(NO_TURN)
    port = free_port()
    address = f"turn:127.0.0.1:{port}?transport=udp"
    relay = relay_server(turnserver, port, tmp_path)
    try:
        until(lambda: answers(port))
        with (
            paired_nodes(tmp_path, SECRET, call_ice_servers=address) as (a, b),
            browsers(tmp_path) as make,
        ):
            meeting = arrange(a, b)
            [server] = call(a, meeting)["ice_servers"]
            assert server["url"] == address
            assert server["username"].endswith(":officer")
            one, other = make(), make()
            for browser, node in ((one, a), (other, b)):
                browser.page.add_init_script(KEEP_DESCRIPTIONS)
                join(browser, node, meeting, "Officer", relay=True)
            until(lambda: flows(one) and flows(other), CONNECTED_S_MAX)
            for browser in (one, other):
                [sent] = browser.page.evaluate("window.sent")
                kinds = {
                    line.split(" typ ")[1].split()[0]
                    for line in sent.split("\r\n")
                    if " typ " in line
                }
                assert kinds == {"relay"}
    finally:
        relay.terminate()
        relay.wait(10)


NO_DEVICES = """
navigator.mediaDevices.getUserMedia = async () => {
  throw new DOMException("Requested device not found", "NotFoundError");
};
"""


@pytest.mark.requirement("CALL-009")
def test_who_has_no_camera_and_no_microphone_sees_and_hears_the_others(tmp_path: Path) -> None:
    need_browser()
    with paired_nodes(tmp_path) as (a, b), browsers(tmp_path) as make:
        meeting = arrange(a, b)
        one, other = make(), make()
        other.page.add_init_script(NO_DEVICES)
        join(one, a, meeting, "Duty officer")
        join(other, b, meeting, "Officer")
        assert "No camera and no microphone" in other.page.inner_text("#message")
        until(lambda: flows(other), CONNECTED_S_MAX)
        [tile] = seen(one)
        assert (tile["checked"], tile["frames"]) == ("true", 0)
        other.page.click("#screen")
        until(lambda: seen(one)[0]["frames"] > 3, CONNECTED_S_MAX)


KEEP_DESCRIPTIONS = """
(() => {
  const ask = window.fetch;
  window.sent = [];
  window.fetch = (path, options) => {
    if (String(path).includes("/signal")) window.sent.push(JSON.parse(options.body).sdp);
    return ask(path, options);
  };
})();
"""


def relay_server(program: str, port: int, folder: Path) -> "subprocess.Popen[bytes]":
    """coturn on loopback, as docs/howto/hold-a-call.md sets it up."""
    settings = (
        f"listening-ip=127.0.0.1\nrelay-ip=127.0.0.1\nlistening-port={port}\nallow-loopback-peers\n"
        f"fingerprint\nuse-auth-secret\nstatic-auth-secret={SECRET.decode()}\nrealm=turn.example\n"
        f"no-tcp-relay\nno-tls\nno-dtls\nno-cli\nlog-file={folder}/turn.log\nsimple-log\n"
        f"pidfile={folder}/turn.pid\ndb={folder}/turndb\n"
    )
    file = folder / "turnserver.conf"
    file.write_text(settings)
    quiet = subprocess.DEVNULL
    return subprocess.Popen([program, "-c", str(file)], stdin=quiet, stdout=quiet, stderr=quiet)


def answers(port: int) -> bool:
    """Whether a STUN binding request is answered (RFC 8489 §6)."""
    request: Any = bytes.fromhex("000100002112a442") + b"comity-tests"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(0.2)
        asking.sendto(request, ("127.0.0.1", port))
        try:
            return asking.recv(100)[:2] == b"\x01\x01"
        except OSError:
            return False
