"""The main job end to end, as `script/demo --once` runs it: two processes, a small day, every check."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO
from unittest.mock import patch

import pytest
from tests.node_homes import FORKS, environment, start_forkserver, until

from comity import bootstrap
from comity.entrypoints.cli import run
from comity.entrypoints.demo import __main__ as demo_main
from comity.entrypoints.demo import nodes
from comity.entrypoints.demo.driver import RELIEF_FLIGHTS, make_room
from comity.entrypoints.home.layout import HomeLayout
from comity.entrypoints.home.running import read_running
from comity.kernel.errors import InputError

DEMO_S_MAX = 400.0
HOMES = ["northern-guard", "southern-guard", "relief-wings"]


@pytest.mark.requirement("DEMO-004")
@pytest.mark.requirement("DEMO-006")
@pytest.mark.requirement("DEMO-007")
@pytest.mark.requirement("DEMO-009")
@pytest.mark.requirement("DEMO-011")
@pytest.mark.requirement("DEMO-012")
@pytest.mark.requirement("DEMO-013")
@pytest.mark.requirement("DEMO-014")
def test_a_day_is_agreed_exchanged_and_proved_and_what_was_started_is_stopped(tmp_path):
    out = tmp_path / "demo-out"
    said = tmp_path / "said"
    start_forkserver()
    process = FORKS.Process(target=demonstrate, args=(said, ["--out", str(out), "--flights", "60"]))
    process.start()
    homes = [HomeLayout(out / home) for home in HOMES]
    try:
        until(lambda: "Ctrl-C stops all." in said_by(process, said), DEMO_S_MAX)
        assert all(read_running(home) for home in homes), said.read_text()
        with pytest.raises(InputError, match="a node runs in"):
            make_room(out, HOMES)
    finally:
        os.kill(process.pid, signal.SIGINT)
        process.join(60)
    assert process.exitcode == 0, said.read_text()  # as of --once: 0 only where everything held
    assert not any(read_running(home) for home in homes)
    check_summary(json.loads((out / "summary.json").read_text(encoding="utf-8")))
    (out / "stray").touch()  # the next run replaces what is its own and leaves the rest
    make_room(out, HOMES)
    assert not (out / HOMES[0]).exists()
    assert (out / "stray").exists()


def said_by(process, said: Path) -> str:
    words = said.read_text() if said.exists() else ""
    assert process.is_alive(), words
    return words


def demonstrate(said: Path, arguments: list[str]) -> None:
    """What `script/demo` does, in a fork; its commands run here, and the nodes as ever in their own processes.

    A command line that starts from nothing spends two seconds on imports, a dozen times over. That it
    does the same in a process of its own is for test_two_nodes.py and test_readme.py.
    """
    with said.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    sys.argv = ["script/demo", *arguments]
    sys.stdout, sys.stderr = ByThread(sys.stdout), ByThread(sys.stderr)
    with patch.object(nodes.subprocess, "run", run_here), patch.dict(os.environ, environment()):
        demo_main.main()


ONE_AT_A_TIME = threading.Lock()


class ByThread(io.TextIOBase):
    """A stream of the whole process: what a command's thread prints is the command's, all else goes on."""

    def __init__(self, beyond: TextIO) -> None:
        self._beyond = beyond
        self._of = threading.local()

    @contextlib.contextmanager
    def taken(self) -> Iterator[io.StringIO]:
        self._of.stream = io.StringIO()
        try:
            yield self._of.stream
        finally:
            del self._of.stream

    def write(self, text: str, /) -> int:
        return getattr(self._of, "stream", self._beyond).write(text)

    def flush(self) -> None:
        getattr(self._of, "stream", self._beyond).flush()

    @property
    def encoding(self) -> str:
        return "utf-8"


def run_here(command: list[str], **_settings: object) -> subprocess.CompletedProcess[bytes]:
    printed, said = sys.stdout, sys.stderr
    assert isinstance(printed, ByThread) and isinstance(said, ByThread)  # noqa: PT018
    with ONE_AT_A_TIME, printed.taken() as out, said.taken() as err:
        code = run(bootstrap.Composition(), command[command.index("comity") + 1 :])
    return subprocess.CompletedProcess(
        command, code, out.getvalue().encode(), err.getvalue().encode()
    )


def check_summary(summary: dict) -> None:
    assert summary["held"]
    assert all(check["held"] and check["looked_at"] > 0 for check in summary["checks"])
    names = " ".join(check["name"] for check in summary["checks"])
    for promise in (
        "decided",
        "same",
        "assent",
        "conflict",
        "planted",
        "ladder",
        "relief",
        "alerted",
        "incident",
        "verifies offline",
    ):
        assert promise in names
    assert len(summary["flights"]) == sum(summary["counts"].values()) == 60 + RELIEF_FLIGHTS
    assert summary["counts"]["held"] == 0
    assert summary["counts"]["accepted"] > 30
    assert summary["counts"]["refused"] >= 8
    check_line_scene(summary["line"])
    assert summary["line"]["protection"]["preview"]["answer"] == "touches"
    check_live_scene(summary["live"], summary["incident"])


def check_live_scene(live: dict, incident: dict) -> None:
    assert set(live["alerts"]) == {"pair-conflict", "area-proximity", "conformance"}
    assert live["alerts"]["area-proximity"]["callsigns"] == ["NAG770"]
    assert all(
        len(told["tracks"]) == len(live["declared"]) == 8 for told in live["flights"].values()
    )
    assert incident["relations"] == ["excludes"]
    assert incident["grades"] == ["contested"]


def check_line_scene(line: dict) -> None:
    for findings in line["notice"].values():
        assert [each["code"] for each in findings] == ["late", "vague"]
    for steps in line["ladder"]["at"].values():
        assert [each["step"] for each in steps] == [1, 1, 2, 2]
        assert all(each["after_s"] >= each["step"] for each in steps)  # agreed: 1 s and 2 s
    wrong, right = line["read_backs"]["given"]
    assert (wrong["shown"], right["shown"]) == ("mismatch", "match")
    assert wrong["why"][0].startswith("position: 9.3 km E")
    assert set(line["line"]["state"].values()) == {"working"}


@pytest.mark.requirement("DEMO-007")
def test_a_folder_of_somebody_else_is_not_touched(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(InputError, match="holds other files"):
        make_room(tmp_path, ["northern-guard"])
    assert (tmp_path / "letter.txt").read_text() == "dear"
