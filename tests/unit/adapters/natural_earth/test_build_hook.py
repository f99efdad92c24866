"""The build hook brings exactly the pinned border data, and makes the pages, once."""

import hashlib
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parents[4]
HOOK = runpy.run_path(str(ROOT / "hatch_build.py"))
DATA = b'{"type":"Topology"}'


@pytest.fixture
def hook(tmp_path, monkeypatch):
    """A hook over a project whose npm package, and so its pin, is `DATA`."""
    room = tmp_path / HOOK["ROOM"]
    room.mkdir(parents=True)
    pin = f"{hashlib.sha256(DATA).hexdigest()}  data/countries-10m.json\n"
    (room / HOOK["PIN"]).write_text(pin)
    calls = []

    def node(console, program, *arguments):
        calls.append(Path(program).name)
        if Path(program).name == "build.mjs":
            for folder, name in zip(arguments, ("verify.html", "index.html"), strict=True):
                Path(folder).mkdir(parents=True, exist_ok=True)
                (Path(folder) / name).write_text("page")
            return
        package = console / HOOK["PACKAGE"]
        package.mkdir(parents=True, exist_ok=True)
        (package / "countries-10m.json").write_bytes(DATA)
        (package / "LICENSE").write_text("ISC")

    (tmp_path / "console/src").mkdir(parents=True)
    (tmp_path / "console/src/main.ts").write_text("source")
    hook_class = HOOK["NodeHook"]
    monkeypatch.setitem(hook_class.initialize.__globals__, "_node", node)
    app = SimpleNamespace(display_info=lambda _: None)
    made = hook_class(str(tmp_path), {}, None, None, str(tmp_path), "wheel", app)
    return SimpleNamespace(hook=made, calls=calls, target=room / "data/countries-10m.json")


@pytest.mark.requirement("BORD-004")
def test_the_data_and_their_licence_are_brought_once(hook):
    assert hook.hook.dependencies() == [HOOK["NODE"]]
    hook.hook.initialize("standard", {})
    assert hook.target.read_bytes() == DATA
    assert hook.target.with_name("LICENSE").read_text() == "ISC"
    hook.hook.initialize("standard", {})
    assert hook.calls == ["npm-cli.js", "build.mjs"]
    assert hook.hook.dependencies() == []


@pytest.mark.requirement("EVID-013")
def test_the_pages_are_made_again_where_what_they_are_made_from_has_changed(hook, tmp_path):
    hook.hook.initialize("standard", {})
    page = tmp_path / HOOK["PAGES"] / "verify.html"
    assert page.read_text() == "page"
    page.unlink()
    page.parent.joinpath(HOOK["STAMP"]).unlink()
    page.parent.rmdir()
    (tmp_path / "console/src/main.ts").write_text("another source")
    assert hook.hook.dependencies() == [HOOK["NODE"]]
    hook.hook.initialize("standard", {})
    assert page.exists()
    assert hook.calls[2:] == ["npm-cli.js", "build.mjs"]
    app = tmp_path / HOOK["APP"]
    assert (app / "index.html").read_text() == "page"
    app.joinpath(HOOK["STAMP"]).write_text("of another console")
    assert hook.hook.dependencies() == [HOOK["NODE"]]


@pytest.mark.requirement("BORD-004")
def test_data_in_place_that_are_not_the_pinned_ones_are_replaced(hook):
    hook.target.parent.mkdir()
    hook.target.write_bytes(b"spoilt")
    hook.hook.initialize("standard", {})
    assert hook.target.read_bytes() == DATA


@pytest.mark.requirement("BORD-004")
def test_a_package_of_another_digest_stops_the_build_and_leaves_nothing(hook):
    pin = hook.target.parent.parent / HOOK["PIN"]
    pin.write_text(f"{'0' * 64}  data/countries-10m.json\n")
    with pytest.raises(RuntimeError, match="pinned is 000"):
        hook.hook.initialize("standard", {})
    assert not hook.target.exists()


@pytest.mark.requirement("BORD-004")
def test_the_pin_and_the_lock_name_what_this_tree_reads():
    lock = (ROOT / "console/package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert "sha512-" in lock
