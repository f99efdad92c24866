"""What the README shows is what a person gets."""

import re
from pathlib import Path

import pytest

from comity.bootstrap import Composition
from comity.entrypoints.cli import run

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def test_what_is_asked_without_a_node_prints_what_the_readme_says(tmp_path, monkeypatch, capsys):
    (plans,) = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
    consoles = re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "plans.json").write_text(plans)
    monkeypatch.chdir(tmp_path)
    for console, code in zip(consoles, (1, 0), strict=True):
        command, *expected = console.strip().splitlines()
        assert run(Composition(), command.removeprefix("$ comity ").split()) == code
        assert capsys.readouterr().out.splitlines() == expected


def test_the_two_accounts_are_assessed_as_the_readme_says(monkeypatch, capsys):
    (shown,) = re.findall(r"```text\n\$ comity (incident assess .*?)```", TEXT, re.DOTALL)
    command, *expected = shown.strip().splitlines()
    monkeypatch.chdir(ROOT)
    assert run(Composition(), command.split()) == 0
    printed = capsys.readouterr().out.split()
    for part in "\n".join(expected).split("…"):
        words = part.split()
        assert any(
            printed[at : at + len(words)] == words for at in range(len(printed) - len(words) + 1)
        ), part


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)]+)\)", TEXT))))
def test_every_page_the_readme_points_to_is_there(link):
    assert (ROOT / link).exists()


@pytest.mark.parametrize("script", sorted(set(re.findall(r"script/\w+", TEXT))))
def test_every_script_the_readme_names_is_there_and_can_be_run(script):
    assert (ROOT / script).stat().st_mode & 0o111
