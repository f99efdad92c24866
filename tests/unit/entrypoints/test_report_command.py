"""`comity report incident`: the lead example and an invented one with two rival tracks."""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.node_homes import make_home

from comity import bootstrap
from comity.entrypoints.cli import run
from comity.entrypoints.cli.exit_codes import ExitCode

ROOT = Path(__file__).resolve().parents[3]
CASE = ROOT / "docs" / "cases" / "2015-11-24"
FILES = [str(CASE / "turkey.toml"), str(CASE / "russia.toml")]
SECTIONS = [
    "1. Summary", "2. The accounts side by side", "3. What each account can bear",
    "4. Where the accounts agree and where they exclude each other", "5. Maps and profiles",
    "6. Timeline", "7. Messages and who knew what, when", "8. What is not known",
    "9. How to verify this report", "10. Sources and terms",
]  # fmt: skip


def report(*arguments: str) -> int:
    return run(bootstrap.Composition(), ["report", "incident", *arguments])


def words_of(path: Path) -> str:
    text = re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf-8"))
    return re.sub(r"\s+", " ", text.replace("&#x27;", "'").replace("&quot;", '"'))


@pytest.mark.requirement("REPORT-001")
@pytest.mark.requirement("REPORT-008")
def test_the_lead_example_is_told_whole_and_draws_no_map(tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    assert report(*FILES, "-o", str(out)) == ExitCode.OK
    page = out.read_text(encoding="utf-8")
    assert re.findall(r"<h2[^>]*>([^<]+)</h2>", page) == SECTIONS
    told = words_of(out)
    for words in (
        "It finds no fact and no law",
        "The accounts exclude each other on: border-crossed, hit-inside-turkey.",
        "Of 6 statements claimed, 0 are borne by material at hand or by another claimant",
        "1.15 mi (statute: 1,851 m) ÷ 17 s = 108.9 m/s (392 km/h, 212 kt)",
        "length means the path inside, depth the farthest from the line",
        "2015-11-24T07:24:05.000Z, stated as 2015-11-24T09:24:05+02:00, Europe/Istanbul",
        "A map would show a place that nobody stated; none is drawn.",
        "19000 ft: what it is measured from was not stated",
        "was named and not handed over",
        "who knew what, and when, is not known from it",
        hashlib.sha256((CASE / "turkey.toml").read_bytes()).hexdigest(),
        "comity report incident turkey.toml russia.toml --language=en -o report.pdf",
        "Grade by rule G3: contested.",
        "says nothing of it",
    ):
        assert words in told
    assert told.index("It finds no fact") < told.index("This report sets 2 accounts")
    assert page.count("<svg") == 1


@pytest.fixture(name="rivals")
def made_rivals(tmp_path: Path) -> list[str]:
    """Two claims with a track each, four seconds and some hundred metres apart."""
    arguments: list[str] = []
    for number, name in enumerate(("Aurelia", "Borealis")):
        rows = [
            f"{1_795_000_000_000 + 5000 * n + 4000 * number},3c0001,RIVAL1,"
            f"{59.5 + 0.003 * n + 0.0004 * n * number:.6f},{24.5 + 0.005 * n:.6f},{20_000 + 20 * n}"
            for n in range(40)
        ]
        track = tmp_path / f"{name}.csv"
        track.write_text(
            "timestamp,icao24,callsign,latitude,longitude,altitude\n" + "\n".join(rows)
        )
        claim = tmp_path / f"{name}.toml"
        claim.write_text(f"""format = "comity-claim/1"
claimant = "{name}"
title = "An invented crossing"
[[sources]]
name = "radar"
kind = "recording"
reference = "invented"
origin = "{name}"
[[material]]
name = "track"
description = "an invented track"
sha256 = "{hashlib.sha256(track.read_bytes()).hexdigest()}"
origin = "{name}"
synthetic = true
[[statements]]
name = "flight"
topic = "where-it-flew"
kind = "border-violation"
says = "{("yes", "no")[number]}"
words = "It flew as our radar shows."
border_of = "Estonia"
sources = ["radar"]
material = ["track"]
""")
        arguments += [str(claim), f"--material={track}"]
    return arguments


@pytest.mark.requirement("REPORT-008")
@pytest.mark.requirement("REPORT-001")
def test_rival_tracks_are_drawn_with_their_distance_and_marked_as_made_up(
    rivals: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "report.html"
    assert report(*rivals, "-o", str(out)) == ExitCode.OK
    page = out.read_text(encoding="utf-8")
    assert page.count("<svg") == 3  # plan, heights, distance; no time is stated
    told = words_of(out)
    for words in (
        "Tracks marked SYNTHETIC were made up", "SYNTHETIC track 3c0001 of track of Aurelia",
        "Border lines: Natural Earth", "neither file proves it",
    ):  # fmt: skip
        assert words in told, words
    assert re.search(r"with the second clock shifted by [+-]\d+ s|no shift of a clock", told)


@pytest.mark.requirement("REPORT-002")
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_same_files_give_the_same_bytes_in_any_process_zone_and_language_of_the_machine(
    rivals: list[str], tmp_path: Path, language: str
) -> None:
    digests = []
    for number, zone in enumerate(("Pacific/Kiritimati", "America/St_Johns")):
        outputs = [tmp_path / f"{number}{suffix}" for suffix in (".pdf", ".html")]
        environment = os.environ | {
            "TZ": zone, "LC_ALL": ("C", "C.UTF-8")[number], "PYTHONHASHSEED": str(number + 1),
            "SOURCE_DATE_EPOCH": str(number * 10**9),
        }  # fmt: skip
        subprocess.run(
            [sys.executable, "-m", "comity", "report", "incident", *rivals, f"--language={language}",
             *(part for out in outputs for part in ("-o", str(out)))],
            check=True, cwd=ROOT, env=environment, capture_output=True,
        )  # fmt: skip
        digests.append([hashlib.sha256(out.read_bytes()).hexdigest() for out in outputs])
    assert digests[0] == digests[1]


@pytest.mark.requirement("REPORT-001")
def test_json_tells_what_was_written_and_by_which_fonts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "report.pdf"
    assert report(*FILES, "-o", str(out), "--language", "tr", "--json") == ExitCode.OK
    (told,) = json.loads(capsys.readouterr().out)
    assert told["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert told["fonts"][0].startswith("Libertinus Serif, DejaVu Sans Mono (within typst ")
    assert told["remarks"] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-o", "report.docx"], "ends neither in .pdf nor in .html"),
        (["-o", "r.html", "--language", "de"], "'de' is none of en, ru, ar, tr"),
        (["-o", "r.html", "--title", "x" * 201], "201 characters, at most 200"),
        (["-o", "no/such/folder/r.html"], "r.html"),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert report(*FILES, *arguments) == ExitCode.INPUT
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_five_gigabytes_of_material_are_refused_unread(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    big = tmp_path / "big.csv"
    with big.open("wb") as file:
        file.truncate(5 << 30)
    assert report(*FILES, "--material", str(big), "-o", str(tmp_path / "r.html")) == ExitCode.INPUT
    assert "more than 268435456 bytes" in capsys.readouterr().err


@pytest.mark.requirement("REPORT-010")
def test_a_report_states_the_bundle_that_it_refers_to_and_refuses_one_that_does_not_hold(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = make_home(tmp_path / "home")
    where = ["--home", str(home.root)]
    made = bootstrap.Composition()
    assert run(made, ["incident", "open", "other", "Something", "--json", *where]) == ExitCode.OK
    incident = json.loads(capsys.readouterr().out)["incident"]
    bundle, out = tmp_path / "case.zip", tmp_path / "report.html"
    wish = [
        "evidence",
        "bundle",
        "--incident",
        incident,
        "-o",
        str(bundle),
        "--title",
        "At the river",
    ]
    assert run(made, [*wish, "--json", *where]) == ExitCode.OK
    told = json.loads(capsys.readouterr().out)
    assert report(FILES[0], "--bundle", str(bundle), "-o", str(out)) == ExitCode.OK
    page, words = out.read_text(encoding="utf-8"), words_of(out)
    digest = hashlib.sha256(bundle.read_bytes()).hexdigest()
    assert page.count(digest) == 2, "in the table of files and beside what was verified"
    assert f"title «At the river», made by {told['maker']} at {told['made_at']}" in words
    assert told["parties"][0]["root_key_sha256"] in words
    assert "comity evidence verify case.zip" in words
    for each in told["not_shown"]:
        assert f"The bundle does not show: {each}" in words.replace("&gt;", ">")
    assert "--bundle=case.zip" in words
    changed = bytearray(bundle.read_bytes())
    changed[900] ^= 1
    bundle.write_bytes(bytes(changed))
    out.unlink()
    capsys.readouterr()
    assert report(FILES[0], "--bundle", str(bundle), "-o", str(out)) == ExitCode.NO
    assert "case.zip does not hold" in capsys.readouterr().err
    assert not out.exists()
