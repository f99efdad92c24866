"""Two parties in a call, a browser each: pictures and sound both ways, keys checked, one killed and back."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.browsers import Browser, browsers, need_browser
from tests.integration.test_two_nodes import comity
from tests.node_homes import RunningNode, until
from tests.paired_nodes import paired_nodes, party

FRAMES = 30  # a second and more of pictures
CONNECTED_S_MAX = 60.0  # on a busy machine; about 2 s on a quiet one


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[RunningNode]]:
    need_browser()
    with paired_nodes(tmp_path_factory.mktemp("call")) as running:
        yield running


def arrange(a: RunningNode, *others: RunningNode) -> str:
    invited = [word for node in others for word in ("--party", party(node))]
    made = comity(
        a, "meeting", "propose", "Follow-up <b>now</b>", *invited, "--zone", "UTC",
        "--start", "2030-12-01T15:00:00Z", "--end", "2030-12-01T16:00:00Z", "--json",
    )  # fmt: skip
    meeting = str(made["meeting"])
    for node in others:
        until(lambda node=node: meeting in listed(node))
        comity(node, "meeting", "accept", meeting)
    return meeting


def listed(node: RunningNode) -> list[str]:
    return [each["meeting"] for each in comity(node, "meeting", "list", "--json")]


def join(
    browser: Browser,
    node: RunningNode,
    meeting: str,
    name: str,
    token: str | None = None,
    *,
    relay: bool = False,
) -> None:
    page = browser.page
    page.goto(f"http://{node.client.access.address}/console/meeting.html#meeting={meeting}")
    page.fill("#name", name)
    page.fill("#token", token or node.client.token)
    page.set_checked("#relay", relay)
    page.click("#join")
    page.wait_for_selector("#call:not([hidden])", timeout=CONNECTED_S_MAX * 1000)


def seen(browser: Browser) -> list[dict[str, Any]]:
    """What a page shows of the others."""
    script = "figures => figures.map(f => ({...f.dataset, words: f.innerText}))"
    told = browser.page.eval_on_selector_all("figure", script)
    return [
        {**each, "frames": int(each.get("frames", 0)), "samples": int(each.get("samples", 0))}
        for each in told
    ]


def flows(browser: Browser, least: int = FRAMES) -> bool:
    others = seen(browser)
    return bool(others) and all(
        each.get("checked") == "true"
        and each["frames"] >= least
        and each["samples"] > 0
        and float(each.get("energy", 0)) > 0
        for each in others
    )


def call(node: RunningNode, meeting: str) -> Any:
    return comity(node, "meeting", "call", meeting, "--json")


@pytest.mark.requirement("CALL-001")
@pytest.mark.requirement("CALL-002")
@pytest.mark.requirement("CALL-003")
@pytest.mark.requirement("CALL-004")
def test_two_parties_see_and_hear_each_other_and_one_comes_back(
    nodes: list[RunningNode], tmp_path: Any
) -> None:
    a, b = nodes
    meeting = arrange(a, b)
    with browsers(tmp_path) as make:
        one, other = make(), make()
        join(one, a, meeting, "Duty officer <script>alert(1)</script>")
        join(other, b, meeting, "Officer")
        until(lambda: flows(one) and flows(other), CONNECTED_S_MAX)
        print("first:", seen(one), seen(other))
        signed = {each["station"]: each["fingerprint"] for each in call(a, meeting)["stations"]}
        for browser in (one, other):
            [tile] = seen(browser)
            assert signed[tile["station"]] in tile["words"]
            assert "checked against the connection: the same" in tile["words"]
        assert other.page.query_selector("script:not([src])") is None
        assert "<script>alert(1)</script>" in seen(other)[0]["words"]
        assert one.page.inner_text("#title") == "Follow-up <b>now</b>"

        # Recording takes everybody's consent, and ends with it.
        assert one.page.is_disabled("#record")
        one.page.check("#consent")
        until(lambda: call(b, meeting)["stations"][0]["may_be_recorded"] is True)
        assert one.page.is_disabled("#record")
        other.page.check("#consent")
        one.page.wait_for_selector("#record:not([disabled])", timeout=CONNECTED_S_MAX * 1000)
        one.page.click("#record")
        other.page.wait_for_selector("#recording:not([hidden])", timeout=CONNECTED_S_MAX * 1000)
        assert "Duty officer" in other.page.inner_text("#recording")
        other.page.uncheck("#consent")
        one.page.wait_for_selector("#files li", timeout=CONNECTED_S_MAX * 1000)
        until(lambda: not any(each["records"] for each in call(b, meeting)["stations"]))

        # One browser dies without a word, and its person comes back.
        before = seen(one)[0]["station"]
        other.kill()
        back = make()
        join(back, b, meeting, "Officer")
        until(lambda: [each["station"] for each in seen(one)] != [before], CONNECTED_S_MAX)
        until(lambda: flows(one) and flows(back), CONNECTED_S_MAX)
        print("back:", seen(one), seen(back))
        assert len(call(a, meeting)["stations"]) == 2
        assert call(a, meeting)["recording_allowed"] is False

        back.page.click("#leave")
        until(lambda: seen(one) == [])
        until(lambda: len(call(a, meeting)["stations"]) == 1)
        assert [each for each in one.errors if "Content Security" in each] == []


# A console that connects under another key than the one it joined with, and lies about it to its own node.
ROGUE = """
(() => {
  const Real = window.RTCPeerConnection;
  let stated = "";
  class Rogue extends Real {
    constructor({ certificates, ...rest }) { super(rest); }
  }
  Rogue.generateCertificate = async (algorithm) => {
    const made = await Real.generateCertificate(algorithm);
    stated = made.getFingerprints().find((f) => f.algorithm === "sha-256").value.toUpperCase();
    return made;
  };
  window.RTCPeerConnection = Rogue;
  const ask = window.fetch;
  window.fetch = (path, options) => {
    if (String(path).includes("/signal")) {
      const body = JSON.parse(options.body);
      body.sdp = body.sdp.replace(/(a=fingerprint:sha-256) [0-9A-Fa-f:]+/g, `$1 ${stated}`);
      options = { ...options, body: JSON.stringify(body) };
    }
    return ask(path, options);
  };
})();
"""

# A connection that shows another certificate than the description said; a browser does not let that be.
OTHER_CERTIFICATE = """
(() => {
  const real = RTCPeerConnection.prototype.getStats;
  RTCPeerConnection.prototype.getStats = async function () {
    const stats = new Map(await real.call(this));
    for (const [id, each] of stats) {
      if (each.type === "certificate") stats.set(id, { ...each, fingerprint: "00:11" });
    }
    return stats;
  };
})();
"""


# A machine too busy to find its own addresses in the time that a description usually waits for them.
SLOW_WAYS = """
(() => {
  const real = RTCPeerConnection.prototype;
  const told = (name) => Object.getOwnPropertyDescriptor(real, name).get;
  const description = told("localDescription");
  const gathering = told("iceGatheringState");
  const begun = new WeakMap();
  const late = (one) => {
    if (!begun.has(one)) begun.set(one, performance.now());
    return performance.now() - begun.get(one) < 4500;
  };
  Object.defineProperty(real, "localDescription", { get() {
    const { type, sdp } = description.call(this);
    return { type, sdp: late(this) ? sdp.replace(/a=candidate:.*\\r\\n/g, "") : sdp };
  } });
  Object.defineProperty(real, "iceGatheringState", { get() {
    if (!late(this)) return gathering.call(this);
    setTimeout(() => this.dispatchEvent(new Event("icegatheringstatechange")), 1000);
    return "gathering";
  } });
})();
"""


@pytest.mark.requirement("CALL-005")
@pytest.mark.requirement("CALL-006")
@pytest.mark.requirement("CALL-010")
def test_another_key_stays_dark_and_a_screen_is_shared(
    nodes: list[RunningNode], tmp_path: Any
) -> None:
    a, b = nodes
    meeting = arrange(a, b)
    with browsers(tmp_path) as make:
        one, other = make(), make()
        other.page.add_init_script(ROGUE)
        join(one, a, meeting, "Duty officer")
        join(other, b, meeting, "Rogue")
        until(lambda: [e.get("state") for e in seen(one)] == ["failed"], CONNECTED_S_MAX)
        [tile] = seen(one)
        assert (tile["frames"], tile["samples"], tile.get("checked")) == (0, 0, None)
        assert not one.page.evaluate("document.querySelector('figure video').srcObject")
        other.kill()

        other = make()
        other.page.add_init_script(OTHER_CERTIFICATE)
        join(other, b, meeting, "Officer")
        until(lambda: [e.get("checked") for e in seen(other)] == ["false"], CONNECTED_S_MAX)
        assert "NOT the key of the connection: cut off" in seen(other)[0]["words"]
        assert not other.page.evaluate("document.querySelector('figure video').srcObject")
        other.kill()

        # Ways that are found late are waited for at both ends: a description without any leads nowhere.
        other = make()
        other.page.add_init_script(SLOW_WAYS)
        one.page.evaluate(SLOW_WAYS)
        join(other, b, meeting, "Officer")
        until(lambda: flows(one) and flows(other), CONNECTED_S_MAX)
        assert seen(other)[0]["width"] == "640"
        one.page.click("#screen")
        one.page.wait_for_selector("#screen[aria-pressed=true]", timeout=CONNECTED_S_MAX * 1000)
        until(lambda: seen(other)[0]["width"] != "640", CONNECTED_S_MAX)
        least = seen(other)[0]["frames"] + 2
        until(lambda: seen(other)[0]["frames"] > least, CONNECTED_S_MAX)
        print("screen:", seen(other))
        one.page.click("#screen")
        until(lambda: seen(other)[0]["width"] == "640", CONNECTED_S_MAX)
