"""The page that verifies a bundle, opened from disk in a real browser."""

import base64
import io
import json
import os
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request
from tests.bundle_mutants import mutants, outcome
from tests.bundle_world import BundleWorld
from tests.shared_files import shared
from tests.vectors.test_shared_ed25519 import VERDICTS

from comity.domain.evidence import stamp_message, verify_bundle
from comity.entrypoints.cli.verifier_file import verifier_page
from comity.entrypoints.offline_verifier.reading import RefusedError
from comity.entrypoints.offline_verifier.stamps import read_stamp

MUTANTS = int(os.environ.get("COMITY_MUTANTS", "400"))
MUTANTS_FROM = int(os.environ.get("COMITY_MUTANTS_FROM", "13"))
BUNDLES = sorted(
    each.parent for each in Path(__file__).parents[2].glob("vectors/bundle/*/expected.json")
)
VERDICTS_OF = """async (bundles) => Promise.all(bundles.map(async (each) => {
  const bytes = Uint8Array.from(atob(each), (one) => one.charCodeAt(0));
  const found = await comity.verdictOf(new Blob([bytes]));
  return [found.reason, found.shown];
}))"""
STAMPS_OF = """([tokens, message]) => {
  const bytes = (text) => comity.fromBase64(text, null, 'x', 'x');
  return tokens.map((each) => {
    try { return comity.readStamp(bytes(each), bytes(message)); } catch (error) { return error.message; }
  });
}"""
HOLDS = """async (cases) => Promise.all(cases.map(([key, message, signature]) => comity.holds(
  comity.fromBase64(key, null, 'x', 'x'), new TextEncoder().encode(message),
  comity.fromBase64(signature, null, 'x', 'x'))))"""


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    file = tmp_path / "comity-verify.html"
    file.write_bytes(verifier_page())
    context = browser.new_context()
    asked: list[str] = []
    said: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith("file://"):
            asked.append(request.url)

    opened = context.new_page()
    opened.on("request", note)
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.goto(file.as_uri())
    yield opened
    context.close()
    assert asked == [], "the page asked the network"
    assert said == [], "the page broke its policy or failed"


def check(page: Page, path: Path, content: bytes) -> str:
    path.write_bytes(content)
    page.set_input_files("#bundle", path)
    page.locator("#verdict.holds, #verdict.refused").wait_for()
    return page.inner_text("#verdict")


@pytest.mark.requirement("EVID-013")
def test_a_bundle_is_checked_on_the_page_and_what_it_does_not_show_is_said(
    page: Page, tmp_path: Path
) -> None:
    world = BundleWorld()
    assert check(page, tmp_path / "case.zip", world.bundle()) == "HOLDS: A case"
    details = page.inner_text("#details")
    assert "3 shown, 0 withheld, 5 neither, of 8" in details
    assert "names a person" in details
    assert "That what the records say is true" in details
    changed = bytearray(world.bundle())
    changed[700] ^= 1
    assert check(page, tmp_path / "changed.zip", bytes(changed)).startswith("DOES NOT HOLD: ")
    assert page.inner_text("#details") == ""


@pytest.mark.requirement("EVID-005")
def test_a_root_key_that_the_person_knows_is_the_only_one_taken(page: Page, tmp_path: Path) -> None:
    world = BundleWorld()
    page.click("summary")
    key = base64.b64encode(world.bravo.root.public_key).decode()
    page.fill("#roots", f"{world.bravo.id}={key}")
    assert check(page, tmp_path / "case.zip", world.bundle()).startswith("HOLDS")
    assert f"{world.bravo.id}, Party bravo: the one you gave" in page.inner_text("#details")
    page.fill("#roots", f"{world.bravo.id}={base64.b64encode(bytes(32)).decode()}")
    page.click("#again")
    page.locator("#verdict.refused").wait_for()
    assert "root-key" in page.inner_text("#verdict")


@pytest.mark.requirement("EVID-013")
def test_nothing_of_a_bundle_is_ever_markup(page: Page, tmp_path: Path) -> None:
    world = BundleWorld()
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    for log in (world.out, world.back, world.own):
        log.say("line.check", {"text": hostile}, world.made_at.plus_s(-50.0))
    world.leaves = 17
    assert check(page, tmp_path / "case.zip", world.bundle()).startswith("HOLDS")
    assert hostile in page.inner_text("#details")
    assert page.query_selector("#details img, #details script") is None


@pytest.mark.requirement("EVID-013")
@pytest.mark.parametrize("native", [True, False], ids=["native", "library"])
def test_the_914_verdicts_are_those_of_every_verifier(page: Page, native: bool) -> None:
    cases = json.loads(shared("vectors/ed25519/ed25519vectors.json").read_bytes())
    cases.sort(key=lambda case: case["number"])

    def encoded(text: str) -> str:
        return base64.b64encode(bytes.fromhex(text)).decode()

    page.evaluate(f"comity.engine.allowNative = {json.dumps(native)}")
    asked = [[encoded(case["key"]), case["msg"], encoded(case["sig"])] for case in cases]
    verdicts = page.evaluate(HOLDS, asked)
    assert "".join("a" if each else "r" for each in verdicts) == VERDICTS["verdicts"]


@pytest.mark.requirement("EVID-013")
def test_the_page_says_of_the_vectors_what_they_expect(page: Page, tmp_path: Path) -> None:
    asked = [base64.b64encode((case / "bundle.zip").read_bytes()).decode() for case in BUNDLES]
    for case, (reason, shown) in zip(BUNDLES, page.evaluate(VERDICTS_OF, asked), strict=True):
        expected = json.loads((case / "expected.json").read_bytes())
        assert reason == expected.get("reason"), case.name
        assert [int(each.split(" ")[2]) for each in shown] == expected.get("shown", []), case.name
    stamped = next(each for each in BUNDLES if each.name == "stamp-untrusted")
    check(page, tmp_path / "stamped.zip", (stamped / "bundle.zip").read_bytes())
    assert "Bound to this bundle" in page.inner_text("#details")
    assert "WHO SIGNED IT IS NOT CHECKED HERE" in page.inner_text("#details")
    say_the_same_of_changed_tokens(page, stamped / "bundle.zip")


def say_the_same_of_changed_tokens(page: Page, bundle: Path) -> None:
    """Both readers without roots, on one token with one byte changed at a time."""
    manifest = verify_bundle(io.BytesIO(bundle.read_bytes()).read).manifest
    message = stamp_message(manifest.files[:-1])
    with zipfile.ZipFile(bundle) as archive:
        reply = archive.read(manifest.files[-1].name)
    chance = random.Random(161)
    tokens = [reply]
    for position in range(len(reply)):
        changed = bytearray(reply)
        changed[position] ^= 1 << chance.randrange(8)
        tokens.append(bytes(changed))
    sent = [base64.b64encode(each).decode() for each in tokens]
    told = page.evaluate(STAMPS_OF, [sent, base64.b64encode(message).decode()])
    for token, found in zip(tokens, told, strict=True):
        try:
            expected: object = read_stamp(token, message)
        except RefusedError as error:
            expected = str(error)
        assert found == expected
    assert 1 < sum(isinstance(each, dict) for each in told) < len(told) - 100


@pytest.mark.requirement("EVID-013")
def test_the_page_says_the_same_of_changed_bundles(page: Page) -> None:
    world, other = BundleWorld(), BundleWorld(name="other")
    made = mutants(world, other, random.Random(MUTANTS_FROM))
    accepted = 0
    for start in range(0, MUTANTS, 100):
        batch = [next(made) for _ in range(min(100, MUTANTS - start))]
        asked = [base64.b64encode(each.bundle).decode() for each in batch]
        for mutant, (reason, shown) in zip(batch, page.evaluate(VERDICTS_OF, asked), strict=True):
            expected = outcome(mutant.bundle)
            assert (reason is None) == (expected.reason is None), (mutant.name, reason, expected)
            assert {tuple(each.split(" ")) for each in shown} == {
                tuple(map(str, each)) for each in expected.shown
            }, mutant.name
            accepted += reason is None
    assert 0 < accepted < MUTANTS // 2
