"""The worked examples: each page's command runs, and prints what the page says that it prints."""

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest
from tools.case_tracks import FOLDER as SYNTHETIC
from tools.case_tracks import PASSING_KM, write_all

from comity import bootstrap
from comity.entrypoints.cli import run

ROOT = Path(__file__).resolve().parents[3]
CASES = sorted(path.parent for path in (ROOT / "docs" / "cases").glob("*/README.md"))
LEFT_OUT = "…"


def block(page: str, language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert found, f"no {language} block"
    return found[1]


@pytest.mark.requirement("INCIDENT-031")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_prints_what_its_page_says(case, monkeypatch):
    monkeypatch.chdir(ROOT)
    page = (case / "README.md").read_text(encoding="utf-8")
    command = shlex.split(block(page, "console").removeprefix("$ comity "))
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert run(bootstrap.Composition(), command) == 0
    printed = [line.rstrip() for line in out.getvalue().splitlines()]
    place, gap = 0, True
    for line in block(page, "text").splitlines():
        if line.strip() == LEFT_OUT:
            gap = True
            continue
        there = printed[place:].index(line) if line in printed[place:] else None
        assert there is not None, f"not printed, or not there: {line}"
        assert gap or there == 0, f"lines are left out before: {line}"
        place, gap = place + there + 1, False
    assert page.count("## Sources") == 1


@pytest.mark.requirement("INCIDENT-031")
def test_there_is_a_border_a_separation_and_a_notice_among_the_cases():
    kinds = {
        kind
        for case in CASES
        for file in case.glob("*.toml")
        for kind in re.findall(
            r'^kind = "([a-z-]+)"', file.read_text(encoding="utf-8"), re.MULTILINE
        )
    }
    assert {"border-violation", "loss-of-separation", "late-or-missing-notice"} <= kinds


@pytest.mark.requirement("INCIDENT-031")
def test_synthetic_tracks_are_written_the_same_again_and_marked(tmp_path):
    for name in PASSING_KM:
        (tmp_path / f"{name}.toml").write_bytes((SYNTHETIC / f"{name}.toml").read_bytes())
    write_all(tmp_path)
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (SYNTHETIC / path.name).read_bytes()
    for file in (ROOT / "docs" / "cases").glob("*/*.toml"):
        text = file.read_text(encoding="utf-8")
        assert text.count("sha256 =") == text.count("synthetic = true"), "no evidence is made up"
