"""Two nodes in two processes, by command line: two incidents of one event, claims, grades, a bundle."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.claim_trees import statement, tree
from tests.integration.test_two_nodes import agree, comity
from tests.node_homes import OFFICER, RunningNode, until
from tests.paired_nodes import paired_nodes, party

from comity.entrypoints.cli.bundling import verify_file

FIRST = ("--operator", OFFICER)
HOSTILE = '<img src=x onerror=alert(1)> $(reboot) "; DROP TABLE journal; --'


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[RunningNode]]:
    with paired_nodes(tmp_path_factory.mktemp("incidents")) as running:
        agree(running)
        yield running


def claim_file(folder: Path, claimant: str, **changed: Any) -> Path:
    path = folder / f"{claimant}.json"
    path.write_text(json.dumps(tree(statement(**changed), claimant=claimant)), encoding="utf-8")
    return path


def opened(node: RunningNode, *more: object) -> str:
    told = comity(
        node, "incident", "open", "border-violation", "At the river", *more, "--json", *FIRST
    )
    return str(told["incident"])


@pytest.mark.requirement("INCIDENT-029")
@pytest.mark.requirement("INCIDENT-025")
@pytest.mark.requirement("INCIDENT-030")
def test_two_incidents_of_one_event_from_claim_to_bundle(
    nodes: list[RunningNode], tmp_path: Path
) -> None:
    a, b = nodes
    at_a, at_b = party(a), party(b)
    comity(a, "operator", "add", "ben", "--name", "Ben", "--role", "officer", *FIRST)
    mine = opened(a, "--begins", "2026-11-24T09:24:05+02:00", "--zone", "Europe/Helsinki")
    made = comity(a, "incident", "claim", mine, claim_file(tmp_path, "Aurelia"), "--json", *FIRST)
    comity(a, "incident", "give", made["claim"], "--to", at_b, *FIRST)
    until(lambda: len(comity(b, "incident", "list", "--json")["unfiled_claims"]) == 1)
    assert "CLAIM THAT NOBODY HERE HAS FILED" in comity(b, "incident", "list")
    [theirs] = comity(b, "incident", "list", "--json")["unfiled_claims"]
    other = opened(b, "--claim", theirs["record"])
    answer = comity(
        b, "incident", "claim", other, claim_file(tmp_path, "Borealis", says="no"), "--json", *FIRST
    )
    comity(b, "incident", "give", answer["claim"], "--to", at_a, *FIRST)
    told = comity(b, "incident", "tell", other, "--to", at_a, "--words", HOSTILE, "--json", *FIRST)
    until(lambda: len(comity(a, "incident", "list", "--json", *FIRST)["told"]) == 1)
    until(lambda: len(comity(a, "incident", "claims", "--json", *FIRST)) == 2)
    assert HOSTILE in comity(a, "incident", "list", *FIRST)
    [received] = comity(a, "incident", "claims", "--author", at_b, "--json", *FIRST)
    comity(a, "incident", "link", mine, "claim", received["record"][:8], *FIRST)
    comity(a, "incident", "link", mine, "telling", told["record"]["digest"], *FIRST)
    agreed_to(a, mine)

    graded = comity(a, "incident", "grade", mine, made["claim"], "crossing", "--json", *FIRST)
    grade = graded["record"]["digest"]
    comity(
        a, "incident", "grade", mine, made["claim"], "crossing", "--grade", "fair", *FIRST, code=6
    )
    comity(a, "incident", "dissent", mine, grade, "weak", "--words", "one letter", *FIRST, code=6)
    comity(a, "incident", "dissent", mine, grade[:12], "weak", "--words", "one letter",
           "--operator", "ben")  # fmt: skip
    comity(a, "incident", "tell", mine, "--to", at_b, "--operator", "ben", code=3)
    shown = comity(a, "incident", "show", mine, "--json", *FIRST)
    [signed] = shown["grades"]
    assert (signed["grade"], signed["rule"], signed["dissents"][0]["operator"]) == (
        "contested",
        "G3",
        "ben",
    )
    assert [each["incident"] for each in shown["side_by_side"]] == [other]
    assert [each["claimant"] for each in shown["claims"]] == ["Aurelia", "Borealis"]
    assert "DISSENT of ben: weak: one letter" in comity(a, "incident", "show", mine, *FIRST)
    assessed = comity(a, "incident", "assess", mine, "--json", *FIRST)
    assert [each["relation"] for each in assessed["comparisons"]] == ["excludes"]

    due = ("--due", "2026-01-01T00:00:00Z")
    comity(a, "incident", "task", mine, "Ask the tower", "--owner", "ada", *due, *FIRST)
    assert "tasks owed: 1, 1 OVERDUE" in comity(a, "status", *FIRST)
    assert "OVERDUE task" in comity(a, "incident", "list", *FIRST)
    comity(a, "incident", "close", mine, "--reason", "done", *FIRST, code=6)
    assert comity(b, "status", "--json")["incident_tasks_owed"] == 0
    bundle_of(a, mine, tmp_path)


def agreed_to(node: RunningNode, incident: str) -> None:
    """The agreement linked by the beginning of its digest, and the link taken away and made again."""
    [agreement] = comity(node, "agreement", "show", "--json", *FIRST)["agreements"]
    link = ("incident", "link", incident, "agreement")
    comity(node, *link, agreement["digest"][:8], "--part", "Article 4", *FIRST)
    comity(node, *link, agreement["digest"][:8], "--part", "Article 4", "--undo", "5", *FIRST)
    comity(node, *link, agreement["digest"][:8], "--part", "Article 5", *FIRST)
    linked = comity(node, "incident", "show", incident, "--json", *FIRST)["links"]
    assert [(e["digest"], e["part"]) for e in linked if e["what"] == "agreement"] == [
        (agreement["digest"], "Article 5")
    ]
    strange = "0" * 8 if not agreement["digest"].startswith("0" * 8) else "1" * 8
    comity(node, *link, strange, *FIRST, code=3)
    comity(node, *link, agreement["digest"][:7], *FIRST, code=3)
    comity(node, "evidence", "bundle", "-o", "x.zip", "--title", "x", "--record", strange, *FIRST,
           code=3)  # fmt: skip


def bundle_of(a: RunningNode, incident: str, folder: Path) -> None:
    """A bundle of the incident: all its records and those that it links; tasks withheld, and said so."""
    file = folder / "plots.txt"
    file.write_bytes(b"plots of the radar\n")
    comity(a, "incident", "file", incident, file, "--origin", "Radar", "--digest-only", *FIRST)
    sha256 = comity(a, "incident", "show", incident, "--json", *FIRST)["files"][0]["sha256"]
    comity(a, "incident", "link", incident, "track", sha256[:8], *FIRST)
    output = folder / "river.zip"
    stated = ("--title", "At the river", "--withhold-kind", "incident.task=own work")
    made = comity(
        a, "evidence", "bundle", "-o", output, "--incident", incident, *stated, "--json", *FIRST
    )
    kinds = [each["kind"] for log in made["logs"] for each in log["shown"]]
    for kind in ("incident.opening", "incident.grade", "incident.dissent", "incident.telling"):
        assert kind in kinds, kinds
    assert kinds.count("claim.version") >= 2
    assert "incident.task" not in kinds
    withheld = [each["reason"] for log in made["logs"] for each in log["withheld"]]
    assert withheld == ["own work"]
    assert made["left_out"]["bytes"] == [sha256]
    assert verify_file(output, {}).manifest.title == "At the river"
    with zipfile.ZipFile(io.BytesIO(output.read_bytes())) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
    assert b"Ask the tower" not in content
    again = folder / "with-plots.zip"
    made = comity(a, "evidence", "bundle", "-o", again, "--incident", incident, "--material", file,
                  *stated, "--json", *FIRST)  # fmt: skip
    assert made["left_out"]["bytes"] == []


@pytest.mark.requirement("INCIDENT-028")
@pytest.mark.requirement("INCIDENT-029")
def test_bad_input_is_refused_by_field_and_limit(nodes: list[RunningNode], tmp_path: Path) -> None:
    a, _ = nodes
    mine = opened(a)
    for name, content in (
        ("a.txt", b"<svg onload=alert(1)>"),
        ("b.pdf", b"%PDF-1.4 /Launch"),
        ("c.exe", b"MZ\0"),
    ):
        file = tmp_path / name
        file.write_bytes(content)
        comity(a, "incident", "file", mine, file, "--origin", "x", *FIRST, code=3)
    big = tmp_path / "big.txt"
    big.write_bytes(b"x" * (300 << 10))
    comity(a, "incident", "file", mine, big, "--origin", "x", *FIRST, code=3)
    for begins in ("2026-11-24T09:24:05", "2026-02-30T09:24:05Z", "yesterday"):
        comity(a, "incident", "open", "other", "x", "--begins", begins, *FIRST, code=3)
    zone = ("--zone", "Europe/Istanbul", "--begins", "2015-11-24T09:24:05+03:00")
    comity(a, "incident", "open", "other", "x", *zone, *FIRST, code=3)
    comity(a, "incident", "open", "provocation", "x", *FIRST, code=3)
    comity(a, "incident", "open", "other", "left\u202ethgir", *FIRST, code=3)
    comity(a, "incident", "link", mine, "intent", "ab" * 32, *FIRST, code=3)
    comity(a, "incident", "show", "../../etc", *FIRST, code=3)
    assert comity(a, "incident", "show", mine, "--json", *FIRST)["files"] == []
