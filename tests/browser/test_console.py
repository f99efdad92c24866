"""The console as people use it: two officers at two nodes, bad input, a node that goes away, hostile words."""

import json
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Route, expect
from tests.browser import changed_answers, standing
from tests.browser import working_together as together
from tests.browser.hostile import HOSTILE
from tests.browsers import FIREFOX, NO_SCREEN, WITHOUT_SCREEN, need_browser
from tests.console_world import Console
from tests.integration.test_two_nodes import agree, comity, tomorrow
from tests.node_homes import RunningNode, free_port, make_home, plan_file

from comity.entrypoints.api.api_examples import examples
from comity.entrypoints.api.map_then import MapThenTold
from comity.entrypoints.api.messages import AgreementsTold, CardTold

MADE = "document.querySelectorAll('#root :is(script, iframe, img, object, embed, svg)').length"
HANDLERS = """[...document.querySelectorAll('#root *')].flatMap((each) => [...each.attributes])
  .filter((each) => each.name.startsWith('on')).length"""
INVENTED = """(() => {
  const before = window.fetch;
  window.fetch = async (asked, ...more) => {
    const answer = await before(asked, ...more);
    if (!String(asked).split('?')[0].endsWith('/v1/status') || !answer.ok) return answer;
    const told = {...await answer.json(), demonstration: true};
    return new Response(JSON.stringify(told), {status: answer.status, headers: answer.headers});
  };
})()"""
ROWS_OPENED = 2  # of each list; the rest are drawn by the same code
SENT = """(() => {
  window.sent = {};
  const before = window.fetch;
  window.fetch = (asked, how = {}) => {
    window.sent[new URL(asked, location.href).pathname] = how.body;
    return before(asked, how);
  };
})()"""
POSITION = "N 59 54.0 E 024 30.0 WGS84"
LANGUAGES = ("en", "ru", "ar", "tr")
FITS = """top => [
  top.offsetHeight,
  [...top.querySelectorAll('button, select, summary, time')].filter(each => {
    const {left, right} = each.getBoundingClientRect();
    return left < -1 || right > innerWidth + 1;
  }).length,
  [...top.querySelectorAll('.name, .value, .party > *')].filter(each =>
    (each.scrollWidth > each.clientWidth || each.scrollHeight > each.clientHeight + 1)
    && !each.closest('[title]')).length]"""
# Latin words outside of what is set apart as a person's, a name, an identifier or of another language, and raw words of
# the node where a person's would stand. What a message is filled with stands between isolates.
LEFT = r"""() => {
  const apart = '.said, .code, time, kbd, .original, [lang]:not(html), pre, .maplibregl-map';
  const bare = (text) => {
    for (let before = ''; before !== text;) text = (before = text).replace(/\u2068[^\u2068\u2069]*\u2069/g, '');
    return text.match(/[A-Za-z][A-Za-z_-]+/g) ?? [];
  };
  const found = [];
  const walker = document.createTreeWalker(document.getElementById('root'), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const each = walker.currentNode;
    if (!each.parentElement.closest(apart)) found.push(...bare(each.textContent));
  }
  for (const name of ['aria-label', 'placeholder']) {
    for (const each of document.querySelectorAll(`#root [${name}]`)) found.push(...bare(each.getAttribute(name)));
  }
  for (const each of document.querySelectorAll('#root .said')) {
    if (!each.closest('[lang]:not(html)') && /^[a-z]+(-[a-z]+)+$/.test(each.textContent)) found.push(each.textContent);
  }
  return [...new Set(found)].sort();
}"""
# the program, agreed words of the line, units, data, formats and what the examples in hints are written with
SAME_EVERYWHERE = {
    "Comity", "comity", "FLASH", "km", "NM", "ft", "kt", "EGM", "QNE", "AGL", "FL", "WGS", "MGRS", "VLG", "PZ", "SK",
    "ED", "UTC", "PDF", "PNG", "JPEG", "JSON", "SVG", "SHA-", "ics", "intent", "line", "message", "Europe", "Helsinki",
    "helicopter", "drone", "rocket",
}  # fmt: skip
OF_A_PERSON = {"border-crossed"}  # short names that tests give, of the form of a raw word
BAR_PX = {
    1280: 72,
    1440: 72,
    1920: 72,
    390: 124,
}  # one row; on a phone two, of which the second has three lines

Open = Callable[..., Console]


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[RunningNode]]:
    need_browser()
    folder = tmp_path_factory.mktemp("console")
    homes = [make_home(folder / n, n, api_port=free_port()) for n in ("Aurelia", "Borealis")]
    running = [RunningNode(home) for home in homes]
    try:
        agree(running)
        yield running
    finally:
        for node in running:
            if node.process.is_alive():
                node.kill()


@pytest.fixture
def console(browser: Browser) -> Iterator[Open]:
    made: list[Console] = []

    def make(node: RunningNode, *, sign_in: bool = True, **context: Any) -> Console:
        made.append(Console(browser, node, **context))
        return made[-1].open(sign_in=sign_in)

    yield make
    for each in made:
        each.nothing_bad()
        each.close()


def write_flash(page: Page, subject: str, text: str) -> None:
    """By keys, as an officer would."""
    page.locator("body").press("n")
    page.locator('[name="subject"]').fill(subject)
    page.locator('input[value="flash"]').check()
    page.locator('[name="text"]').fill(text)
    page.locator('[name="particulars.position"]').fill(POSITION)
    expect(page.locator(".field .hint").filter(has_text="35VLG")).to_be_visible()
    page.locator('[name="particulars.height"]').fill("5000 ft EGM2008")
    page.locator('[name="particulars.height"]').press("Enter")
    expect(page.locator("form.form")).to_have_count(0)


@pytest.mark.requirement("CONSOLE-004")
@pytest.mark.requirement("CONSOLE-008")
@pytest.mark.requirement("CONSOLE-013")
@pytest.mark.requirement("CONSOLE-040")
@pytest.mark.requirement("CONSOLE-043")
@pytest.mark.requirement("LINE-036")
def test_a_flash_is_written_heard_taken_and_read_back_by_keys(
    nodes: list[RunningNode], console: Open
) -> None:
    a, b = console(nodes[0]), console(nodes[1])
    b.page.locator("body").press("2")  # a browser lets a page sound once a person has touched it
    write_flash(a.page, "No contact", "Two of ours without radio. Do you see them?")
    expect(b.page.locator(".calls.flash")).to_contain_text("Two of ours without radio")
    rings = b.page.locator(".banners .alarm").filter(has_text="Two of ours without radio")
    expect(rings).to_contain_text("FLASH from")
    together.an_alarm_is_listed_in_every_language(b)
    together.it_sounds(b.page)
    b.page.locator("body").press("0")
    expect(b.page.locator("article h2")).to_contain_text("No contact")
    b.page.locator("body").press("r")
    repeated = b.field("particulars.position")
    repeated.fill("N 59 54.0 E 024 40.0 WGS84")
    expect(b.page.locator(".compared")).to_contain_text("9.3 km E")
    expect(b.page.locator(".compared .bad-words")).to_be_visible()
    repeated.fill(POSITION)
    expect(b.page.locator(".compared")).to_contain_text("not read back")  # the height is missing
    b.field("particulars.height").fill("1524 m EGM2008")
    expect(b.page.locator(".compared .good-words")).to_be_visible()
    b.field("particulars.height").press("Enter")
    expect(b.page.locator("p.said")).to_contain_text("The read-back matches")
    b.page.locator("article h2").click()
    b.page.locator("body").press("a")
    expect(b.page.locator("p.said")).to_contain_text("Acknowledged")
    expect(b.page.locator(".calls")).to_have_count(0)
    expect(rings).to_have_count(0)  # it was taken

    a.page.locator("body").press("2")
    row = a.page.locator("#list .row").filter(has_text="Two of ours")
    expect(row).to_contain_text("Acknowledged")
    row.click()
    expect(a.page.locator(".answers")).to_contain_text("The read-back matches")
    b.page.locator("body").press("c")
    expect(a.page.locator(".answers")).to_contain_text("concurs")
    a_person_is_asked_for_and_who_has_not_answered_is_told(a, b)


def a_person_is_asked_for_and_who_has_not_answered_is_told(a: Console, b: Console) -> None:
    """Seen in the pane of the line and on its light at both ends, until somebody answers."""
    light = a.page.locator(".lights .light", has_text="Line")
    for each in (a, b):
        each.page.locator(".lights .light", has_text="Line").click()
    expect(light).to_have_class("light good")
    a.page.get_by_role("button", name="Check the line").click()
    line = a.page.locator(".health .card").first
    expect(line).to_contain_text("a person there was asked")
    expect(line).to_contain_text("NO ANSWER")
    expect(light).to_have_class("light doubt")
    expect(b.page.locator(".health .card").first).to_contain_text("They ask for a person here")
    b.page.get_by_role("button", name="Answer the check").click()
    expect(line).not_to_contain_text("NO ANSWER")
    expect(light).to_have_class("light good")
    expect(b.page.locator(".health .card").first).not_to_contain_text("They ask")


@pytest.mark.requirement("CONSOLE-009")
def test_what_the_node_refuses_is_shown_at_its_field(
    nodes: list[RunningNode], console: Open, tmp_path: Path
) -> None:
    a = console(nodes[0])
    page = a.page
    page.locator("body").press("p")
    filled = {
        "callsign": "PATROL3", "flight_class": "turboprop", "waypoints": "somewhere near the coast",
        "lower": "2000 ft MSL", "upper": "3000 ft EGM2008", "start": tomorrow(6), "end": tomorrow(8),
    }  # fmt: skip
    for name, value in filled.items():
        a.field(f"plan.{name}").fill(value)

    def wrong(name: str, words: str) -> None:
        page.locator("form.form button.primary").click()
        expect(a.field(name)).to_have_attribute("aria-invalid", "true")
        expect(a.field(name)).to_be_focused()
        expect(a.field(name).locator("xpath=..").locator(".field-error")).to_contain_text(words)

    wrong("plan.waypoints", "1:")
    a.field("plan.waypoints").fill("59.41 N 24.83 E WGS84\nN 58 52.8 E 022 31.2 WGS84")
    wrong("plan.lower", "MSL")
    a.field("plan.lower").fill("2000 ft EGM2008")
    wrong_file = tmp_path / "picture.png"
    wrong_file.write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe")
    page.set_input_files(".drop input", wrong_file)
    expect(
        page.locator(".field-error").filter(has_text="is no text: not a plan file")
    ).to_be_visible()
    not_a_plan = tmp_path / "other.json"
    not_a_plan.write_text('{"type": "Nonsense"}')
    page.set_input_files(".drop input", not_a_plan)
    page.locator("form.form button.primary").click()
    expect(page.locator(".field-error.whole")).to_contain_text("plan.type")
    page.locator(".drop button").click()
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator("div.outcome")).to_contain_text("possible")
    page.locator("form.form button.primary").click()
    page.locator("body").press("3")
    row = page.locator("#list .row").filter(has_text="PATROL3")
    expect(row).to_contain_text("accepted")
    row.click()
    expect(page.locator("article")).to_contain_text("assents")
    intent = page.locator("article h2 .code").inner_text()
    changed = json.loads(plan_file("PATROL3", start=tomorrow(6), end=tomorrow(8)))
    status, problem = _refused(nodes[0], f"/v1/intents/{intent}/change?base={'0' * 64}", changed)
    assert (status, problem["field"]) == (400, "base")
    assert "changed since" in problem["why"]
    file = tmp_path / "plan.json"
    file.write_bytes(plan_file("DROPPED", start=tomorrow(12), end=tomorrow(13)))
    page.locator("body").press("p")
    page.set_input_files(".drop input", file)
    page.locator("form.form button.primary").click()
    expect(page.locator("#list .row").filter(has_text="DROPPED")).to_be_visible()


@pytest.mark.requirement("CONSOLE-010")
def test_the_second_of_two_officers_sees_the_change_before_writing_over_it(
    nodes: list[RunningNode], console: Open
) -> None:
    first, second = console(nodes[0]), console(nodes[0])
    first.page.locator("body").press("h")
    first.field("notice.activity").fill("helicopter")
    first.field("notice.place").fill("north of Hiiumaa")
    first.field("notice.starts").fill(tomorrow(3))
    expect(first.page.locator(".preview")).to_contain_text("VAGUE")
    first.page.locator("form.form button.primary").click()
    for each in (first, second):
        each.page.locator("body").press("4")
        each.page.locator("#list .row").filter(has_text="north of Hiiumaa").click()
        each.page.get_by_role("button", name="Revise").click()
    first.field("notice.place").fill("10 km N of Hiiumaa")
    second.field("notice.place").fill("20 km N of Hiiumaa")
    first.page.locator("form.form button.primary").click()
    expect(first.page.locator("form.form")).to_have_count(0)
    changed = second.page.locator(".changed")
    expect(changed).to_contain_text("Somebody changed this")
    expect(changed).to_contain_text("10 km N of Hiiumaa")
    expect(second.page.locator("form.form button.primary").last).to_be_disabled()
    assert second.field("notice.place").input_value() == "20 km N of Hiiumaa"
    changed.get_by_role("button", name="Mine shall take its place").click()
    second.page.locator("form.form .actions button.primary").last.click()
    expect(second.page.locator("p.said")).to_contain_text("Notice sent")
    rows = first.page.locator("#list .row")
    expect(rows.filter(has_text="20 km N of Hiiumaa")).to_have_count(1)

    # Who is faster than the screen is held by the node itself.
    listed = comity(nodes[0], "notice", "list", "--operator", "officer", "--json")["notices"]
    [told] = [each for each in listed if each["place"] == "20 km N of Hiiumaa"]
    notice = {"activity": "helicopter", "place": "elsewhere", "starts": [tomorrow(3)]}
    status, problem = _refused(
        nodes[0], "/v1/notices", {"notice": notice, "revises": told["notice"], "base": "0" * 64}
    )
    assert (status, problem["field"]) == (400, "base")
    assert "revised since, by officer" in problem["why"]

    b = console(nodes[1])
    b.page.locator("body").press("4")
    b.page.locator("#list .row").filter(has_text="20 km N").click()
    b.page.locator("body").press("a")
    expect(b.page.locator("p.said")).to_contain_text("Acknowledged")
    first.page.locator("#list .row").filter(has_text="20 km N").click()
    expect(first.page.locator("article").get_by_text("acknowledged")).to_be_visible()


def _refused(node: RunningNode, path: str, body: Any) -> tuple[int, dict[str, Any]]:
    answer = httpx.post(
        f"http://{node.client.access.address}{path}",
        json=body,
        headers={"authorization": f"Bearer {node.client.token}"},
    )
    return answer.status_code, answer.json()


@pytest.mark.requirement("CONSOLE-005")
@pytest.mark.requirement("CONSOLE-015")
def test_a_draft_and_the_last_state_outlive_node_reload_and_session(
    nodes: list[RunningNode], console: Open
) -> None:
    node = nodes[1]
    comity(node, "operator", "add", "second", "--name", "Second", "--role", "officer", "--json")
    token = (node.layout.root / "tokens" / "second.token").read_text().strip()
    c = console(node, sign_in=False)
    page = c.page
    c.sign_in("second", token)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.locator("body").press("n")
    c.field("subject").fill("Fuel state")
    c.field("text").fill("We have fuel for")

    comity(node, "operator", "revoke", "second", "--operator", "officer", "--json")
    expect(page.locator("dialog.sign-in")).to_contain_text("Your session has ended")
    assert c.field("text").input_value() == "We have fuel for"
    c.sign_in()

    node.stop()
    try:
        _while_the_node_is_away(c)
    finally:
        node.start()
    c.sign_in()
    expect(page.locator(".banners .away")).to_have_count(0)
    expect(c.field("text")).to_have_value("We have fuel for two hours")
    expect(c.field("subject")).to_have_value("Fuel state")
    page.locator("form.form button.primary").click()
    page.locator("body").press("2")
    expect(page.locator("#list .row").filter(has_text="fuel for two hours")).to_be_visible()
    expect(page.locator(".drafts")).to_have_count(0)

    page.locator("body").press(
        "Control+k"
    )  # whoever leaves by themselves leaves nothing to be read
    page.locator("[role=combobox]").fill("Sign out")
    page.locator("[role=combobox]").press("Enter")
    expect(page.locator(".party")).not_to_contain_text("Borealis")
    page.reload()
    expect(page.locator("dialog.sign-in")).to_be_visible()
    expect(page.locator(".party")).to_contain_text("unknown")


def _while_the_node_is_away(c: Console) -> None:
    page = c.page
    expect(page.locator(".banners .away")).to_contain_text("THE NODE DOES NOT ANSWER")
    expect(page.locator(".as-of").first).to_have_attribute("data-standing", "stale")
    expect(page.locator(".as-of").first).to_contain_text("STALE")
    c.field("text").fill("We have fuel for two hours")
    page.locator("form.form button.primary").click()
    expect(page.locator(".field-error.whole")).to_contain_text("unknown; your draft is kept")

    page.reload()  # the node is away: the page comes out of this browser, and so does the state
    expect(page.locator(".banners .away")).to_contain_text("as of")
    expect(page.locator(".party")).to_contain_text("Borealis")
    expect(page.locator(".as-of").first).to_have_attribute("data-standing", "stale")
    page.locator("body").press("n")
    expect(c.field("text")).to_have_value("We have fuel for two hours")


def _hostile(value: Any, name: str = "") -> Any:
    """Every text of an answer exchanged for a hostile one, the same one each time."""
    if isinstance(value, dict):
        return {key: _hostile(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_hostile(each, name) for each in value]
    if not isinstance(value, str) or name in {"at", "as_of"}:
        return value
    return HOSTILE[zlib.crc32(f"{name} {value}".encode()) % len(HOSTILE)]


def _party(node: RunningNode) -> str:
    return node.client.get("/v1/card", CardTold).party


def _told(node: RunningNode, path: str, body: dict[str, Any]) -> bool:
    status, told = _refused(node, path, body)
    assert status in {200, 400, 422}, told
    return status == 200


@pytest.mark.requirement("CONSOLE-006")
@pytest.mark.requirement("CONSOLE-007")
def test_no_fault_of_accessibility_is_found_by_night_by_day_and_from_right_to_left(
    nodes: list[RunningNode], console: Open
) -> None:
    spoken = standing.a_message(nodes)
    c = console(nodes[0])
    page = c.page
    together.open_row(page, "2", spoken)
    expect(page.locator("article blockquote").first).to_contain_text(spoken)
    found = _faults(page)
    page.locator("body").press("h")
    found += _faults(page)
    page.evaluate("document.activeElement.blur()")
    for key in ("Escape", "Escape", "6", "t"):
        page.locator("body").press(key)
    expect(page.locator("html")).to_have_attribute("data-theme", "day")
    found += _faults(page)
    page.keyboard.press("Control+k")
    found += _faults(page)
    page.keyboard.type("العربية")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("nav button").first).to_contain_text("التنبيهات")
    together.open_row(page, "2", spoken)
    expect(page.locator("article blockquote").first).to_contain_text(spoken)
    found += _faults(page)
    assert found == []
    _bar_fits(page, 1280, 1440, 1920)


def _bar_fits(page: Page, *widths: int) -> None:
    """The bar is as high as its rows, nothing of it is beyond an edge, and what is cut says all by its title."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        for language in LANGUAGES:
            page.locator("header select").select_option(language)
            height, beyond, untold = page.locator("header.top").evaluate(FITS)
            assert height <= BAR_PX[width], (width, language, height)
            assert beyond == untold == 0, (width, language, beyond, untold)
    page.locator("header select").select_option("en")


def _faults(page: Page) -> list[str]:
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    results = Axe().run(page, options={"runOnly": rules})
    return [
        f"{each['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for each in results.response["violations"]
        for node in each["nodes"][:3]
    ]


@pytest.mark.requirement("CONSOLE-016")
@pytest.mark.requirement("CONSOLE-046")
def test_a_session_by_cookie_carries_its_csrf_and_steps_up_where_asked(
    nodes: list[RunningNode], console: Open
) -> None:
    """The node's own door of sessions is played here: what it asks for is docs of its own."""
    c = console(nodes[0], sign_in=False)
    c.context.add_init_script(SENT)
    page = c.page
    told = examples()["GET /v1/access/session"].answer
    who = {**told, "operator": "officer", "by": "session", "csrf": "first"}
    asked: list[tuple[str, str | None]] = []

    def door(route: Route) -> None:
        request = route.request
        if request.url.endswith("/v1/access/session"):
            route.fulfill(json=who)
            return
        if request.url.endswith("/v1/access/step-up/code"):
            who["csrf"] = "third"
            route.fulfill(json=who)
            return
        assert "authorization" not in request.headers
        if request.method == "POST" and "/line/messages" in request.url:
            asked.append((request.url, request.headers.get("comity-csrf")))
            if len(asked) < 3:
                who["csrf"] = "second"
                reason = ("csrf-refused", "step-up-required")[len(asked) - 1]
                problem = {"title": reason, "status": 403, "kind": "access", "reason": reason}
                route.fulfill(status=403, json=problem)
                return
        held = {**request.headers, "authorization": f"Bearer {nodes[0].client.token}"}
        route.continue_(headers=held)

    c.context.route(re.compile("/v1/"), door)
    page.reload()
    expect(page.locator("dialog.sign-in")).to_have_count(0)
    expect(page.locator(".as-of.live").first).to_be_visible()
    page.locator("body").press("n")
    c.field("subject").fill("By cookie")
    c.field("text").fill("Nothing else")
    page.locator("form.form button.primary").click()
    expect(page.locator("dialog.sign-in")).to_be_visible()
    assert [csrf for _, csrf in asked] == ["first", "second"]
    page.locator("dialog.sign-in [name=code]").fill("123456")
    page.locator("dialog.sign-in [name=code]").press("Enter")
    expect(page.locator("form.form")).to_have_count(0)
    assert asked[-1][1] == "third"
    assert page.evaluate("window.sent['/v1/access/step-up/code']") == '{"code":"123456"}'

    ends = [503, 200]

    def logout(route: Route) -> None:
        assert route.request.headers["comity-csrf"] == "third"
        route.fulfill(status=ends.pop(0), json={"done": 1})

    c.context.route("**/v1/access/logout", logout)
    for words in ("The node did not answer", "You are logged out"):
        page.locator(".bar-menu > summary").click()
        page.locator('[data-action="log-out"]').click()
        expect(page.locator("dialog.sign-in")).to_contain_text(words)
        expect(page.locator("#list .row")).to_have_count(0)  # nothing stays for whoever comes next
        if ends:
            page.reload()  # the session that did not end is taken up again
            expect(page.locator("dialog.sign-in")).to_have_count(0)
    assert ends == []


@pytest.mark.requirement("CONSOLE-044")
def test_tabs_of_one_browser_share_one_stream_of_events(
    nodes: list[RunningNode], console: Open
) -> None:
    """A browser opens six connections to a node: with a stream each, the seventh tab could ask nothing."""
    first = console(nodes[0])
    streams: list[str] = []
    first.context.on(
        "request",
        lambda asked: streams.append(asked.url) if asked.url.endswith("/v1/events") else None,
    )
    tabs = [first.beside() for _ in range(6)]
    assert streams == [], "the first one's serves all"
    live = "fetch('/console/', {method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(60_000)})"
    assert tabs[-1].page.evaluate(f"{live}.then((each) => each.status)") == 200

    def all_hear(text: str) -> None:
        asked = {
            "text": text, "language": "en", "to": [_party(nodes[1])], "subject": "Tabs", "precedence": "routine",
        }  # fmt: skip
        assert _told(nodes[0], "/v1/line/messages", asked)
        for each in tabs:  # by the stream: asked for by itself it would be every 20 s
            row = each.page.locator("#list .row").filter(has_text=text)
            expect(row).to_be_visible(timeout=18_000)

    for each in tabs:
        each.pane(2)
    all_hear("Do all of you see this?")
    first.page.close()  # the one that reads
    first.page = tabs[0].page
    tabs[0].page.wait_for_function("document.querySelectorAll('.as-of.live').length > 0")
    all_hear("And this?")
    assert len(streams) == 1, "another has taken over, and one alone"


@pytest.mark.requirement("CONSOLE-012")
def test_a_clock_that_differs_from_the_nodes_is_told_loudly(
    nodes: list[RunningNode], console: Open
) -> None:
    c = console(nodes[0], sign_in=False)
    c.context.add_init_script(
        "{ const now = Date.now.bind(Date); Date.now = () => now() + 90_000; }"
    )
    c.page.reload()
    c.sign_in()
    loud = c.page.locator(".skew.loud")
    expect(loud).to_have_text(re.compile(r"^this browser \u2068[\d.]+\u2069 s ahead of the node$"))
    ahead = re.search(r"[\d.]+", loud.inner_text())
    assert ahead is not None
    assert abs(float(ahead[0]) - 90.0) < 10.0  # half of how long the node takes to answer
    drift = (
        "Math.abs(new Date().getTime() - new Date(document.querySelector('.clock .utc').dateTime))"
    )
    assert c.page.evaluate(drift) < 45_000  # the node's time is shown, not the browser's


@pytest.mark.requirement("CONSOLE-011")
@pytest.mark.requirement("CONSOLE-008")
def test_the_exercise_is_unmistakable_and_another_book(
    nodes: list[RunningNode], console: Open
) -> None:
    spoken = standing.a_message(nodes)
    c = console(nodes[0])
    page = c.page
    page.locator("body").press("2")
    expect(page.locator("#list .row").filter(has_text=spoken)).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("exercise book")
    page.keyboard.press("Enter")
    expect(page.locator(".banners .exercise")).to_contain_text("EXERCISE EXERCISE EXERCISE")
    expect(page.locator("html")).to_have_attribute("data-exercise", "true")
    assert _faults(page) == []
    expect(page.locator("#list .row")).to_have_count(0)
    write_flash(page, "Practice", "For practice. Do you see them?")
    expect(page.locator("#list .row")).to_have_count(1)
    page.keyboard.press("Control+k")
    page.keyboard.type("real book")
    page.keyboard.press("Enter")
    expect(page.locator(".banners .exercise")).to_have_count(0)
    expect(page.locator("#list .row").filter(has_text=spoken)).to_be_visible()
    expect(page.locator("#list .row").filter(has_text="Practice")).to_have_count(0)
    page.locator("body").press("?")
    help_page = page.locator("dialog.help")
    for words in ("Acknowledge", "Read back", "Feeds and links", "Ask to stop", "Ctrl-k"):
        expect(help_page).to_contain_text(words)


@pytest.mark.requirement("CONSOLE-014")
@pytest.mark.requirement("CONSOLE-045")
@pytest.mark.requirement("CONSOLE-080")
def test_a_phone_reads_acknowledges_and_reads_back(nodes: list[RunningNode], console: Open) -> None:
    a, b = nodes
    asked = {
        "text": "Confirm your position", "language": "en", "to": [_party(b)], "subject": "Phone",
        "precedence": "immediate", "particulars": {"number": {"value": 3, "of": "aircraft"}},
    }  # fmt: skip
    assert _told(a, "/v1/line/messages", asked)
    hand = {} if FIREFOX else {"has_touch": True, "is_mobile": True}
    c = console(b, viewport={"width": 360, "height": 740}, **hand)
    page = c.page
    expect(page.locator(".map")).not_to_be_visible()
    _touch(page.locator("nav button").nth(1))
    _touch(page.locator("#list .row").filter(has_text="Confirm your position"))
    _touch(page.locator('[data-action="acknowledge"]'))
    expect(page.locator("p.said")).to_contain_text("Acknowledged")
    _touch(page.locator('[data-action="read-back"]'))
    c.field("particulars.number").fill("3 aircraft")
    expect(page.locator(".compared .good-words")).to_be_visible()
    _touch(page.locator("form.form button.primary"))
    expect(page.locator("p.said")).to_contain_text("The read-back matches")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert _faults(page) == []
    _touch(page.locator(".open .close"))
    _bar_fits(page, 390)
    changed_answers.alarms_are_one_line_that_opens(c)
    _touch(page.locator(".rail .to-map"))
    expect(page.locator("#map")).to_be_visible()
    expect(page.locator("#list")).not_to_be_visible()
    expect(page.locator("#map")).to_have_css("width", "390px")
    assert _faults(page) == []
    _touch(page.locator(".from-map"))
    expect(page.locator("#list")).to_be_visible()
    expect(page.locator("#map")).not_to_be_visible()
    _back_closes_in_order(c)


def _back_closes_in_order(c: Console) -> None:
    """The browser's own back and forward, over the map, a detail and a form; what was written stays."""
    page, opened = c.page, c.page.locator(".screen.has-open")
    steps = page.evaluate("history.length")
    _touch(page.locator("#list .row").first)
    expect(page).to_have_url(re.compile("#list=messages&open=item:"))
    _touch(page.locator(".open .close"))  # by its own button: a step back, and no step more
    expect(opened).to_have_count(0)
    _touch(page.locator(".make button").nth(1))
    c.field("subject").fill("Kept over back")
    _touch(page.locator(".open .to-map"))
    expect(page.locator("#map")).to_be_visible()
    assert page.evaluate("history.length") <= steps + 2
    page.go_back()
    expect(page.locator("#map")).not_to_be_visible()
    expect(c.field("subject")).to_have_value("Kept over back")
    page.go_back()
    expect(opened).to_have_count(0)
    expect(page.locator(".drafts")).to_be_visible()
    page.go_forward()
    expect(c.field("subject")).to_have_value("Kept over back")
    page.reload()
    c.sign_in(covered=True)
    expect(c.field("subject")).to_have_value("Kept over back")
    page.go_back()
    expect(opened).to_have_count(0)
    expect(page.locator("#list .row").first).to_be_visible()
    # a link from elsewhere opens what it names, and no form
    page.goto(page.url.split("#")[0] + "#list=notices&form=message&open=nothing:1&replay=x/y")
    expect(page.locator("nav [aria-current=page]")).to_contain_text("Notices")
    expect(opened).to_have_count(0)
    expect(page.locator(".replay-banner")).to_have_count(0)


def _touch(what: Locator) -> None:
    if FIREFOX:  # by this driver nothing is touched
        what.click()
    else:
        what.tap()


@pytest.mark.requirement("CONSOLE-004")
@pytest.mark.requirement("CONSOLE-047")
def test_sites_groups_meetings_watch_and_agreements_by_their_forms(
    nodes: list[RunningNode], console: Open
) -> None:
    a, b = console(nodes[0]), console(nodes[1])
    page = a.page
    page.locator("body").press("e")
    filled = {
        "sites[0].names": "Example clinic (invented)", "sites[0].place": POSITION, "sites[0].owner": "Relief service",
        "sites[0].origin": "our doctor",
    }  # fmt: skip
    for name, value in filled.items():
        a.field(name).fill(value)
    page.locator("form.form button.primary").click()
    expect(page.locator("p.said")).to_contain_text("self-reported until a second person")
    page.locator("body").press("7")
    expect(page.locator("#list .row").filter(has_text="Example clinic")).to_be_visible()
    together.a_copy_abroad_is_taken_back_and_erased(a, b, nodes, "Example clinic")

    page.locator("body").press("w")
    a.field("reach").fill("desk 4")
    page.locator("form.form button.primary").click()
    expect(page.locator("header.top")).not_to_contain_text("NOBODY on watch")
    page.keyboard.press("Control+k")
    page.keyboard.type("propose a meeting")
    page.keyboard.press("Enter")
    for name, value in {
        "title": "Border talk",
        "start": tomorrow(9),
        "end": tomorrow(10),
        "zone": "UTC",
    }.items():
        a.field(name).fill(value)
    page.locator("form.form .check").first.click()
    page.locator("form.form button.primary").click()
    expect(page.locator("p.said")).to_contain_text("Meeting proposed")
    b.page.locator("body").press("8")
    row = b.page.locator("#list .row").filter(has_text="Border talk")
    expect(row).to_contain_text("YOUR ANSWER IS OWED")
    row.click()
    b.page.locator('[data-action="acknowledge"]').click()
    expect(row).not_to_contain_text("YOUR ANSWER IS OWED")
    href = b.page.locator("a.button").get_attribute("href")
    assert href is not None
    assert href.startswith("/console/meeting.html#meeting=")

    together.open_row(page, "9", "Gulf")
    page.get_by_role("button", name="Amend").click()
    text = a.field("text")
    expect(text).to_have_value(re.compile("comity_agreement"))
    written = text.input_value()
    amends = page.locator("#list .row").count()
    text.fill(
        written.replace(
            "version = 1", f'version = 2\namends = "{_agreement(nodes[0])}"', 1
        ).replace("guard_band_s = 10.0", "guard_band_s = 20.0")
    )
    expect(page.locator(".diff ins").filter(has_text="guard_band_s = 20.0")).to_be_visible()
    expect(page.locator(".diff del").filter(has_text="guard_band_s = 10.0")).to_be_visible()
    page.locator("form.form button.primary").click()
    expect(page.locator("#list .row")).to_have_count(amends + 1)
    b.page.locator("body").press("9")
    waiting = b.page.locator("#list .row").filter(has_text="YOUR SIGNATURE")
    waiting.filter(has_text="Gulf").click()
    expect(b.page.locator(".diff ins").filter(has_text="guard_band_s = 20.0")).to_be_visible()
    b.page.locator('[data-action="sign"]').click()
    b.page.locator(".asking button.primary").click()
    expect(b.page.locator("p.said")).to_contain_text("Signed")


def _agreement(node: RunningNode) -> str:
    told = node.client.get("/v1/agreements", AgreementsTold).agreements
    [stands] = [each.digest for each in told if each.in_force]
    return stands


@pytest.mark.requirement("CONSOLE-030")
@pytest.mark.requirement("CONSOLE-041")
@pytest.mark.requirement("CONSOLE-007")
def test_an_incident_is_opened_claimed_weighed_graded_and_told_by_its_forms(
    nodes: list[RunningNode], console: Open, tmp_path: Path
) -> None:
    spoken = standing.a_message(nodes)
    c, other = console(nodes[0]), console(nodes[1])
    page = c.page
    together.open_row(page, "2", spoken)
    page.get_by_role("button", name="Open an incident").click()
    c.field("title").fill("Crossing at the river (invented)")
    c.field("begins.stated").fill("2026-11-24T09:24:05+05:00")
    c.field("begins.zone").fill("Europe/Helsinki")
    page.locator("form.form button.primary").click()
    expect(page.locator("form.form .field-error:not(:empty)").first).to_contain_text("Helsinki")
    c.field("begins.stated").fill("2026-11-24T09:24:05+02:00")
    page.locator("form.form button.primary").click()
    incident = page.locator("article.incident")
    expect(incident.locator("h2")).to_contain_text("Crossing at the river")
    expect(incident).to_contain_text("2026-11-24T09:24:05+02:00 Europe/Helsinki")

    together.files_are_put_in_by_picking_and_by_dropping(c, tmp_path)
    _claim(c, "Aurelia", "It was 1.36 miles deep inside.", "yes", dropped="track.csv")
    expect(incident.locator("li.file")).to_have_count(3)
    _claim(c, "Borealis", "No aircraft of ours was inside.", "no", "https://example.invalid/told")
    table = incident.locator("table.side-by-side")
    expect(table.locator("thead button")).to_have_text(["Aurelia", "Borealis"])
    expect(table).to_contain_text("it did not happen")
    expect(incident.locator(".relation-excludes")).to_be_visible()
    expect(incident.locator(".outcome-of-strained").first).to_be_visible()
    expect(incident).to_contain_text("÷ 17 s")
    graded = incident.locator(".assessed").first
    graded.get_by_text("Sign a grade").first.click()
    graded.locator("[name=grade]").select_option("weak")
    graded.locator("form [name=words]").fill("One source alone")
    graded.locator("form button.primary").click()
    expect(graded.locator(".signed")).to_contain_text("One source alone")
    form = incident.locator("form[aria-label='Set a task']")
    incident.locator("summary", has_text="Set a task").click()
    form.locator("[name=title]").fill("Ask for the recording")
    form.locator("[name=due]").fill("tomorrow")
    form.locator("button.primary").click()
    expect(form.locator("[name=due]")).to_have_attribute("aria-invalid", "true")
    form.locator("[name=due]").fill(tomorrow(9))
    form.locator("button.primary").click()
    expect(incident.locator("li.card").filter(has_text="Ask for the recording")).to_be_visible()
    together.a_task_of_the_incident_is_changed_by_two(c, console(nodes[0]))
    incident.locator("summary", has_text="Tell parties of it").click()
    form = incident.locator("form[aria-label='Tell parties of it']")
    form.locator("input[type=checkbox]").first.check()
    form.locator("button.primary").click()
    expect(form.locator(".preview")).to_contain_text("not made to every party told")
    assert _faults(page) == []
    form.locator("button.primary").click()
    expect(page.locator("p.said")).to_contain_text("Told;")
    incident.locator('[data-action="close"]').click()
    incident.locator(".asking input").fill("too soon")
    incident.locator(".asking button.primary").click()
    expect(incident.locator(".act .field-error")).to_contain_text("task")
    incident.locator('[data-action="task-done"]').click()
    expect(incident.locator(".task-done.chip")).to_be_visible()

    other.page.locator("body").press("i")
    other.page.locator("#list .row").filter(has_text="Crossing at the river").click()
    expect(other.page.locator("article")).to_contain_text("nothing of it is ours")


def _claim(
    c: Console, claimant: str, words: str, says: str, published: str = "", dropped: str = ""
) -> None:
    c.page.get_by_role("button", name="Make a claim").click()
    filled = {
        "claimant": claimant, "title": f"Crossing, by {claimant}", "published_as": published,
        "sources[0].reference": "Report 12",
        "sources[0].origin": claimant, "statements[0].name": "crossing", "statements[0].topic": "border-crossed",
        "statements[0].words": words, "statements[0].starts": "2026-11-24T09:24:05+02:00",
        "statements[0].starts.zone": "Europe/Helsinki", "statements[0].place": "at the river, invented",
        "statements[0].figures": "length: 1.15 mi\ndepth: 1.36 mi\nduration: 17 s",
    }  # fmt: skip
    for name, value in filled.items():
        c.field(name).fill(value)
    c.field("statements[0].kind").select_option("border-violation")
    c.field("statements[0].says").select_option(says)
    if dropped:
        together.drop(c.page, "fieldset.material > .drop", dropped, "time,lat,lon\n")
        c.page.locator('[name="statements[0].material"]').check()
    c.page.locator("form.form button.primary").click()
    expect(c.page.locator("article.incident")).to_contain_text(words)


@pytest.mark.requirement("CONSOLE-031")
@pytest.mark.requirement("CONSOLE-032")
def test_the_past_is_replayed_as_known_then_and_who_knew_is_told(
    nodes: list[RunningNode], console: Open
) -> None:
    area = {
        "circle": {"centre": "59.5 N 24.5 E WGS84", "radius": "5 km"},
        "lower": ["0 ft EGM2008"],
        "upper": ["5000 ft EGM2008"],
    }
    notice = {
        "activity": "gunnery",
        "areas": [area],
        "starts": [tomorrow(3)],
        "ends": [tomorrow(4)],
    }
    assert _told(nodes[0], "/v1/notices", {"notice": notice})
    spoken = standing.a_message(nodes)
    c = console(nodes[0])
    page = c.page
    page.locator("body").press("y")
    at = page.locator("header time.utc").get_attribute("datetime")
    drawn = nodes[0].client.get("/v1/history/map", MapThenTold, at=at)
    rings = [each.parts[0].rings[0] for each in drawn.things if each.name == "gunnery"]
    assert [round(sum(lon for lon, _ in ring) / len(ring), 1) for ring in rings] == [24.5]
    c.field("since").fill("yesterday")
    page.locator("form.form button.primary").click()
    expect(c.field("since")).to_have_attribute("aria-invalid", "true")
    c.field("since").fill("2026-01-01T00:00:00Z")
    c.field("until").fill("2099-01-01T00:00:00Z")
    page.locator("form.form button.primary").click()
    expect(page.locator(".replay-banner")).to_contain_text("REPLAY, NOT NOW")
    expect(page.locator("[data-known=then]")).to_be_visible()
    expect(page.locator("#list")).to_contain_text("Nothing on record here stood at that moment")
    expect(page.locator("#list")).to_contain_text("where aircraft were is unknown")
    c.field("moment").press("End")
    row = page.locator("#list .row").filter(has_text=spoken)
    expect(row.first).to_be_visible()
    expect(page.locator("[data-drawn]")).to_contain_text("flights · ")
    expect(page.locator("[data-agreement=none]")).to_contain_text("No agreement was in force")
    expect(page.locator(".raised summary")).to_contain_text("Alerts raised in this period: 0")
    expect(page.locator("[data-action=alert-after]")).to_be_disabled()
    page.locator("input[name=known][value=now]").check()
    expect(page.locator("[data-known=now]")).to_be_visible()
    assert _faults(page) == []
    row.first.click()
    expect(page.locator("table.knew tr.not-known, table.knew tbody tr").first).to_be_visible()
    expect(page.locator("table.knew")).to_contain_text("this node's clock")
    page.locator('[data-action="draw"]').click()
    expect(page.locator("figure img")).to_have_js_property("complete", value=True)
    assert page.evaluate("document.querySelector('figure img').naturalWidth") > 100
    assert _faults(page) == []
    expect(page).to_have_url(re.compile("known=now&at=20"))
    page.reload()  # as does the address given to somebody else
    c.sign_in(covered=True)
    expect(page.locator("[data-known=now]")).to_be_visible()
    expect(page.locator("table.knew")).to_contain_text("this node's clock")
    page.locator(".replay-banner button").click()
    expect(page.locator(".replay-banner")).to_have_count(0)


@pytest.mark.requirement("CONSOLE-033")
def test_what_a_notice_touches_is_shown_in_the_nodes_own_words_before_it_is_sent(
    nodes: list[RunningNode], console: Open
) -> None:
    site = standing.a_site(nodes[0])
    c = console(nodes[0])
    page = c.page
    page.locator("body").press("h")
    filled = {
        "notice.activity": "helicopter", "notice.place": "10 km N of Tallinn", "notice.starts": tomorrow(3),
        "notice.ends": tomorrow(4),
    }  # fmt: skip
    for name, value in filled.items():
        c.field(name).fill(value)
    c.field("notice.areas").select_option("circle")
    c.field("notice.areas[0].circle.centre").fill(standing.SITE_STATED)
    c.field("notice.areas[0].circle.radius").fill("5 km")
    c.field("notice.areas[0].lower").fill("0 m AGL")
    c.field("notice.areas[0].upper").fill("3000 ft EGM2008")
    touches = page.locator("#notice-touches")
    expect(touches).to_contain_text("Not asked: what it touches is unknown.")
    with page.expect_response("**/v1/notices/preview*") as answer:
        touches.locator('[data-action="preview"]').click()
    told = answer.value.json()["touches"]
    assert told["answer"] == "touches"  # what is entered there
    expect(touches.locator(".touches-words")).to_have_text(told["words"])
    expect(touches).to_contain_text(told["always"])
    expect(touches.locator(".touched li")).to_contain_text(site)
    expect(touches.locator(".touched li")).to_contain_text("as entered")
    c.field("notice.place").fill("20 km N of Tallinn")
    expect(touches).to_contain_text("THE NOTICE WAS CHANGED")
    assert _faults(page) == []
    page.get_by_role("button", name="Discard the draft").click()


@pytest.mark.requirement("CONSOLE-003")
def test_no_text_of_a_hundred_hostile_ones_is_ever_more_than_text(
    nodes: list[RunningNode], console: Open
) -> None:
    a, b = nodes
    sent, peer = 0, _party(b)
    for text in HOSTILE:
        asked = {
            "text": text,
            "language": "en",
            "to": [peer],
            "subject": "S",
            "precedence": "priority",
        }
        sent += _told(a, "/v1/line/messages", asked)
    assert sent >= 85  # the node itself refuses what cannot be seen or turns words round
    c = console(b)
    page = c.page
    page.locator("body").press("2")
    expect(page.locator("#list .row").filter(has_text="vbscript:trap(1)")).to_be_visible()
    shown = page.locator("#list .row .clamp").all_inner_texts()
    assert "<img src=x onerror=trap(1)>" in shown
    assert len(set(shown) & {" ".join(each.split()) for each in HOSTILE}) > 60

    answered: list[str] = []

    def answer(route: Route) -> None:
        got = route.fetch()
        answered.append(route.request.url)
        route.fulfill(status=got.status, json=_hostile(got.json()) if got.ok else got.json())

    c.context.route(lambda url: re.search("/v1/(?!events|phrasebook)", url) is not None, answer)
    page.locator("body").press("u")
    expect(page.locator(".party")).not_to_contain_text("Borealis")
    for number in "123456789voiyl":
        page.locator("body").press(number)
        for index in range(min(3, page.locator("#list .row").count())):
            page.locator("#list .row").nth(index).dispatch_event("click")
            page.wait_for_timeout(20)
        assert page.evaluate(f"[{MADE}, {HANDLERS}]") == [0, 0], number
    for key in "npshewb":
        page.locator("body").press("Escape")
        page.evaluate("document.activeElement.blur()")
        page.locator("body").press(key)
        page.wait_for_timeout(20)
        assert page.evaluate(f"[{MADE}, {HANDLERS}]") == [0, 0], key
    page.mouse.move(5, 5)
    page.mouse.move(900, 500, steps=8)
    assert len({each.partition("?")[0] for each in answered}) >= 13
    assert page.evaluate("Object.prototype.polluted") is None


@pytest.mark.requirement("CONSOLE-050")
def test_what_cannot_be_read_or_drawn_takes_nothing_else_with_it_and_is_told(
    nodes: list[RunningNode], console: Open
) -> None:
    c = console(nodes[0])
    changed_answers.one_alarm_takes_no_other_with_it(c)
    changed_answers.a_part_that_fails_says_so_in_its_place(c)


@pytest.mark.requirement("CONSOLE-050")
@pytest.mark.parametrize("seed", changed_answers.SEEDS)
def test_no_answer_blanks_the_screen_or_fails_in_it(
    nodes: list[RunningNode], console: Open, seed: int
) -> None:
    changed_answers.no_answer_blanks_the_screen(console(nodes[0]), seed)


@pytest.mark.requirement("CONSOLE-034")
def test_a_demonstration_is_told_and_its_tour_taken_by_keys_left_and_taken_up_again(
    nodes: list[RunningNode], console: Open
) -> None:
    c = console(nodes[0])
    page = c.page
    expect(page.locator(".demonstration")).to_have_count(0)
    page.locator("body").press("g")
    expect(page.locator("section.tour")).to_have_count(0)  # on a watch there is none

    c.context.add_init_script(INVENTED)  # for the reload
    page.evaluate(INVENTED)
    page.locator("body").press("u")
    expect(page.locator(".demonstration")).to_contain_text("invented")
    stops = 0
    page.locator("body").press("g")
    tour = page.locator("section.tour")
    seen: set[str] = set()
    while tour.count():
        stops += 1
        expect(tour.locator("h2 small")).to_have_text(re.compile(f"\\W*{stops}\\W* of \\W*12\\W*"))
        expect(tour.locator("h2")).to_be_focused()  # read out, and the next Tab is a button
        seen.add(tour.locator("h2").inner_text())
        strip, framed = tour.bounding_box(), page.locator("[data-tour]").first.bounding_box()
        assert strip is not None
        assert framed is not None
        assert framed["y"] + framed["height"] <= strip["y"] + 4  # nothing lies under it
        if stops == 3:
            assert _faults(page) == []
            page.keyboard.press("Escape")
            expect(tour).to_have_count(0)
            page.reload()
            c.sign_in()
            expect(page.locator(".demonstration button")).to_have_text(
                re.compile(r"\W3\W+of\W+12\W")
            )
            page.locator("body").press("g")
            expect(tour.locator("h2 small")).to_have_text(re.compile(r"\W*3\W+of\W+12\W*"))
            page.locator("header select").select_option("ar")
            expect(tour.locator("h2")).to_contain_text("الخريطة")
            assert _faults(page) == []
            page.locator("header select").select_option("en")
            page.evaluate("document.activeElement.blur()")
        page.keyboard.press("g")
    assert stops == len(seen) == 12
    expect(page.locator(".demonstration button")).to_contain_text("five minutes")


@pytest.mark.skipif(NO_SCREEN, reason=WITHOUT_SCREEN)
@pytest.mark.requirement("MAP-013")
@pytest.mark.requirement("CONSOLE-017")
def test_the_map_is_drawn_beside_the_lists_and_its_lack_is_told(
    nodes: list[RunningNode], console: Open
) -> None:
    drawn = console(nodes[0], webgl=True)
    expect(drawn.page.locator("#map canvas.maplibregl-canvas")).to_be_visible()
    expect(drawn.page.locator("#map .cm-list h2")).to_contain_text("0 tracks")
    expect(drawn.page.locator("#map")).to_contain_text("not a clear sky")
    assert _faults(drawn.page) == []
    the_map_of_the_exercise_has_its_own_book_and_says_what_is_live(nodes[0], drawn)
    without = console(nodes[0])
    expect(without.page.locator("#map .map-fault")).to_contain_text("cannot be drawn")
    expect(without.page.locator("#map canvas")).to_have_count(0)
    expect(without.page.locator(".as-of.live").first).to_be_visible()


def the_map_of_the_exercise_has_its_own_book_and_says_what_is_live(
    node: RunningNode, c: Console
) -> None:
    standing.a_site(node)
    standing.a_site(node, "Practice school (invented)", exercise=True)
    real, practised = "Example school", "Practice school"  # the list cuts long names
    in_view, loud = c.page.locator("#map .cm-list li"), c.page.locator("#map .cm-loud")
    c.page.locator('[name="go-to"]').fill(standing.SITE_STATED)
    c.page.locator('[name="go-to"]').press("Enter")
    expect(in_view.filter(has_text=real)).to_have_count(1)
    asked: list[str] = []
    c.page.on("request", lambda request: asked.append(request.url))
    for book, shown, hidden in (("exercise", practised, real), ("real", real, practised)):
        c.page.keyboard.press("Control+k")
        c.page.keyboard.type(f"{book} book")
        c.page.keyboard.press("Enter")
        expect(c.page.locator(".banners > .exercise")).to_have_count(int(book == "exercise"))
        expect(in_view.filter(has_text=shown)).to_have_count(1)
        expect(in_view.filter(has_text=hidden)).to_have_count(0)
        if book == "exercise":
            expect(loud).to_contain_text("EXERCISE · tracks and alerts are LIVE")
    expect(loud).not_to_contain_text("EXERCISE")
    assert not [each for each in asked if "/air/stream?" in each]  # the live tracks went on


@pytest.mark.requirement("CONSOLE-018")
@pytest.mark.requirement("CONSOLE-009")
@pytest.mark.requirement("CONSOLE-010")
def test_a_working_group_and_its_minutes_by_their_screens(
    nodes: list[RunningNode], console: Open, tmp_path: Path
) -> None:
    a, b = console(nodes[0]), console(nodes[1])
    together.a_group_is_made_and_entered(a, b, "Relief flights")
    together.matters_and_documents(a, b, tmp_path)
    together.a_task_is_changed_by_two(a, b)
    # Who is faster than the screen is held by the node itself.
    group = a.node.client.get("/v1/groups", list)[0]["group"]
    [task] = a.node.client.get(f"/v1/groups/{group}", dict)["tasks"]
    version = task["versions"][0]
    late = {each: version[each] for each in ("title", "owner", "due")}
    status, problem = _refused(
        nodes[0], f"/v1/groups/{group}/tasks", late | {"task": task["task"], "base": ["0" * 64]}
    )
    assert (status, problem["field"]) == (400, "base")
    assert _faults(a.page) == []
    together.minutes_are_disputed(a, b, "Relief flights")
    together.a_meeting_is_countered(a, b)
    together.command(a.page, "العربية")
    assert _faults(a.page) == []


@pytest.mark.requirement("CONSOLE-019")
def test_an_observation_is_entered_shown_to_the_byte_approved_told_and_taken_back(
    nodes: list[RunningNode], console: Open
) -> None:
    a, b, lead = console(nodes[0]), console(nodes[1]), console(nodes[0], sign_in=False)
    lead.sign_in(together.LEAD, together.lead_token(nodes[0]))
    together.an_observation_is_entered(a, nodes[1])
    assert _faults(a.page) == []
    together.what_goes_out_is_shown_approved_and_taken_back(a, lead, b)


@pytest.mark.skipif(FIREFOX is not None, reason="WebDriver BiDi knows no passkeys without a person")
@pytest.mark.requirement("CONSOLE-020")
@pytest.mark.requirement("CONSOLE-042")
def test_what_takes_two_persons_leads_to_the_second_who_approves_by_passkey(
    nodes: list[RunningNode], browser: Browser, console: Open
) -> None:
    together.lead_token(nodes[0])
    together.propose_signature(nodes[0])
    made: list[Console] = []
    try:
        a, lead = console(nodes[0]), together.by_passkey(browser, nodes[0], made)
        together.one_signs_and_another_approves(a, lead)
        together.evidence_is_asked_for_approved_and_only_then_kept(a, lead)
        assert _faults(lead.page) == []
        lead.nothing_bad()
    finally:
        for each in made:
            each.close()


@pytest.mark.requirement("CONSOLE-049")
def test_no_screen_tells_a_raw_or_english_word_to_whoever_reads_arabic(
    nodes: list[RunningNode], console: Open
) -> None:
    """Every list with its first details, and every form that has a key, over what all tests before have made."""
    c = console(nodes[0], locale="ar")
    page = c.page
    told = " ".join(f"{_name(each)} {_party(each)}" for each in nodes)
    apart = SAME_EVERYWHERE | OF_A_PERSON | set(re.findall("[A-Za-z]+", told))
    left: dict[str, list[str]] = {}
    for key in "123456789iovly":
        page.keyboard.press("Escape")
        page.locator("body").press(key)
        rows = page.locator("#list .row")
        for index in range(min(rows.count(), ROWS_OPENED)):
            rows.nth(index).click()
            left[f"{key} {index}"] = page.evaluate(LEFT)
        left[key] = page.evaluate(LEFT)
    for key in "nsphebw?":
        for _ in range(3):
            page.keyboard.press("Escape")
        page.evaluate("document.activeElement.blur()")
        page.locator("body").press(key)
        expect(page.locator("form.form, dialog, .help").first).to_be_visible()
        left[key] = page.evaluate(LEFT)
    assert len(left) >= 22  # each of the keys, whatever stood in the lists
    raw = {at: sorted(set(words) - apart) for at, words in left.items()}
    assert {at: words for at, words in raw.items() if words} == {}


def _name(node: RunningNode) -> str:
    return node.client.get("/v1/card", CardTold).name
