"""The line between two nodes whose day goes faster: checks that stop and come again, and a ladder's channels."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from tests.call_servers import http, make_certificate, served, smtp
from tests.integration.test_observations_shared import payloads
from tests.integration.test_two_nodes import agree, comity
from tests.node_homes import FastClock, RunningNode, free_port, make_home, until

from comity.entrypoints.api.line_messages import ItemTold, LineStatusTold, LineTold

SPEED = 30  # the shortest interval of checks is a minute; two seconds here
ENDS = ["degraded", "working"]
SECRET = "the-secret-of-the-pager"
SAID = "Two of ours have no radio, east of the island"
LADDER = (
    (20, "officer on watch", "watch"),
    (25, "chief of watch", "pager"),
    (30, "chief of staff", "duty-mail"),
    (35, "headquarters", "dead-pager"),
    (40, "ministry", "no-such-channel"),
    (45, "signals", "bad-file"),
)


@dataclass(frozen=True, slots=True)
class Session:
    """Two nodes, and what the servers of the second one's channels heard."""

    a: RunningNode
    b: RunningNode
    pager: list[bytes]
    mail: list[bytes]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("watched")
    certificate, clock = make_certificate(folder), FastClock(SPEED)
    homes = [make_home(folder / name, name) for name in ("Aurelia", "Borealis")]
    with (
        served(certificate, http(204), connections=9) as (pager_port, pager),
        served(certificate, smtp(b"250 ok\r\n"), connections=9) as (mail_port, mail),
    ):
        channels = homes[1].channels
        channels.touch(mode=0o600)
        channels.write_text(
            f'[pager]\nkind = "webhook"\nurl = "https://127.0.0.1:{pager_port}/{SECRET}"\n'
            f'token = "{SECRET}"\nca_file = "{certificate}"\n'
            f'[dead-pager]\nkind = "webhook"\nurl = "https://127.0.0.1:{free_port()}/{SECRET}"\n'
            f'[bad-file]\nkind = "webhook"\nurl = "https://127.0.0.1:{pager_port}/x"\n'
            f'ca_file = "{folder}/{SECRET}"\n'
            f'[duty-mail]\nkind = "mail"\nhost = "127.0.0.1"\nport = {mail_port}\n'
            f'sender = "node@b.example"\nto = ["duty@b.example"]\nuser = "node"\n'
            f'password = "{SECRET}"\nca_file = "{certificate}"\n'
        )
        running: list[RunningNode] = []
        try:
            running.extend(RunningNode(home, clock) for home in homes)
            agree(running, written=_with_minute_checks_and_a_ladder)
            yield Session(*running, pager, mail)
        finally:
            for node in running:
                if node.process.is_alive():
                    node.kill()


def _with_minute_checks_and_a_ladder(text: str) -> str:
    text = text.replace("line_check_interval_h = 24", "line_check_interval_s = 60")
    [borealis] = set(re.findall(r'"(borealis\.\w+)"', text))
    before, after = text.split("[[ladder]]", 1)
    rest = after[after.index("[[echelon]]") :]
    steps = "".join(
        f'[[ladder]]\nparty = "{borealis}"\nechelon = "{echelon}"\n'
        f'after_s = {after_s}\nchannel = "{channel}"\n\n'
        for after_s, echelon, channel in LADDER
    )
    return before + steps + rest


def line(node: RunningNode) -> LineTold:
    [told] = node.client.get("/v1/line/status", LineStatusTold).lines
    return told


def item(node: RunningNode, digest: str) -> ItemTold:
    return node.client.get(f"/v1/line/items/{digest}", ItemTold)


def said_of_the_line(node: RunningNode) -> dict[str, list[str]]:
    """What each side has said of the line, in order, one word for what it said again; of a node's own records."""
    said: dict[str, list[str]] = {}
    for payload in map(json.loads, payloads(node)):
        if payload["kind"] == "line.status":
            states = said.setdefault(payload["author"].split(".")[0], [])
            if states[-1:] != [payload["body"]["state"]]:
                states.append(payload["body"]["state"])
    return said


def degraded_told_by(node: RunningNode) -> set[str]:
    """The sides whose word that the line is degraded rang at a node."""
    alarms = comity(node, "status", "--json")["alarms"]
    return {each["party"].split(".")[0] for each in alarms if each["code"] == "line-degraded"}


@pytest.mark.requirement("LINE-030")
@pytest.mark.requirement("LINE-036")
def test_a_side_that_stops_degrades_the_line_at_both_and_its_return_mends_it(
    session: Session,
) -> None:
    a, b = session.a, session.b
    for node in (a, b):
        until(lambda one=node: (line(one).state, line(one).there) == ("working", "working"))
        assert line(node).checks == 60.0
        until(lambda one=node: line(one).answered_by == "node")
    b.kill()
    before = said_of_the_line(a)
    until(lambda: line(a).reach == "unreachable")
    until(lambda: line(a).here == "degraded")
    until(lambda: line(a).why == "here: no answer and no check")
    assert "DEGRADED here: no answer and no check" in comity(a, "line", "status", code=1)
    assert "aurelia" in degraded_told_by(a)
    b.start()
    for node in (a, b):
        for side in ("aurelia", "borealis"):  # each side's word came to both
            until(
                lambda one=node, by=side: said_of_the_line(one)[by][len(before[by]) :][:2] == ENDS
            )
        until(lambda one=node: (line(one).state, line(one).there) == ("working", "working"))
        assert "WORKING (checked every 60 s)" in comity(node, "line", "status")


@pytest.mark.requirement("LINE-013")
@pytest.mark.requirement("LINE-014")
def test_each_step_of_the_ladder_calls_its_channel_and_what_became_of_it_is_told(
    session: Session,
) -> None:
    a, b = session.a, session.b
    digest = comity(a, "line", "send", SAID, "--to", "borealis", "--subject", "No contact",
                    "-p", "flash", "--json")["digest"]  # fmt: skip

    def called() -> dict[str, list[str] | None]:
        steps = item(b, digest).escalations
        return {each.channel: each.calls for each in steps if each.by.startswith("borealis")}

    until(lambda: digest in comity(b, "line", "list", "--json")["untaken"])
    until(lambda: set(called()) == {channel for _, _, channel in LADDER})
    until(lambda: all(len(called()[channel] or []) == 5 for channel in ("dead-pager", "bad-file")))
    told = called()
    assert told["watch"] is None
    assert told["pager"] == ["sent: answered 204"]
    assert told["duty-mail"] == ["sent: taken for 1 of 1"]
    assert told["dead-pager"] == ["failed: not reached: ConnectionRefusedError"] * 5
    assert told["bad-file"] == ["failed: ca_file: FileNotFoundError"] * 5
    assert told["no-such-channel"] == ["failed: this node has no channel of that name"]
    shown = comity(b, "line", "show", digest)
    assert "dead-pager, " in shown
    assert "[failed: not reached: ConnectionRefusedError; failed: " in shown

    [posted] = session.pager
    mailed = b"".join(session.mail).decode()
    for heard in (posted.decode(), mailed):
        assert f"message {digest[:12]}" in heard.replace("=\r\n", "")
        assert "island" not in heard
        assert "No contact" not in heard
    records = comity(b, "line", "show", digest, "--json")
    for written in (str(records), b.log.read_text(), comity(a, "line", "show", digest)):
        assert SECRET not in written
    for record in payloads(b):
        assert SECRET.encode() not in record
        assert b"127.0.0.1" not in record or b'"line.call"' not in record
    # The author's node goes up the same ladder; the channels of another party are not its own, and do not ring there.
    assert item(a, digest).escalations
    failed = {
        each["values"]["channel"]
        for each in comity(b, "status", "--json")["alarms"]
        if each["code"] == "call-failed"
    }
    assert failed == {"dead-pager", "bad-file", "no-such-channel"}
    assert not any(
        each["code"] == "call-failed" for each in comity(a, "status", "--json")["alarms"]
    )
