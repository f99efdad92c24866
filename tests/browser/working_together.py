"""What officers of two nodes do together in the console, step by step as a person would."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Route, expect
from tests.browser.test_login_page import address, authenticator
from tests.browsers import FIREFOX
from tests.console_world import Console
from tests.integration.test_two_nodes import comity, tomorrow
from tests.node_homes import RunningNode, until
from tests.paired_nodes import party

from comity.domain.evidence import verify_bundle
from comity.entrypoints.api.messages import AgreementsTold, AgreementTold, RecordTold

LEAD = "lead"
SOUNDED = "performance.getEntriesByName('comity-sound').length > 0"


def lead_token(node: RunningNode) -> str:
    """A second person who may approve; from then on acts of weight take two at this node."""
    file: Path = node.layout.root / "tokens" / f"{LEAD}.token"
    if not file.exists():
        comity(node, "operator", "add", LEAD, "--name", "Lead", "--role", "supervisor", "--json")
    return file.read_text().strip()


def command(page: Page, words: str) -> None:
    """By name, out of the palette."""
    page.keyboard.press("Control+k")
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def submit(page: Page) -> None:
    page.locator("form.form .actions button.primary").last.click()


def press(page: Page, action: str, words: str | None = None) -> None:
    """One act of what is open, with its reason or its yes."""
    page.locator(f'[data-action="{action}"]').first.click()
    asking = page.locator(".asking")
    if words is not None:
        asking.locator("input").fill(words)
    asking.locator("button.primary").click()


def wrong(console: Console, name: str, words: str) -> None:
    """What is refused stands at its field, which has the focus."""
    submit(console.page)
    field = console.field(name)
    expect(field).to_have_attribute("aria-invalid", "true")
    if FIREFOX:  # of several windows only one has it; in its own window it must
        until(lambda: bool(field.evaluate("(each) => each === document.activeElement")))
    else:
        expect(field).to_be_focused()
    expect(field.locator("xpath=..").locator(".field-error")).to_contain_text(words)


def open_row(page: Page, pane: str, words: str) -> None:
    page.evaluate("document.activeElement.blur()")
    page.locator("body").press(pane)
    page.locator("#list .row").filter(has_text=words).first.click()


def a_copy_abroad_is_taken_back_and_erased(
    a: Console, b: Console, nodes: list[RunningNode], name: str
) -> None:
    """Its holder refuses first, and erases when it is asked again; by keys alone at the last."""
    hostile = '<img src=x onerror="trap(1)">'
    holder = party(nodes[1])
    consent = {
        "recipient": holder, "precision_m": 0.0, "until": tomorrow(9), "words": "as agreed", "names": True,
    }  # fmt: skip
    nodes[0].client.post("/v1/sites/consents", consent, RecordTold)
    open_row(b.page, "7", name)
    press(b.page, "receive", hostile)  # the first of its echelons has it, and says who
    expect(b.page.locator(".echelons .echelonstate-acknowledged").first).to_be_visible()
    expect(b.page.locator(".echelons")).to_contain_text(hostile)
    b.page.locator(".open .close").click()
    open_row(a.page, "7", name)
    copy = a.page.locator(".copy-card").filter(has_text=holder).first  # its person has seen it too
    expect(copy).to_contain_text("not taken back")
    press(a.page, "take-site-back", "the talks have ended")
    expect(copy).to_contain_text("stored there")
    waits = b.page.locator("#list .erasure-card.owed").filter(has_text="NOT ANSWERED")
    b.page.locator("body").press("7")
    for word, act in (("REFUSED", "refuse-erasure"), ("erased, by its own word", "erase-copy")):
        press(a.page, "ask-erasure", hostile)
        expect(copy).to_contain_text("NOT ANSWERED: not known")
        expect(waits).to_contain_text(hostile)
        rings(b.page, "asks us to erase", 1)
        b.page.locator(f'[data-action="{act}"]').focus()
        b.page.keyboard.press("Enter")
        b.page.keyboard.type(f"one print is left {hostile}")
        b.page.keyboard.press("Enter")
        expect(waits).to_have_count(0)
        rings(b.page, "asks us to erase", 0)
        expect(copy).to_contain_text(f"one print is left {hostile}")
        expect(copy.locator(".chip.erasure")).to_have_text(word)
    expect(copy.locator("[data-action]")).to_have_count(0)
    rings(a.page, "that it erased", 1)


def rings(page: Page, words: str, count: int) -> None:
    """How many alarms say so, in their list: the bar has the gravest alone. The list of sites stands again after it."""
    page.locator("body").press("l")
    expect(page.locator("#list .alarm-card").filter(has_text=words)).to_have_count(count)
    page.locator("body").press("7")


def a_group_is_made_and_entered(a: Console, b: Console, name: str) -> None:
    page = a.page
    command(page, "new working group")
    a.field("name").fill(name)
    a.field("terms").fill("Flights of relief; near misses.")
    page.locator("form.form .check").first.click()
    wrong(a, "legal_basis", "legal_basis")
    a.field("legal_basis").fill("humanitarian")
    submit(page)
    expect(page.locator("p.said")).to_contain_text("Group created")
    open_row(b.page, "8", name)
    expect(b.page.locator("article blockquote")).to_contain_text("Flights of relief")
    press(b.page, "acknowledge")
    expect(b.page.locator("article h2 .chip")).to_have_text("member")
    open_row(page, "8", name)
    expect(page.locator("table.grid tbody tr").filter(has_text="Borealis")).to_contain_text(
        "member"
    )


def matters_and_documents(a: Console, b: Console, folder: Path) -> None:
    page = a.page
    a.field("subject").fill("Drop zone")
    a.field("text").fill("We fly at 06:00Z.")
    page.locator("details[open] form.form button.primary").click()
    expect(page.locator(".group-matter h4")).to_have_text("Drop zone")
    matter = b.page.locator(".group-matter")
    expect(matter.locator("blockquote")).to_have_text("We fly at 06:00Z.")
    matter.locator("summary").click()
    matter.locator("textarea").fill("We stay west of it.")
    matter.locator("form.form button.primary").click()
    expect(page.locator(".group-matter .thread li")).to_have_count(2)

    page.get_by_role("button", name="Give a document").click()
    wrong(a, "content", "No file is chosen")
    lying = folder / "chart.png"
    lying.write_bytes(b"no picture at all")
    page.set_input_files(".drop input", lying)
    expect(a.field("content")).to_have_value(re.compile(r"\b17\b"))
    wrong(a, "name", "png")
    words = b"the order of approach\n"
    real = folder / "order.txt"
    real.write_bytes(words)
    page.set_input_files(".drop input", real)
    expect(a.field("name")).to_have_value("order.txt")
    submit(page)
    digest = hashlib.sha256(words).hexdigest()
    row = b.page.locator("table.grid tr").filter(has_text="order.txt")
    expect(row).to_contain_text(digest)
    with b.page.expect_download() as download:
        row.locator('[data-action="keep-document"]').click()
    assert Path(download.value.path()).read_bytes() == words
    expect(b.page.locator("p.said")).to_contain_text("digest was checked here: the same")


def a_task_is_changed_by_two(a: Console, b: Console) -> None:
    page = a.page
    page.get_by_role("button", name="Set a task").click()
    a.field("title").fill("Send the frequencies")
    a.field("due").fill("tomorrow at noon")
    a.field("owner").select_option(label="Borealis")
    wrong(a, "due", "RFC 3339")
    a.field("due").fill(tomorrow(12))
    submit(page)
    for each in (a, b):
        card = each.page.locator("article .card").filter(has_text="Send the frequencies")
        card.get_by_role("button", name="Change").click()
        expect(each.field("title")).to_have_value("Send the frequencies")
    b.field("title").fill("Send both frequencies")
    a.field("title").fill("Send the new frequencies")
    submit(b.page)
    changed = page.locator(".changed")
    expect(changed).to_contain_text("Somebody changed this")
    expect(changed).to_contain_text("Send both frequencies")
    expect(page.locator("form.form .actions button.primary").last).to_be_disabled()
    assert a.field("title").input_value() == "Send the new frequencies"
    changed.get_by_role("button", name="Take theirs").click()
    expect(a.field("title")).to_have_value("Send both frequencies")
    a.field("state").select_option("done")
    submit(page)
    expect(b.page.locator("article .card .chip").first).to_have_text("done")


def minutes_are_disputed(a: Console, b: Console, group: str, title: str = "Review") -> None:
    page = a.page
    open_row(page, "8", group)
    page.locator("article").get_by_role("button", name="Propose a meeting").click()
    for name, value in {"title": title, "start": tomorrow(9), "end": tomorrow(10)}.items():
        a.field(name).fill(value)
    a.field("zone").fill("UTC")
    page.locator("form.form .check").first.click()
    submit(page)
    open_row(b.page, "8", title)
    b.page.locator('[data-action="acknowledge"]').click()
    open_row(page, "8", title)
    expect(page.locator("article h2 .chip")).to_have_text("agreed")
    page.get_by_role("button", name="Propose minutes").click()
    a.field("lines").fill("Both sides spoke.\nThe aircraft turned at 21:47Z.")
    a.field("decisions").fill("Call before each drop.")

    page.reload()  # what was written is kept
    a.sign_in()
    expect(page.locator(".drafts")).to_contain_text("minutes")
    page.locator(".drafts button").filter(has_text="minutes").click()
    expect(a.field("decisions")).to_have_value("Call before each drop.")
    page.get_by_role("button", name="Add a task").click()
    a.field("tasks[0].title").fill("Write the procedure")
    a.field("tasks[0].due").fill(tomorrow(12))
    a.field("tasks[0].owner").select_option(label="Borealis")
    submit(page)
    expect(page.locator(".version")).to_have_count(1)

    theirs = b.page.locator(".version")
    expect(theirs).to_contain_text("turned at 21:47Z")
    expect(theirs.locator('[data-action="sign-minutes"]')).to_be_visible()
    theirs.get_by_role("button", name="Dispute").click()
    lines = b.field("lines")
    expect(lines).to_have_value(re.compile("21:47Z"))
    lines.fill(lines.input_value().replace("21:47Z", "21:52Z"))
    submit(b.page)
    for each in (a, b):
        versions = each.page.locator(".version")
        expect(versions).to_have_count(2)
        expect(versions.filter(has_text="21:47Z")).to_contain_text("DISPUTED")
        expect(each.page.locator(".diff del")).to_contain_text("21:47Z")
        expect(each.page.locator(".diff ins")).to_contain_text("21:52Z")
    boxes = [page.locator(".version").nth(each).bounding_box() for each in (0, 1)]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["y"] == boxes[1]["y"], "they stand beside each other"
    version = page.locator(".version").filter(has_text="21:52Z")
    version.locator('[data-action="sign-minutes"]').click()
    version.locator(".asking button.primary").click()
    expect(version.locator("h4 .chip")).to_have_text("signed")


def a_meeting_is_countered(a: Console, b: Console, title: str = "Review") -> None:
    page = b.page
    page.get_by_role("button", name="Propose another time").click()
    expect(b.field("title")).to_have_value(title)
    b.field("start").fill("noon")
    wrong(b, "start", "RFC 3339")
    b.field("start").fill(tomorrow(10))
    b.field("end").fill(tomorrow(11))
    submit(page)
    countered = a.page.locator("article .card").filter(has_text="10:00:00Z").last
    countered.locator('[data-action="accept-counter"]').click()
    expect(page.locator("article .card").filter(has_text="current")).to_contain_text("11:00:00Z")


POLICY: dict[str, Any] = {
    "kinds": ["hazard-to-flight"], "level_max": 12, "marking": "tlp:amber", "onward": [], "source": "reliability",
    "time_step_s": 600, "two_persons": True, "words": "all",
}  # fmt: skip


def an_observation_is_entered(a: Console, to: RunningNode) -> None:
    page = a.page
    command(page, "policy of release")
    expect(a.field("policy")).to_be_visible()
    a.field("policy").fill("{not json")
    wrong(a, "policy", "JSON")
    rules = {"labels": {"open": {**POLICY, "recipients": [party(to)]}}}
    a.field("policy").fill(json.dumps(rules))
    submit(page)
    expect(page.locator("p.said")).to_contain_text("in force and on record")
    page.locator("body").press("b")
    a.field("begins").fill(tomorrow(0).replace("T00", "T01"))
    a.field("position").fill("59°junk, 24x")
    a.field("words").fill("A balloon without lights at N 59 54.0 E 024 30.0")
    wrong(a, "position", "")
    a.field("position").fill("N 59 54.0 E 024 30.0 WGS84")
    wrong(a, "ends", "")
    a.field("begins").fill("2026-11-20T10:00:00Z")
    a.field("ends").fill("2026-11-20T10:20:00Z")
    wrong(a, "words", "")
    a.field("words").fill("A balloon without lights, drifting east.")
    a.field("source.kind").select_option("crew")
    a.field("source.name").fill("crew of PATROL3")
    page.locator("form.form fieldset .check").filter(has_text="open").click()
    submit(page)
    expect(page.locator("p.said")).to_contain_text("nobody else has it")
    expect(page.locator("article .preview .big")).to_contain_text("origin")


def what_goes_out_is_shown_approved_and_taken_back(a: Console, lead: Console, b: Console) -> None:
    page = a.page
    page.locator('[data-action="preview"]').click()
    form = page.locator(".form-shown").filter(has_text="Borealis")
    told = json.loads(form.locator("pre").inner_text())
    assert told["words"] == "A balloon without lights, drifting east."
    assert "PATROL3" not in json.dumps(told)
    expect(form).to_contain_text("NEEDS A SECOND PERSON")
    expect(form.locator(".check input")).to_be_disabled()
    open_row(lead.page, "o", "obstacle")
    lead.page.locator('[data-action="preview"]').click()
    assert json.loads(lead.page.locator(".form-shown pre").inner_text()) == told
    press(lead.page, "approve-form")
    expect(lead.page.locator(".form-shown")).to_contain_text("You approved this very form")
    page.locator('[data-action="preview"]').click()
    form.locator(".check input").check()
    press(page, "release")
    expect(page.locator("article")).to_contain_text("Told to")
    open_row(b.page, "o", "obstacle")
    expect(b.page.locator("article blockquote").first).to_have_text(told["words"])
    expect(b.page.locator("article")).to_contain_text("Somewhere in")
    b.page.locator("article").get_by_role("button", name="Check against others").click()
    submit(b.page)
    expect(b.page.locator("form.form .field-error").filter(has_text="beside")).to_be_visible()
    b.page.locator("body").press("Escape")
    press(page, "withdraw", "a lantern, found")
    expect(b.page.locator("article h2 .chip")).to_have_text("TAKEN BACK")


def propose_signature(node: RunningNode, title: str = "Night drops") -> None:
    """A text that amends the one in force, to be signed."""
    told = node.client.get("/v1/agreements", AgreementsTold).agreements
    [stands] = [each.digest for each in told if each.in_force]
    text = str(node.client.get(f"/v1/agreements/{stands}", dict)["text"])
    amended = text.replace("version = 1", f'version = 2\namends = "{stands}"', 1)
    amended = re.sub('title = ".*"', f'title = "{title}"', amended, count=1)
    node.client.post("/v1/agreements", {"text": amended}, AgreementTold)


def by_passkey(browser: Browser, node: RunningNode, made: list[Console]) -> Console:
    """The lead, at the name that passkeys belong to, with an authenticator of Chromium's."""
    console = Console(browser, node)
    made.append(console)
    authenticator(console.page)
    told = node.client.post(f"/v1/operators/{LEAD}/link", {}, dict)
    console.page.goto(address(node, "localhost") + str(told["path"]))
    console.page.get_by_role("button", name="Make a passkey").click()
    console.page.get_by_role("heading", name="Recovery codes").wait_for()
    console.page.goto(address(node, "localhost") + "/console/")
    expect(console.page.locator(".as-of.live").first).to_be_visible()
    return console


def one_signs_and_another_approves(a: Console, lead: Console, title: str = "Night drops") -> None:
    page = a.page
    open_row(page, "9", title)
    press(page, "sign")
    expect(page.locator("article h2")).to_contain_text("Sign an agreement")
    expect(page.locator("article")).to_contain_text("You proposed this")
    expect(page.locator('[data-action="approve"]')).to_have_count(0)

    badge = lead.page.locator("button.approvals")
    expect(badge).to_contain_text(re.compile(r"1\W* for you"))
    badge.click()
    lead.page.locator("#list .row").filter(has_text=title).first.click()
    asked: list[str] = []

    def long_after_the_login(route: Route) -> None:
        asked.append(str(route.request.post_data_json["what"]))
        if len(asked) > 1:
            route.continue_()
            return
        problem = {"title": "", "status": 403, "kind": "access", "reason": "step-up-required"}
        route.fulfill(status=403, json=problem)

    lead.context.route(re.compile("/approve$"), long_after_the_login)
    press(lead.page, "approve")
    dialog = lead.page.locator("dialog.sign-in")
    expect(dialog).to_contain_text("Show once more who you are")
    expect(dialog.locator("[name=code]")).to_have_count(0)  # this person has a passkey alone
    expect(dialog.locator('[data-action="passkey"]')).to_be_focused()
    dialog.locator('[data-action="passkey"]').press("Enter")
    expect(dialog).to_have_count(0)
    expect(lead.page.locator("article h2 .chip")).to_have_text("done")
    assert len(asked) == 2
    assert asked[0] == asked[1]
    expect(lead.page.locator("article .exact")).to_contain_text(asked[0])
    expect(page.locator("article")).to_contain_text("Approved by")
    expect(badge).to_have_count(0)


def drop(page: Page, where: str, name: str, text: str) -> None:
    """Let go of a file over a place of the page, as from the desk."""
    page.evaluate(
        """([where, name, text]) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([text], name));
          document.querySelector(where).dispatchEvent(
            new DragEvent('drop', {dataTransfer, bubbles: true, cancelable: true}));
        }""",
        [where, name, text],
    )


def files_are_put_in_by_picking_and_by_dropping(c: Console, folder: Path) -> None:
    page = c.page
    incident = page.locator("article.incident")
    incident.locator("summary", has_text="Put in a file").click()
    form = incident.locator("form[aria-label='Put in a file']")
    lying = folder / "radar.png"
    lying.write_bytes(b"no picture\n")
    page.set_input_files("form[aria-label='Put in a file'] input[type=file]", lying)
    expect(form.locator(".taken")).to_contain_text(hashlib.sha256(b"no picture\n").hexdigest())
    form.locator("[name=origin]").fill("<img src=x onerror=trap(1)> own radar")
    form.locator("button.primary").click()
    expect(form.locator("[name=name]")).to_have_attribute("aria-invalid", "true")
    form.locator("[name=name]").fill("radar.txt")
    form.locator("button.primary").click()
    row = incident.locator("li.file")
    expect(row).to_contain_text("text/plain")
    expect(row).to_contain_text("<img src=x onerror=trap(1)> own radar")
    with page.expect_download() as download:
        row.locator('[data-action="keep-file"]').click()
    assert Path(download.value.path()).read_bytes() == b"no picture\n"
    large = "x" * (256 * 1024 + 1)
    drop(page, "form[aria-label='Put in a file'] .drop", "recording.txt", large)
    expect(form.locator(".taken")).to_contain_text("by its digest alone")
    form.locator("[name=origin]").fill("own radar")
    form.locator("button.primary").click()
    alone = row.filter(has_text="recording.txt")
    expect(alone).to_contain_text(hashlib.sha256(large.encode()).hexdigest())
    expect(alone).to_contain_text("DIGEST ALONE")


def a_task_of_the_incident_is_changed_by_two(first: Console, second: Console) -> None:
    """Who is second sees it; who is faster than the screen is held by the node."""
    open_row(second.page, "i", "Crossing at the river")
    for each in (first, second):
        card = each.page.locator("li.card").filter(has_text="Ask for the recording")
        card.get_by_role("button", name="Change").click()
        expect(each.field("title")).to_have_value("Ask for the recording")
    second.field("title").fill("Ask for both recordings")
    submit(second.page)
    changed = first.page.locator(".changed")
    expect(changed).to_contain_text("Ask for both recordings")
    expect(first.page.locator("form.form .actions button.primary").last).to_be_disabled()
    changed.get_by_role("button", name="Mine shall take its place").click()
    submit(first.page)
    expect(second.page.locator("li.card").filter(has_text="Ask for the recording")).to_be_visible()
    second.page.locator("body").press("Escape")


def it_sounds(page: Page) -> None:
    """Where there is no device of sound, Firefox lets nothing sound, and the bar says so."""
    if FIREFOX:
        silent = page.locator("header.top .loud-button")
        until(lambda: bool(silent.count() or page.evaluate(SOUNDED)))
    else:
        until(lambda: bool(page.evaluate(SOUNDED)))


def an_alarm_is_listed_in_every_language(console: Console) -> None:
    """Its sentence is the locale's; what a person wrote stays as it was, marked with its language."""
    page = console.page
    page.locator("body").press("l")
    card = page.locator(".alarm-card.goes-on").filter(has_text="Two of ours without radio")
    expect(card).to_contain_text("FLASH from")
    page.locator("header select").select_option("ru")
    expect(card).to_contain_text("FLASH от")
    expect(card.locator("[lang=en]")).to_contain_text("Two of ours without radio")
    page.locator("header select").select_option("en")
    page.evaluate("document.activeElement.blur()")
    page.locator("body").press("2")


def evidence_is_asked_for_approved_and_only_then_kept(a: Console, lead: Console) -> None:
    """Nothing of it is handed out before another person has approved the list."""
    page, title = a.page, "What was agreed (invented)"
    command(page, "export evidence")
    a.field("title").fill(title)
    wrong(a, "records", "state which")
    a.field("kinds").fill("agreement.*")
    submit(page)
    expect(page.locator("article h2")).to_contain_text("Export evidence")
    expect(page.locator('[data-action="keep-bundle"], [data-action="approve"]')).to_have_count(0)
    open_row(lead.page, "v", title)
    press(lead.page, "approve")
    expect(lead.page.locator("article h2 .chip")).to_have_text("done")
    with page.expect_download() as download:
        page.locator('[data-action="keep-bundle"]').click()
    with Path(download.value.path()).open("rb") as file:
        verified = verify_bundle(file.read)
    assert verified.manifest.title == title
    assert verified.manifest_record.operator == "officer"
