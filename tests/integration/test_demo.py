"""The main job end to end, as `script/demo --once` runs it: two processes, a small day, every check."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from comity.entrypoints.demo.driver import make_room
from comity.entrypoints.home.layout import HomeLayout
from comity.entrypoints.home.running import read_running
from comity.kernel.errors import InputError

ROOT = Path(__file__).parents[2]
HOMES = ["northern-relief", "southern-guard"]


@pytest.mark.requirement("DEMO-004")
@pytest.mark.requirement("DEMO-006")
@pytest.mark.requirement("DEMO-007")
def test_a_day_is_agreed_exchanged_and_proved_and_what_was_started_is_stopped(tmp_path):
    out = tmp_path / "demo-out"
    with subprocess.Popen(
        [sys.executable, "-m", "comity.entrypoints.demo", "--out", str(out), "--flights", "60"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        said = list(until("Ctrl-C stops both.", process.stdout))
        homes = [HomeLayout(out / home) for home in HOMES]
        try:
            assert all(read_running(home) for home in homes), "".join(said)
            with pytest.raises(InputError, match="a node runs in"):
                make_room(out, HOMES)
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0, "".join(said)  # as of --once: 0 only where everything held
    assert not any(read_running(home) for home in homes)
    check_summary(json.loads((out / "summary.json").read_text(encoding="utf-8")))
    (out / "stray").touch()  # the next run replaces what is its own and leaves the rest
    make_room(out, HOMES)
    assert not (out / HOMES[0]).exists()
    assert (out / "stray").exists()


def until(words: str, lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield line
        if words in line:
            return


def check_summary(summary: dict) -> None:
    assert summary["held"]
    assert all(check["held"] and check["looked_at"] > 0 for check in summary["checks"])
    names = " ".join(check["name"] for check in summary["checks"])
    for promise in ("decided", "same", "assent", "conflict", "planted", "verifies offline"):
        assert promise in names
    assert len(summary["flights"]) == sum(summary["counts"].values()) == 60
    assert summary["counts"]["held"] == 0
    assert summary["counts"]["accepted"] > 30
    assert summary["counts"]["refused"] >= 8


@pytest.mark.requirement("DEMO-007")
def test_a_folder_of_somebody_else_is_not_touched(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(InputError, match="holds other files"):
        make_room(tmp_path, ["northern-relief"])
    assert (tmp_path / "letter.txt").read_text() == "dear"
