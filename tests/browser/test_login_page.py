"""A person with a passkey in a real browser: the one-time link, the login, and what is shown when it fails."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect
from tests.browsers import WAITS_MS
from tests.node_homes import OFFICER, RunningNode, make_home

from comity.entrypoints.home import read_running, split_address

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Latin letters outside of the node's own English, the names of the languages and that of this program
LATIN = """() => {
  const copy = document.body.cloneNode(true);
  for (const each of copy.querySelectorAll('option, script, [lang=en], code, h1')) each.remove();
  return [copy.textContent, document.title.replace('Comity', '')].join(' ').match(/[A-Za-z]{2,}/g) ?? [];
}"""


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningNode]:
    started = RunningNode(make_home(tmp_path_factory.mktemp("login") / "a"))
    yield started
    started.stop()


@pytest.fixture
def page(browser: Browser, node: RunningNode) -> Iterator[Page]:
    """A browser of its own with an authenticator that its owner unlocks; a policy broken fails the test."""
    context = browser.new_context(base_url=address(node, "localhost"))
    context.set_default_timeout(WAITS_MS)
    made = context.new_page()
    faults: list[str] = []
    made.on(
        "console",
        lambda told: faults.append(told.text) if "Content Security" in told.text else None,
    )
    made.on("pageerror", lambda fault: faults.append(str(fault)))
    made.authenticator = authenticator(made)  # type: ignore[attr-defined]  # goes with the page
    yield made
    context.close()
    assert faults == []


def authenticator(page: Page) -> Any:
    """Chromium's virtual one, by the protocol of its developer tools."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, made["authenticatorId"]


def address(node: RunningNode, name: str) -> str:
    running = read_running(node.layout)
    assert running is not None
    return f"http://{name}:{split_address(running.api_address, 'api_address')[1]}"


def link(node: RunningNode) -> str:
    told = node.client.post(f"/v1/operators/{OFFICER}/link", {}, dict)
    return str(told["path"])


def enrol(page: Page, node: RunningNode) -> None:
    page.goto(link(node))
    page.get_by_role("button", name="Make a passkey").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()


def who(page: Page) -> dict[str, Any]:
    return dict(page.evaluate("() => fetch('/v1/access/session').then((each) => each.json())"))


@pytest.mark.requirement("OPER-010")
@pytest.mark.requirement("OPER-012")
@pytest.mark.requirement("CONSOLE-046")
def test_a_person_enrols_by_link_and_logs_in_by_passkey(page: Page, node: RunningNode) -> None:
    enrol(page, node)
    assert "enrol" not in page.url, "the secret does not stay in the address"
    assert page.locator("#codes-none").is_visible()
    told = who(page)
    assert (told["operator"], told["by"], told["step_up"]) == (OFFICER, "session", ["passkey"])
    assert page.evaluate("() => document.cookie") == "", "the page cannot read its cookie"

    csrf = told["csrf"]
    left = page.evaluate(
        """(csrf) => fetch('/v1/access/logout', {method: 'POST', body: '{}',
            headers: {'content-type': 'application/json', 'comity-csrf': csrf}}).then((each) => each.status)""",
        csrf,
    )
    assert left == 200
    assert who(page)["reason"] == "token-refused"
    page.goto("/console/login#next=https://evil.example/")
    wanted: list[str] = []
    page.on("request", lambda asked: wanted.append(asked.url))
    page.get_by_role("button", name="Log in with a passkey").click()
    page.wait_for_url(f"{address(node, 'localhost')}/console/")  # and not where the link asked for
    assert not [each for each in wanted if "evil" in each]
    assert who(page)["operator"] == OFFICER
    page.goto("/console/login")
    expect(page.locator("#inside-who")).to_have_text(f"You are logged in as \u2068{OFFICER}\u2069.")
    assert not page.locator("#login").is_visible()
    page.get_by_role("button", name="Log out").click()
    page.get_by_role("button", name="Log in with a passkey").wait_for()
    assert page.locator("#said").inner_text() == "You are logged out."
    assert who(page)["reason"] == "token-refused"
    page.get_by_role("button", name="Log in with a passkey").click()
    page.wait_for_url("**/console/")
    page.goto("/console/meeting.html")
    page.locator("#token").fill("something")
    page.get_by_role("button", name="Log out").click()
    page.get_by_text("You are logged out here").wait_for()
    assert page.locator("#token").input_value() == ""
    assert who(page)["reason"] == "token-refused"


@pytest.mark.requirement("OPER-010")
def test_who_cannot_unlock_the_passkey_is_not_let_in(page: Page, node: RunningNode) -> None:
    session, name = page.authenticator  # type: ignore[attr-defined]  # put there by the fixture
    page.goto(link(node))
    page.get_by_role("button", name="Make a passkey").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    page.context.clear_cookies()
    session.send("WebAuthn.setUserVerified", {"authenticatorId": name, "isUserVerified": False})
    page.goto("/console/login")
    page.get_by_role("button", name="Log in with a passkey").click()
    page.get_by_text("The device gave no passkey").wait_for()
    assert who(page)["reason"] == "token-refused"


@pytest.mark.requirement("OPER-012")
def test_a_used_link_says_so_and_an_address_without_a_name_too(
    page: Page, node: RunningNode
) -> None:
    page.goto("/console/login#enrol=" + "0" * 64)
    page.get_by_text("used up, has ended or is unknown").wait_for()
    assert who(page)["reason"] == "token-refused"
    page.goto(f"{address(node, '127.0.0.1')}/console/login")
    page.get_by_text("Passkeys need a name").wait_for()
    assert who(page)["reason"] == "token-refused"


@pytest.mark.requirement("OPER-011")
def test_the_password_before_is_asked_for_where_the_node_says_so(
    page: Page, node: RunningNode
) -> None:
    """The node itself is told apart in test_access_api.py; here is what the page makes of its word."""
    page.goto(link(node))
    page.locator("#enrol").wait_for()
    assert page.locator("#asks-current").is_hidden()
    assert not page.evaluate("() => document.getElementById('current-password').required")

    def asks(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "asks_current_password": True})

    page.route("**/v1/access/enrol/begin", asks)
    page.goto(link(node))
    page.locator("#enrol").wait_for()
    page.locator("#enrol summary").click()
    page.locator("#new-password").fill("eight grey herons wade")
    page.locator("#new-code").fill("123456")
    with page.expect_request("**/v1/access/enrol/password") as asked:
        page.locator("#enrol-password button").click()  # held back: the field is required
        assert page.evaluate("() => document.activeElement.id") == "current-password"
        page.locator("#current-password").fill("seven grey herons wade")
        page.locator("#enrol-password button").click()
    body = asked.value.post_data_json
    assert body["current_password"] == "seven grey herons wade"


@pytest.mark.requirement("OPER-011")
def test_a_wrong_password_is_told_in_words_that_say_nothing(page: Page) -> None:
    page.goto("/console/login")
    page.get_by_text("Log in with password and code").click()
    page.locator("#who").fill("<img src=x onerror=alert(1)>")
    page.locator("#password").fill("a wrong one, and long")
    page.locator("#code").fill("123456")
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_text("Not let in. Nothing more is said").wait_for()
    assert who(page)["reason"] == "token-refused"
    assert page.locator("img").count() == 0  # the name typed is words, if it is shown at all


@pytest.mark.requirement("CONSOLE-048")
def test_login_and_call_speak_every_language_and_remember_the_choice(page: Page) -> None:
    page.goto("/console/login")
    expect(page.locator("#language")).to_have_value("en")
    page.locator("#other summary").click()
    for field, words in (("who", "somebody"), ("password", "a wrong one, and long"), ("code", "1")):
        page.locator(f"#{field}").fill(words)
    page.locator("#by-password button").click()
    page.get_by_text("Not let in").wait_for()
    for language, said, direction in (
        ("tr", "Giriş alınmadı", "ltr"),
        ("ru", "Вход не принят", "ltr"),
        ("ar", "لم يُقبل الدخول", "rtl"),
    ):
        page.locator("#language").select_option(language)
        expect(page.locator("#said")).to_contain_text(said)  # said before, and said anew
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.locator("html")).to_have_attribute("dir", direction)
        assert language == "tr" or page.evaluate(LATIN) == []
    assert faults(page) == []
    page.goto("/console/meeting.html#meeting=a/1")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.locator("#name").fill("Officer")
    page.locator("#token").fill("none")
    page.locator("#join").click()
    expect(page.locator("#message [lang=en]")).not_to_be_empty()
    expect(page.locator("#message")).to_contain_text("لم يُقبل هذا الرمز")
    assert page.evaluate(LATIN) == []
    assert faults(page) == []
    page.locator("#language").select_option("ru")
    expect(page.locator("#message")).to_contain_text("Этот токен не принят")
    page.goto("/console/")
    expect(page.locator("html")).to_have_attribute("lang", "ru")


def faults(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found]


@pytest.mark.requirement("OPER-017")
def test_a_page_of_another_port_cannot_act(page: Page, node: RunningNode) -> None:
    enrol(page, node)
    told = who(page)
    other = page.context.new_page()
    other.goto(f"{address(node, '127.0.0.1')}/console/login")
    status = other.evaluate(
        """([to, csrf]) => fetch(to + '/v1/access/logout', {method: 'POST', body: '{}', mode: 'no-cors',
            credentials: 'include'}).then(() => 'sent', () => 'not sent')""",
        [address(node, "localhost"), told["csrf"]],
    )
    assert status in {"sent", "not sent"}
    assert who(page)["operator"] == OFFICER
