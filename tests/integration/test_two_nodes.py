"""Two nodes in two processes, by command line and API: pair, agree, fly, prove, end."""

import contextlib
import http.client
import io
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.node_homes import RunningNode, environment, make_home, plan_file, until

from comity import bootstrap
from comity.adapters.system_clock import SystemClock
from comity.entrypoints.api.messages import (
    AgreementsTold,
    AgreementTold,
    IntentsTold,
    IntentTold,
    PeerTold,
    RecordTold,
)
from comity.entrypoints.cli import run
from comity.entrypoints.home import read_running

DAY_S = 86_400.0
STOPPED_S_MAX = 15.0  # 1.2 s for the request that does not come to its end, and a busy machine


def comity(node: RunningNode, *arguments: object, code: int = 0) -> Any:
    """One command as a person would run it, in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        given = [*map(str, arguments), "--home", str(node.layout.root)]
        ended = run(bootstrap.Composition(), given)
    assert ended == code, (arguments, out.getvalue(), err.getvalue())
    return json.loads(out.getvalue()) if "--json" in arguments else out.getvalue()


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[RunningNode]]:
    folder = tmp_path_factory.mktemp("two")
    running = [RunningNode(make_home(folder / name, name)) for name in ("Aurelia", "Borealis")]
    try:
        yield running
    finally:
        for node in running:
            if node.process.is_alive():
                node.kill()


def tomorrow(hour: int) -> str:
    """A time tomorrow, for flights that the agreement's look-ahead allows."""
    return f"{str(SystemClock().now().plus_s(DAY_S))[:10]}T{hour:02d}:00:00Z"


def agree(nodes: list[RunningNode], written: Callable[[str], str] = str) -> str:
    """Pair two nodes and sign one agreement at both; `written` changes the text drafted before."""
    a, b = nodes
    cards = [comity(node, "peer", "invite").strip() for node in nodes]
    words = comity(a, "peer", "accept", cards[1], "--yes", "--json")["words"]
    assert comity(b, "peer", "accept", cards[0], "--yes", "--json")["words"] == words
    text = comity(
        a, "agreement", "draft", "--title", "Gulf", "--area=59,22,61,27",
        "--from", "2026-01-01T00:00:00Z", "--until", "2035-01-01T00:00:00Z", "--json",
    )["text"]  # fmt: skip
    proposed = a.client.post("/v1/agreements", {"text": written(text)}, AgreementTold)
    a.client.post(f"/v1/agreements/{proposed.digest}/sign", {}, AgreementTold)
    until(lambda: len(_agreements(b)) == 1 and len(_agreements(b)[0].waiting_for) == 1)
    signed = comity(b, "agreement", "sign", proposed.digest[:12], "--json")
    assert signed["state"] == "in-force"
    until(lambda: _agreements(a)[0].state == "in-force")
    return proposed.digest


def _agreements(node: RunningNode) -> list[AgreementTold]:
    return node.client.get("/v1/agreements", AgreementsTold).agreements


@pytest.mark.requirement("AGREE-028")
@pytest.mark.requirement("DOORS-046")
@pytest.mark.requirement("DOORS-034")
@pytest.mark.requirement("EVID-009")
@pytest.mark.requirement("EVID-010")
def test_two_nodes_from_pairing_to_proof(nodes: list[RunningNode], tmp_path: Path) -> None:
    a, b = nodes
    agree(nodes)
    start, end = tomorrow(9), tomorrow(11)
    (tmp_path / "mine").write_bytes(plan_file("MINE", start=start, end=end))
    (tmp_path / "theirs").write_bytes(plan_file("THEIRS", start=start, end=end))

    [declared] = comity(a, "intent", "declare", tmp_path / "mine", "--json")
    intent = declared["intent"]
    until(lambda: _intent(a, intent).current.state == "accepted")
    until(lambda: _known(b, intent) and _intent(b, intent).current.state == "accepted")
    for node in nodes:
        told = _intent(node, intent).current
        assert (told.label, told.why_not) == ("deconflicted", [])
    [refused] = comity(b, "intent", "declare", tmp_path / "theirs", "--json", code=1)
    assert (refused["outcome"], refused["reason"]) == ("not-possible", "conflict")
    assert refused["met"][0]["intent"] == intent

    (tmp_path / "far").write_bytes(plan_file("FAR", start=start, end=end, south_deg=49.0))
    [far] = comity(a, "intent", "declare", tmp_path / "far", "--json")
    until(
        lambda: _known(b, far["intent"]) and _intent(b, far["intent"]).current.state == "accepted"
    )
    for node in nodes:
        assert _intent(node, intent).current.left_open == []
        assert [each[:11] for each in _intent(node, far["intent"]).current.left_open] == [
            "not covered"
        ]
        listed = comity(node, "intent", "list")
        assert listed.count("FLAGGED") == 1
        assert "FAR: FLAG not covered" in listed
        assert "EXERCISE" not in listed
        assert comity(node, "intent", "list", "--exercise").startswith("*** EXERCISE")

    until(lambda: _receipted(a, declared["digest"]))
    [files] = comity(a, "log", "prove", declared["digest"], "-o", tmp_path, "--json")
    proved = comity(b, "log", "verify", "--proof", files["proof"], "--json")
    assert proved["record"] == declared["digest"]
    Path(files["proof"]).write_text(Path(files["proof"]).read_text().replace("index ", "index 1"))
    comity(b, "log", "verify", "--proof", files["proof"], code=1)

    comity(a, "intent", "activate", intent)
    until(lambda: _intent(b, intent).current.state == "activated")
    comity(a, "agreement", "suspend", _agreements(a)[0].digest, "--reason", "an incident")
    until(lambda: _agreements(b)[0].state == "suspended")
    assert _agreements(b)[0].unilateral
    assert _intent(b, intent).current.state == "activated"

    hand_over_evidence(nodes, declared, tmp_path)

    for node, number in zip(nodes, (signal.SIGTERM, signal.SIGINT), strict=True):
        token = node.client.token
        with watching(node) as stream, unfinished(node):
            begun_s = time.monotonic()
            assert node.stop(number) == 0
            assert time.monotonic() - begun_s < STOPPED_S_MAX
            assert (
                stream.read() == b"\n"
            )  # it ended properly; an IncompleteRead says that it did not
        log = node.log.read_text()
        assert "exception" not in log
        assert "Traceback" not in log
        assert token not in log
        assert all(json.loads(line) for line in log.splitlines())
        assert not node.layout.running.exists()
        report = comity(node, "log", "verify", "--json")
        assert report["faults"] == []
        assert report["cosignatures"] > 0


def hand_over_evidence(nodes: list[RunningNode], declared: dict[str, Any], folder: Path) -> None:
    """A running node's records in a bundle, which the other side checks with its own home out of reach."""
    a = nodes[0]
    bundle, material = folder / "case.zip", folder / "radar plot.csv"
    material.write_text("t,lat,lon\n")
    made = comity(
        a, "evidence", "bundle", "-o", bundle, "--title", "A case", "--kind", "agreement.*",
        "--about", declared["intent"], "--record", declared["digest"], "--material", material,
        "--json", code=0,
    )  # fmt: skip
    assert made["left_out"] == {"without_checkpoint": [], "missing": [], "bytes": []}
    withheld = comity(
        a, "evidence", "bundle", "-o", folder / "withheld.zip", "--title", "A case",
        "--kind", "intent.*", "--withhold", f"{declared['digest']}=shows a route", "--json",
    )  # fmt: skip
    assert [each["reason"] for log in withheld["logs"] for each in log["withheld"]] == [
        "shows a route"
    ]
    cards = [f"--root={comity(node, 'peer', 'invite').strip()}" for node in nodes]
    found = apart("evidence", "verify", bundle, *cards, "--json")
    assert [each["root_key_given"] for each in found["parties"]] == [True, True]
    shown = {each["digest"]: log for log in found["logs"] for each in log["shown"]}
    assert shown[declared["digest"]]["cosigned_at"] is not None
    assert [each["file"] for each in found["material"]] == ["material/0001-radar-plot.csv"]
    bodies = apart("evidence", "show", bundle, "--json")
    assert declared["digest"] in [each["digest"] for each in bodies]
    changed = bytearray(bundle.read_bytes())
    changed[len(changed) // 2] ^= 1
    bundle.write_bytes(changed)
    assert "does not hold" in apart("evidence", "verify", bundle, code=1)
    for wrong in (["--record", "0" * 64], ["--withhold", "nothing"], []):
        comity(a, "evidence", "bundle", "-o", folder / "x", "--title", "x", *wrong, code=3)
    assert not (folder / "x").exists()


def apart(*arguments: object, code: int = 0) -> Any:
    """A command that needs no home."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        ended = run(bootstrap.Composition(), [*map(str, arguments)])
    assert ended == code, (arguments, out.getvalue(), err.getvalue())
    return json.loads(out.getvalue()) if "--json" in arguments else err.getvalue()


@contextlib.contextmanager
def watching(node: RunningNode) -> Iterator[http.client.HTTPResponse]:
    """The node's event stream, open."""
    running = read_running(node.layout)
    assert running is not None
    connection = http.client.HTTPConnection(running.api_address, timeout=60)
    headers = {"authorization": f"Bearer {node.client.token}"}
    connection.request("GET", "/v1/events", headers=headers)
    with contextlib.closing(connection):
        stream = connection.getresponse()
        assert stream.readline() == b": watching\n"
        yield stream


@contextlib.contextmanager
def unfinished(node: RunningNode) -> Iterator[None]:
    """A request whose body does not come."""
    running = read_running(node.layout)
    assert running is not None
    host, port = running.api_address.split(":")
    head = (
        "POST /v1/intents HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n"
        f"authorization: Bearer {node.client.token}\r\n\r\n{{"
    )
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head.encode())
        yield
        assert b"closing" in connection.recv(4096)


def _intent(node: RunningNode, intent: str) -> IntentTold:
    return node.client.get(f"/v1/intents/{intent}", IntentTold)


def _known(node: RunningNode, intent: str) -> bool:
    return intent in [each.intent for each in node.client.get("/v1/intents", IntentsTold).intents]


def _receipted(node: RunningNode, digest: str) -> bool:
    """Whether the peer's receipt for a record is here."""
    told = node.client.get(f"/v1/records/{digest}", RecordTold)
    return all(each.receipted for each in told.deliveries)


@pytest.mark.requirement("DOORS-023")
def test_a_second_node_on_the_same_home_is_refused(tmp_path: Path) -> None:
    node = RunningNode(make_home(tmp_path / "a"))
    try:
        done = subprocess.run(
            [sys.executable, "-m", "comity", "node", "run", "--home", str(node.layout.root)],
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, "busy" in done.stderr) == (5, True)
        assert node.client.get("/v1/peers", list[PeerTold]) == []
    finally:
        assert node.stop() == 0
