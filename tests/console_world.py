"""The console of a running node in a browser: signing in, what it shows, and what must never happen in it."""

import re
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.browsers import WAITS_MS
from tests.node_homes import OFFICER, RunningNode

NO_WEBGL = """{
  const before = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
    return kind.startsWith("webgl") ? null : before.call(this, kind, ...more);
  };
}"""
TRAPS = """(() => {
  window.trapped = [];
  const note = (...told) => { window.trapped.push(told.map(String)); };
  for (const name of ['alert', 'confirm', 'prompt', 'print', 'trap']) {
    window[name] = (...said) => note(name, ...said);
  }
  document.addEventListener('securitypolicyviolation', (event) => {
    note('policy', event.violatedDirective, event.blockedURI, event.sample);
  });
})()"""
# The last: a browser without a graphics card tells that reading pixels is slow there.
NOISE = re.compile(
    r"Failed to load resource|net::ERR_|status of 4\d\d|GL Driver Message \(OpenGL, Performance"
)


class Console:
    """One console: a page of its own, with everything that went wrong in it."""

    def __init__(
        self, browser: Browser, node: RunningNode, *, webgl: bool = False, **context: Any
    ) -> None:
        """Without WebGL the map is not drawn, which software does slowly; the lists must do without."""
        self.node = node
        self.context: BrowserContext = browser.new_context(
            viewport=context.pop("viewport", {"width": 1440, "height": 900}),
            locale=context.pop("locale", "en-GB"),
            **context,
        )
        self.context.set_default_timeout(WAITS_MS)
        self.context.add_init_script(TRAPS)
        if not webgl:
            self.context.add_init_script(NO_WEBGL)
        self._look_at(self.context.new_page())

    def _look_at(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.page.on(
            "console",
            lambda m: (
                self.errors.append(m.text)
                if m.type in {"error", "warning"} and not NOISE.search(m.text)
                else None
            ),
        )
        self.page.on("pageerror", lambda error: self.errors.append(error.stack or str(error)))
        self.page.on("dialog", lambda dialog: self.errors.append(f"dialog {dialog.message}"))

    def beside(self) -> "Console":
        """Another tab of the same browser."""
        other = object.__new__(Console)
        other.node, other.context = self.node, self.context
        other._look_at(self.context.new_page())
        return other.open()

    @property
    def url(self) -> str:
        return f"http://{self.node.client.access.address}/console/"

    def open(self, *, sign_in: bool = True) -> "Console":
        self.page.goto(self.url)
        if sign_in:
            self.sign_in()
        return self

    def sign_in(
        self, operator: str = str(OFFICER), token: str | None = None, *, covered: bool = False
    ) -> None:
        """As the home's officer; `covered`: what was open opens again, over the lists or without one."""
        self.page.locator("dialog.sign-in input[name=operator]").fill(operator)
        self.page.locator("dialog.sign-in input[name=token]").fill(token or self.node.client.token)
        self.page.locator("dialog.sign-in button.primary").click()
        expect(self.page.locator("dialog.sign-in")).to_have_count(0)
        if not covered:
            expect(self.page.locator(".as-of.live").first).to_be_visible()

    def pane(self, number: int) -> None:
        """By its key, as a person would."""
        self.page.locator("body").press(str(number))

    def field(self, name: str) -> Any:
        return self.page.locator(f'[name="{name}"]')

    def nothing_bad(self) -> None:
        """No script of anybody else ran, nothing broke the policy, nothing failed."""
        trapped = self.page.evaluate("window.trapped")
        assert trapped == [], trapped
        assert not self.errors, self.errors

    def close(self) -> None:
        self.context.close()
