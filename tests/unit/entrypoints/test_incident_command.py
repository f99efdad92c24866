"""`comity incident assess`: claims side by side, in words and as JSON, with no node."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from tests.agreement_world import Actor

from comity import bootstrap
from comity.domain.agreement import draft_agreement
from comity.domain.airspace import EdgeKind, Shape, ShapeKind
from comity.entrypoints.cli import run
from comity.entrypoints.cli.exit_codes import ExitCode
from comity.kernel.instants import instant_from_canonical

CASE = Path(__file__).parents[3] / "docs" / "cases" / "2015-11-24"
FILES = [str(CASE / "turkey.toml"), str(CASE / "russia.toml")]


@pytest.mark.requirement("INCIDENT-011")
def test_the_lead_example_is_told_with_its_arithmetic(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(bootstrap.Composition(), ["incident", "assess", *FILES]) == ExitCode.OK
    told = re.sub(r"\s+", " ", capsys.readouterr().out)
    for words in (
        "2015-11-24T07:24:05.000Z, stated as 2015-11-24T09:24:05+02:00, Europe/Istanbul",
        "1.15 mi (statute: 1,851 m) ÷ 17 s = 108.9 m/s (392 km/h, 212 kt)",
        "1.15 mi (nautical: 2,130 m) ÷ 17 s = 125.3 m/s (451 km/h, 244 kt)",
        "at least twice that, 4,377 m; the length stated is 1.15 mi (statute: 1,851 m)",
        "Turkey says that it happened, Russia that it did not; both cannot be",
        "Turkey: claimed 3, evidenced 0",
        "Russia: claimed 3, evidenced 0",
        "It is no finding of fact or law",
    ):
        assert words in told


@pytest.mark.requirement("INCIDENT-011")
def test_programs_get_the_same_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(bootstrap.Composition(), ["incident", "assess", *FILES, "--json"]) == ExitCode.OK
    told = json.loads(capsys.readouterr().out)
    crossing = told["claims"][0]["statements"][0]
    assert crossing["grade"] == "contested"
    assert {each["rule"] for each in crossing["findings"]} == {"B1", "K2", "K3", "K4", "K5", "K9"}
    assert told["comparisons"][0]["relation"] == "excludes"
    assert (told["claimed"], told["evidenced"]) == (6, 0)


@pytest.mark.requirement("INCIDENT-011")
def test_the_page_of_the_case_shows_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(bootstrap.Composition(), ["incident", "assess", *FILES]) == ExitCode.OK
    printed = capsys.readouterr().out.splitlines()
    page = (CASE / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"```text\n(.*?)```", page, re.DOTALL)
    assert shown is not None
    lines = [line for line in shown[1].splitlines() if line.strip() not in {"", "…"}]
    assert len(lines) > 15
    assert [line for line in lines if line not in printed] == []


@pytest.mark.requirement("INCIDENT-001")
def test_a_file_that_is_refused_is_named_with_its_field(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "claim.toml"
    text = (CASE / "turkey.toml").read_text(encoding="utf-8")
    file.write_text(text.replace('09:24:05+02:00"', '09:24:05+03:00"'), encoding="utf-8")
    assert run(bootstrap.Composition(), ["incident", "assess", str(file)]) == ExitCode.INPUT
    told = capsys.readouterr()
    assert told.out == ""
    assert "claim.toml: statements[0].starts.zone: Europe/Istanbul was +02:00 then" in told.err
    gone = str(tmp_path / "gone.toml")
    assert run(bootstrap.Composition(), ["incident", "assess", gone]) == ExitCode.INPUT


CLAIM = """
format = "comity-claim/1"
claimant = "Aurelia"
title = "An invented crossing"
[[sources]]
name = "radar"
kind = "recording"
reference = "invented"
origin = "Aurelia"
[[material]]
name = "track"
description = "an invented track"
origin = "Aurelia"
sha256 = "{digest}"
synthetic = {synthetic}
[[statements]]
name = "crossing"
topic = "crossed"
kind = "border-violation"
says = "yes"
words = "It crossed."
border_of = "Switzerland"
place = {{ position = "46.9500N 007.4500E" }}
sources = ["radar"]
material = ["track"]
"""
TRACK = "timestamp,icao24,latitude,longitude\n" + "".join(
    f"2026-11-28 12:00:{second:02d}+00:00,abc123,46.95,{7.45 + second / 1000:.4f}\n"
    for second in range(0, 50, 10)
)


@pytest.mark.requirement("INCIDENT-014")
@pytest.mark.requirement("INCIDENT-012")
def test_material_is_known_by_its_digest_and_a_track_is_held_against_the_packaged_border(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    track, claim = tmp_path / "track.csv", tmp_path / "claim.toml"
    track.write_text(TRACK, encoding="utf-8")
    digest = hashlib.sha256(track.read_bytes()).hexdigest()
    claim.write_text(CLAIM.format(digest=digest, synthetic="false"), encoding="utf-8")
    words = ["incident", "assess", str(claim), "--material", str(track), "--json"]
    assert run(bootstrap.Composition(), words) == ExitCode.OK
    told = json.loads(capsys.readouterr().out)
    assert told["material_at_hand"][0]["sha256"] == digest
    found = {each["rule"]: each for each in told["claims"][0]["statements"][0]["findings"]}
    assert found["B1"]["outcome"] == found["B2"]["outcome"] == "consistent"
    assert found["B2"]["figures"]["inside_s_min"] == 40.0
    assert "Natural Earth" in found["B1"]["words"]
    track.write_text(TRACK + "\n", encoding="utf-8")
    assert run(bootstrap.Composition(), words) == ExitCode.INPUT
    assert "is the material of no claim" in capsys.readouterr().err


NOTICE = {
    "activity": "fixed-wing",
    "areas": [
        {
            "circle": {"centre": "N 35 20.0 E 039 55.0", "radius": "5 km"},
            "lower": ["0 m EGM2008"],
            "upper": ["FL320"],
        }
    ],
    "starts": ["2026-11-28T17:00:00+03:00"],
    "ends": ["2026-11-28T16:00:00Z"],
    "description": "Parachute drop.",
    "contact": "Watch officer",
}
NOTICE_CLAIM = """
format = "comity-claim/1"
claimant = "Aurelia"
title = "An invented late notice"
[[sources]]
name = "log"
kind = "own"
reference = "invented"
origin = "Aurelia"
[[material]]
name = "notice"
description = "the notice as it came"
origin = "Borealis"
sha256 = "{digest}"
[[statements]]
name = "late"
topic = "notice-late"
kind = "late-or-missing-notice"
says = "{says}"
words = "It came late."
starts = {{ stated = "{came}" }}
sources = ["log"]
material = ["notice"]
"""


@pytest.mark.requirement("INCIDENT-015")
@pytest.mark.parametrize(
    ("came", "says", "with_terms", "outcome", "grade"),
    [
        ("2026-11-28T13:39:00Z", "yes", True, "consistent", "fair"),  # 1,260 s, 7,200 s agreed
        ("2026-11-28T13:39:00Z", "no", True, "strained", "weak"),
        ("2026-11-28T00:00:00Z", "yes", True, "strained", "weak"),
        ("2026-11-28T00:00:00Z", "no", True, "consistent", "fair"),
        ("2026-11-28T13:39:00Z", "yes", False, "unknown", "fair"),
    ],
)
def test_a_notice_said_to_be_late_is_held_against_the_lead_agreed(
    came: str,
    says: str,
    with_terms: bool,
    outcome: str,
    grade: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    box = Shape(
        ShapeKind.RING, (30.0, 30.0, 40.0, 40.0), (35.0, 45.0, 45.0, 35.0), 0.0, EdgeKind.CHORD
    )
    text = draft_agreement(
        title="Test",
        parties=[Actor(name).draft_party() for name in ("aurelia", "borealis")],
        area=(box,),
        valid_from=instant_from_canonical("2026-01-01T00:00:00.000Z"),
        valid_until=instant_from_canonical("2030-01-01T00:00:00.000Z"),
        horizontal_m=9_260.0,
        vertical_m=304.8,
    )
    agreement, notice, claim = (tmp_path / name for name in ("a.md", "n.json", "c.toml"))
    agreement.write_text(text, encoding="utf-8")
    notice.write_text(json.dumps(NOTICE), encoding="utf-8")
    digest = hashlib.sha256(notice.read_bytes()).hexdigest()
    claim.write_text(NOTICE_CLAIM.format(digest=digest, says=says, came=came), encoding="utf-8")
    words = ["incident", "assess", str(claim), "--material", str(notice), "--json"]
    if with_terms:
        words += ["--agreement", str(agreement)]
    assert run(bootstrap.Composition(), words) == ExitCode.OK
    told = json.loads(capsys.readouterr().out)["claims"][0]["statements"][0]
    assert [each["outcome"] for each in told["findings"] if each["rule"] == "N1"] == [outcome]
    assert told["grade"] == grade


@pytest.mark.requirement("INCIDENT-015")
def test_a_notice_that_is_not_at_hand_is_unknown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    claim = tmp_path / "c.toml"
    text = NOTICE_CLAIM.format(digest="ab" * 32, says="yes", came="2026-11-28T13:39:00Z")
    claim.write_text(text, encoding="utf-8")
    assert run(bootstrap.Composition(), ["incident", "assess", str(claim), "--json"]) == ExitCode.OK
    told = json.loads(capsys.readouterr().out)["claims"][0]["statements"][0]
    assert [each["words"] for each in told["findings"]] == ["no notice is at hand to be checked"]
