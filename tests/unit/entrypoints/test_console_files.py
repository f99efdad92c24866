"""The console's files: no data, no token needed, and nothing in them that a strict policy would have to allow."""

import asyncio
import re
from pathlib import Path

import pytest
from tests.node_homes import api_over, make_home

from comity.entrypoints.console import ConsoleFiles

STATIC = Path(__file__).parents[3] / "src/comity/entrypoints/console/static"
APP_SOURCES = Path(__file__).parents[3] / "console/src/app"
MARKUP = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|"
    r"\beval\(|new Function|srcdoc|DOMParser|javascript:|localStorage|sessionStorage|\.cookie\b"
)


def fetched(method: str, path: str) -> tuple[int, dict[str, str], bytes]:
    told = []

    async def send(message):
        told.append(message)

    asyncio.run(ConsoleFiles()(method, path, send))
    headers = {name.decode(): value.decode() for name, value in told[0]["headers"]}
    return told[0]["status"], headers, told[1]["body"]


@pytest.mark.requirement("DOORS-019")
@pytest.mark.parametrize("name", ["meeting.html", "meeting.js", "exchange.js", "meeting.css"])
def test_every_file_goes_out_under_the_strict_policy(name):
    status, headers, content = fetched("GET", f"/console/{name}")
    assert (status, content) == (200, (STATIC / name).read_bytes())
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert fetched("HEAD", f"/console/{name}")[2] == b""


@pytest.mark.requirement("DOORS-019")
@pytest.mark.parametrize(
    "path",
    [
        "/console/app/",
        "/console/app/files.json",
        "/console/app/index.html",
        "/console/../files.py",
        "/console/%2e%2e/files.py",
        "/console/__init__.py",
        "/console/x",
    ],
)
def test_nothing_else_is_there(path):
    status, headers, content = fetched("GET", path)
    assert (status, content) == (404, b"")
    assert "default-src 'none'" in headers["content-security-policy"]
    assert fetched("POST", "/console/meeting.js")[0] == 405


@pytest.mark.requirement("DOORS-019")
def test_the_files_ask_for_nothing_but_this_node_and_make_no_markup_of_words():
    for file in sorted(each for each in STATIC.iterdir() if each.is_file()):
        text = file.read_text()
        assert re.search(r"(https?|wss?|ftp)://|//[a-z]+\.[a-z]", text) is None, file.name
        assert MARKUP.search(text) is None, file.name
    page = (STATIC / "meeting.html").read_text()
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert re.search(r"\son\w+=|\sstyle=", page) is None


@pytest.mark.requirement("CONSOLE-002")
def test_the_console_goes_out_under_a_policy_that_runs_and_asks_nothing_but_this_node():
    status, headers, content = fetched("GET", "/console/")
    assert status == 200
    policy = headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'" in policy
    assert "worker-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "require-trusted-types-for 'script'; trusted-types default" in policy
    assert headers["permissions-policy"].startswith("camera=()")
    assert headers["cache-control"] == "no-cache"
    page = content.decode()
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert re.search(r"\son\w+=|\sstyle=|https?://", page) is None
    named = re.findall(r'(?:src|href)="(/console/[^"]+)"', page)
    assert len(named) >= 4
    for each in named:
        status, headers, _ = fetched("GET", each)
        assert status == 200, each
        hashed = re.search(r"-[0-9A-Z]{8}\.(js|css)$", each) is not None
        assert headers["cache-control"] == (
            "public, max-age=31536000, immutable" if hashed else "no-cache"
        ), each
    for name in ("sw.js", "app/words.js"):  # of one name for ever, and so asked for anew
        assert fetched("GET", f"/console/{name}")[1]["cache-control"] == "no-cache"


@pytest.mark.requirement("CONSOLE-002")
def test_no_module_of_the_console_makes_markup_of_words():
    files = [each for form in ("*.ts", "*.tsx") for each in sorted(APP_SOURCES.rglob(form))]
    assert len(files) > 30
    markup = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|"
        r"\beval\(|new Function|srcdoc|DOMParser|javascript:|dangerouslySet|\.cookie\b|https?://"
    )
    for file in files:
        assert markup.search(file.read_text()) is None, file.name


@pytest.mark.requirement("DOORS-019")
def test_files_need_no_token_and_data_do(tmp_path):
    async def scenario():
        async with api_over(make_home(tmp_path / "home")) as api:
            own = {"origin": "http://localhost:7480"}
            assert (await api.ask("GET", "/v1/status", headers=own))[0] == 200
            bare = {"authorization": ""}
            assert (await api.ask("GET", "/v1/status", headers=bare))[0] == 401
            assert (await api.ask("GET", "/console/nothing", headers=bare))[0] == 404
            evil = {"host": "attacker.example:7480"}
            assert (await api.ask("GET", "/console/meeting.js", headers=evil))[0] == 403
            other = {"origin": "http://localhost:1"}
            assert (await api.ask("GET", "/console/meeting.js", headers=other))[0] == 403

    asyncio.run(scenario())
    assert fetched("GET", "/console/")[0] == 200
