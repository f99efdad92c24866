"""How the consoles of a call come to their connections: in virtual time, over a line that loses and turns round."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "src/comity/entrypoints/console/static"
FILES = {
    "exchange.js": STATIC / "exchange.js",
    "mesh_of_exchanges.js": HERE / "mesh_of_exchanges.js",
}
QUIET = {
    "seed": 1,
    "count": 6,
    "comeS": [0, 20],
    "lineS": [0.05, 0.5],
    "describeS": [0.1, 0.5],
    "connectS": [0.1, 1],
    "faultsS": 0,
    "faults": {},
    "diesAtS": [],
    "backAfterS": None,
    "endS": 600,
}
STORM = {
    "lost": 0.2,
    "doubled": 0.2,
    "refused": 0.2,
    "replyLost": 0.1,
    "overlooked": 0.3,
    "undescribed": 0.15,
    "unconnected": 0.3,
    "cut": 0.4,
    "forgotten": 0.002,
}
PAIRS = 15


def answer(route: Route) -> None:
    name = route.request.url.rpartition("/")[2]
    if name in FILES:
        route.fulfill(path=FILES[name])
    else:
        route.fulfill(body="<!doctype html>", content_type="text/html")


@pytest.fixture(scope="module")
def play(browser: Browser) -> Iterator[Any]:
    page = browser.new_page()
    page.set_default_timeout(60_000)
    page.route("**/*", answer)
    page.goto("http://localhost/")

    def played(*settings: dict[str, Any]) -> list[dict[str, Any]]:
        script = "async all => { const { play } = await import('./mesh_of_exchanges.js'); return all.map(play); }"
        told: list[dict[str, Any]] = page.evaluate(script, list(settings))
        return told

    yield played
    page.close()


@pytest.mark.requirement("CALL-010")
def test_six_consoles_on_a_quiet_line_say_nothing_twice(play: Any) -> None:
    for told in play(*({**QUIET, "seed": seed} for seed in range(20))):
        assert told["whole"]
        assert told["nowS"] < 30
        assert (told["attempts"], told["records"]) == (PAIRS, 2 * PAIRS)


@pytest.mark.requirement("CALL-010")
def test_a_slow_machine_never_throws_away_an_offer_whose_answer_is_under_way(play: Any) -> None:
    slow = {**QUIET, "lineS": [5, 30], "describeS": [10, 40], "connectS": [5, 25]}
    for told in play(*({**slow, "seed": seed} for seed in range(50))):
        assert told["whole"]
        assert told["nowS"] < 240
        assert told["attempts"] == PAIRS


@pytest.mark.requirement("CALL-010")
@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
def test_a_mesh_becomes_whole_after_any_storm_and_whoever_died_is_back_in_it(
    play: Any, count: int
) -> None:
    storm = {
        **QUIET,
        "count": count,
        "comeS": [0, 60],
        "lineS": [0.05, 20],
        "describeS": [0.1, 5],
        "faultsS": 400,
        "faults": STORM,
        "diesAtS": [150, 200],
        "backAfterS": 40,
        "endS": 3000,
    }
    for seed, told in enumerate(play(*({**storm, "seed": seed} for seed in range(100)))):
        assert told["whole"], f"seed {seed}"
        assert told["nowS"] < 1500, f"seed {seed}"


@pytest.mark.requirement("CALL-010")
def test_a_console_that_is_dead_is_offered_to_ever_more_seldom(play: Any) -> None:
    ten_hours = {**QUIET, "diesAtS": [60], "faultsS": 61, "endS": 36_000}
    [told] = play(ten_hours)
    assert not told["whole"]
    assert told["records"] < 2 * PAIRS + 5 * 80
