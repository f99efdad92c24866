"""Who acts is who holds the token: by command line, over a home and over a running node."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.node_homes import OFFICER, RunningNode, make_home

from comity import bootstrap
from comity.entrypoints.cli import access, run
from comity.entrypoints.home import HomeLayout, read_running

Commands = Any


@pytest.fixture
def comity(capsys: pytest.CaptureFixture[str]) -> Commands:
    def command(layout: HomeLayout, *words: str, code: int = 0) -> Any:
        ended = run(bootstrap.Composition(), [*words, "--home", str(layout.root)])
        printed = capsys.readouterr()
        assert ended == code, (words, printed)
        return json.loads(printed.out) if "--json" in words else printed.out + printed.err

    return command


@pytest.fixture
def layout(tmp_path: Path, comity: Commands) -> HomeLayout:
    """A home whose operators, but the first, have taken their tokens with them."""
    layout = make_home(tmp_path / "a")
    for name in ("ada", "ben"):
        words = ("operator", "add", name, "--name", name.title(), "--role", "administrator")
        comity(layout, *words, "--operator", OFFICER)
        (layout.tokens / f"{name}.token").rename(tmp_path / f"{name}.token")
    return layout


@pytest.fixture
def card(tmp_path: Path) -> str:
    return make_home(tmp_path / "b", "Borealis").card.read_text().strip()


@pytest.mark.requirement("DOORS-047")
def test_who_holds_the_token_acts_and_nobody_acts_as_another(
    layout: HomeLayout,
    card: str,
    tmp_path: Path,
    comity: Commands,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    accept = ("peer", "accept", card, "--yes")
    told = comity(layout, *accept, "--operator", "ben", code=5)
    assert "file-missing" in told  # the home has no token of ben's

    monkeypatch.setenv("COMITY_TOKEN_FILE", str(tmp_path / "ada.token"))
    told = comity(layout, *accept, "--operator", "ben", code=3)
    assert "not that of 'ben'" in told
    comity(layout, *accept, "--operator", "ada")
    entries = comity(layout, "log", "show", "--json")["entries"]
    assert [(each["kind"], each["operator"]) for each in entries] == [
        ("operator.change", "officer"),
        ("operator.rule", "officer"),  # ada is a second who may approve
        ("operator.change", "officer"),
        ("peer.card", "ada"),
    ]

    (tmp_path / "ada.token").chmod(0o644)
    assert "0644" in comity(layout, "status", code=5)
    (tmp_path / "ada.token").chmod(0o600)

    monkeypatch.delenv("COMITY_TOKEN_FILE")
    assert "acts no more" in comity(layout, "operator", "revoke", "ada")
    monkeypatch.setenv("COMITY_TOKEN_FILE", str(tmp_path / "ada.token"))
    assert "no operator of this node has this token" in comity(layout, "status", code=3)
    monkeypatch.setenv("COMITY_TOKEN_FILE", str(tmp_path / "ben.token"))
    told = comity(layout, "operator", "list", "--json")
    assert [(each["id"], each["revoked_at"] is None) for each in told] == [
        ("officer", True), ("ada", False), ("ben", True)
    ]  # fmt: skip
    entries = comity(layout, "log", "show", "--json")["entries"]
    assert [each["kind"] for each in entries[4:]] == ["operator.change"]


@pytest.mark.requirement("DOORS-047")
def test_a_token_is_asked_for_where_a_person_can_type_it(
    layout: HomeLayout, tmp_path: Path, comity: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = [(tmp_path / "ben.token").read_text(), "comity-12"]
    monkeypatch.setattr(access.sys, "stdin", _Terminal())
    monkeypatch.setattr(access, "getpass", lambda _prompt: typed.pop(0))
    comity(layout, "status", "--operator", "ben")
    assert "not of the form" in comity(layout, "status", "--operator", "ben", code=3)


class _Terminal:
    def isatty(self) -> bool:
        return True


@pytest.mark.requirement("DOORS-047")
def test_a_person_needs_no_access_to_the_home_of_a_running_node(
    layout: HomeLayout, tmp_path: Path, comity: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = RunningNode(layout)
    try:
        running = read_running(layout)
        assert running is not None
        elsewhere = HomeLayout(tmp_path / "nothing")
        monkeypatch.setenv("COMITY_TOKEN_FILE", str(tmp_path / "ben.token"))
        monkeypatch.setenv("COMITY_NODE", running.api_address)
        told = comity(elsewhere, "status", "--operator", "ben", "--json")
        assert told["party"].startswith("aurelia.")
        assert "not that of 'ada'" in comity(elsewhere, "status", "--operator", "ada", code=3)
        monkeypatch.setenv("COMITY_NODE", "nowhere")
        assert "COMITY_NODE" in comity(elsewhere, "status", code=3)
    finally:
        assert node.stop() == 0
