"""The console before answers that no node of ours tells: the API's examples with some of their values exchanged."""

import copy
import json
import os
import random
import re
import time
from collections.abc import Callable
from pathlib import Path as File
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, Route, expect
from tests.browser.hostile import HOSTILE
from tests.browsers import WAITS_MS
from tests.console_world import Console

from comity.entrypoints.api.api_examples import examples

_FROM, _, _COUNT = os.environ.get("COMITY_ANSWERS", "0:1").partition(":")
SEEDS = range(int(_FROM), int(_FROM) + int(_COUNT or 1))
PICTURES = os.environ.get("COMITY_PICTURES")
PANES = "123456789voiyl"
FORMS = "npshewb"
ROWS_OPENED = 3
SETTLES_MS = 25
ASKED_MS = 300
SERVED_MIN = 13  # answers of different operations that a page asks for without being told to
GOES_THROUGH = re.compile(r"/v1/(events|air/stream|access/session)\b")
LACKS = """() => [
  ...['.top', '.banners', '.panes', '#list', '#filter'].filter(each => !document.querySelector(each)),
  ...[...document.querySelectorAll('.not-shown')].map(each => each.innerText)]"""

CHANGES_MAX = 4  # of one answer
WHOLE_SHARE = 0.1  # of the answers: not changed but something else altogether
AS_IT_IS_SHARE = 0.3
LONG_CHARACTERS = 60_000
MANY = 3_000  # records of one list
DEEP = 5_000  # brackets within brackets

Path = tuple[str | int, ...]
INFINITE = "@infinite"  # written as 1e999, which a browser reads as infinite
WHOLE: tuple[str, ...] = (
    "",
    "null",
    "[]",
    "{}",
    '"text"',
    "17",
    "<html><script>trap(1)</script></html>",
    '{"at": ',
    "[" * DEEP,
    "[" * DEEP + "]" * DEEP,
    '{"__proto__": {"polluted": true}, "constructor": null}',
)
LINE_PX_MAX = 44


def _deep() -> Any:
    told: Any = "end"
    for _ in range(200):
        told = {"in": [told]}
    return told


def _other(value: Any, chance: random.Random) -> Any:
    """Another value in the place of one: of another type, or of the same and impossible."""
    others: list[Any] = [
        None,
        True,
        "",
        0,
        -1,
        1e308,
        2**70,
        INFINITE,
        [],
        {},
        [None],
        {"": {}},
        "9999-99-99T99:99:99Z",
        "yesterday",
        "constructor",
        "a-word-of-a-newer-node",
        chance.choice(HOSTILE),
        "W" * LONG_CHARACTERS,
        _deep(),
    ]
    if isinstance(value, list) and value:
        others += [value * (MANY // len(value)), [*value, value], [[each] for each in value]]
        others += [[*value, None], [*value, {}], dict(enumerate(value))]
    if isinstance(value, dict):
        others += [list(value.items()), [value], {**value, "__proto__": {"polluted": True}}]
    if isinstance(value, str):
        others += [[value], {"text": value}, value[:3], value.upper(), value * 200]
    if isinstance(value, (int, float)):
        others += [str(value), [value], -value, value * 1e30, "NaN"]
    return chance.choice(others)


def _paths(value: Any, at: Path = ()) -> list[Path]:
    """Every place in an answer."""
    found = [at]
    inside = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, each in inside:
        found += _paths(each, (*at, key))
    return found


def _change(told: Any, path: Path, chance: random.Random) -> Any:
    if not path:
        return _other(told, chance)
    at = told
    for key in path[:-1]:
        at = at[key]
    if chance.random() < 0.2:
        del at[path[-1]]
    else:
        at[path[-1]] = _other(at[path[-1]], chance)
    return told


def changed(told: Any, chance: random.Random) -> str:
    """An answer's text, changed in a few places or altogether."""
    if chance.random() < WHOLE_SHARE:
        return chance.choice(WHOLE)
    told = copy.deepcopy(told)
    if chance.random() >= AS_IT_IS_SHARE:
        for _ in range(chance.randint(1, CHANGES_MAX)):
            places = [path for path in _paths(told) if path]
            if not places:
                break
            told = _change(told, chance.choice(places), chance)
    return json.dumps(told).replace(f'"{INFINITE}"', "1e999")


def told_by_example(method: str) -> Callable[[str], tuple[str, Any] | None]:
    """Finds the operation of a path and what its written example tells."""
    known = [
        (re.compile(re.sub(r"\{\w+\}", "[^/]+", name.partition(" ")[2]) + r"\Z"), name, each.answer)
        for name, each in sorted(examples().items(), key=lambda one: one[0].count("{"))
        if name.startswith(f"{method} ") and each.answer is not None
    ]

    def found(path: str) -> tuple[str, Any] | None:
        return next(((name, answer) for form, name, answer in known if form.match(path)), None)

    return found


def answer_with(console: Console, made: Callable[[str, Any], str | None]) -> None:
    """What a page asks by GET is what a function makes of the operation and its example; None: as the node does."""
    find = told_by_example("GET")
    asked: set[str] = set()

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        asked.add(path)
        known = find(path) if route.request.method == "GET" else None
        body = None if known is None or GOES_THROUGH.search(path) else made(*known)
        if body is None:
            route.continue_()
        else:
            route.fulfill(status=200, content_type="application/json", body=body)

    console.context.unroute_all()
    console.context.route(re.compile("/v1/"), answer)
    until_asked = time.monotonic() + WAITS_MS / 1_000
    while "/v1/status" not in asked and time.monotonic() < until_asked:
        console.page.locator("body").press("u")  # a page that is not ready yet hears no key
        console.page.wait_for_timeout(ASKED_MS)
    assert "/v1/status" in asked


def no_answer_blanks_the_screen(console: Console, seed: int) -> None:
    """Every list, the first of its rows and the forms, with every answer changed by one seed."""
    chance = random.Random(seed)
    served: set[str] = set()

    def made(name: str, told: Any) -> str:
        served.add(name)
        return changed(told, chance)

    answer_with(console, made)
    page = console.page
    _open_everything(page)
    if PICTURES:
        page.screenshot(path=str(File(PICTURES) / f"answers-{seed}.png"))
    until_served = time.monotonic() + WAITS_MS / 1_000
    while len(served) < SERVED_MIN and time.monotonic() < until_served:
        page.locator("body").press("u")
        page.wait_for_timeout(ASKED_MS)
    assert len(served) >= SERVED_MIN
    _stands(page, "all answers changed")
    assert page.evaluate("Object.prototype.polluted") is None
    console.nothing_bad()


def _stands(page: Page, where: str) -> None:
    lacks = page.evaluate(LACKS)
    assert lacks == [], f"{where}: {lacks}"


def _open_everything(page: Page) -> None:
    for key in PANES:
        page.locator("body").press(key)
        page.wait_for_timeout(SETTLES_MS)
        _stands(page, f"list {key}")
        for index in range(min(ROWS_OPENED, page.locator("#list .row").count())):
            page.locator("#list .row").nth(index).dispatch_event("click")
            page.wait_for_timeout(SETTLES_MS)
            _stands(page, f"list {key}, row {index}")
        assert page.locator("#list").inner_text().strip()
    for key in FORMS:
        page.locator("body").press("Escape")
        page.evaluate("document.activeElement.blur()")
        page.locator("body").press(key)
        page.wait_for_timeout(SETTLES_MS)
        _stands(page, f"form {key}")
    page.locator("body").press("Escape")


def one_alarm_takes_no_other_with_it(console: Console) -> None:
    """One that cannot be read, then a whole answer, then all as it should be."""

    def made(name: str, told: Any) -> str | None:
        if name != "GET /v1/status":
            return None
        alarms = [
            {**told["alarms"][0], "goes_on": None, "says": "", "text": f"alarm {number}"}
            for number in range(3)
        ]
        for number, each in enumerate(alarms):
            each["at"] = 17 if number == 1 else f"2026-01-01T00:00:0{number}.000000Z"
        return json.dumps({**told, "alarms": alarms})

    page = console.page
    answer_with(console, made)
    page.locator("body").press("l")
    expect(page.locator(".alarm-card")).to_have_count(2)
    loud = page.locator(".screen > .unread.loud")
    expect(loud).to_contain_text(re.compile(r"records that cannot be read: \W?1"))
    expect(loud).to_contain_text("may be an alarm")
    loud.locator("summary").click()
    expect(loud).to_contain_text("alarms[1].at")
    expect(loud).to_contain_text("alarm 1")
    if PICTURES:
        page.screenshot(path=str(File(PICTURES) / "one-alarm.png"))

    answer_with(console, lambda name, _: "<html>" if name == "GET /v1/status" else None)
    expect(loud).to_contain_text("the answer cannot be read")
    expect(page.locator(".alarm-card")).to_have_count(2)  # as told before, and grey
    expect(page.locator("#list .as-of")).to_have_attribute("data-standing", "stale")

    answer_with(console, lambda *_: None)
    expect(page.locator(".unread")).to_have_count(0)
    console.nothing_bad()


def alarms_are_one_line_that_opens(console: Console) -> None:
    """On a phone, however many and however long; the bar's lights show their list over what is open."""

    def made(name: str, told: Any) -> str | None:
        if name != "GET /v1/status":
            return None
        alarm = {
            "code": "store", "party": None, "digest": None, "says": "", "values": {}, "goes_on": True,
            "about": None, "exercise": False, "text": "of many words " * 20,
        }  # fmt: skip
        each = [{**alarm, "at": f"2026-01-01T00:00:0{number}.000000Z"} for number in range(3)]
        return json.dumps({**told, "alarms": each})

    page = console.page
    answer_with(console, made)
    folded = page.locator(".banners .alarms-folded")
    expect(folded.locator("summary .count")).to_have_text("3")
    assert folded.evaluate("each => each.clientHeight") <= LINE_PX_MAX
    folded.locator("summary").click()
    expect(folded.locator(".alarm").last).to_be_visible()
    folded.locator("summary").click()
    page.locator("#list .row").first.click()
    page.locator("header .light").nth(2).click()
    expect(page.locator(".screen.has-open")).to_have_count(0)
    expect(page.locator("#list [data-action=line-check], #list .card").first).to_be_visible()
    page.locator("nav button").nth(1).click()
    answer_with(console, lambda *_: None)
    expect(folded.filter(has_text="of many words")).to_have_count(0)


def a_part_that_fails_says_so_in_its_place(console: Console) -> None:
    """The list cannot fold its words to small letters; everything else does without."""
    page = console.page
    page.evaluate(
        """() => {
          window.folded = String.prototype.toLocaleLowerCase;
          String.prototype.toLocaleLowerCase = () => { throw new TypeError('no letters here'); };
        }"""
    )
    page.locator("body").press("2")
    failed = page.locator("#list .not-shown")
    expect(failed).to_contain_text("Messages")
    expect(failed).to_contain_text("no letters here")
    for here in (".top .clock", ".banners", "#filter", "nav button"):
        expect(page.locator(here).first).to_be_attached()
    page.locator("body").press("l")
    expect(page.locator("#list .alarms")).to_be_visible()  # this list is not of that kind
    page.locator("body").press("2")
    page.evaluate("() => { String.prototype.toLocaleLowerCase = window.folded; }")
    failed.get_by_role("button", name="Try again").click()
    expect(page.locator("#list .rows")).to_be_visible()
    expect(page.locator(".not-shown")).to_have_count(0)
