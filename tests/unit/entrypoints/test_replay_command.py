"""`comity replay`: a recording through tracks and nets without a node."""

import csv
import json
import subprocess
import sys

import pytest


def _recorded(path, seconds=90, step=1):
    """Two aircraft head on over the equator, once a second, in columns that the reader knows."""
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(
            ["timestamp", "icao24", "latitude", "longitude", "altitude", "groundspeed", "track",
             "vertical_rate"]
        )  # fmt: skip
        for second in range(0, seconds, step):
            stamp = f"2026-12-01T09:{second // 60:02}:{second % 60:02}Z"
            moved = 0.0018 * second
            rows.writerow([stamp, "4ca001", 0.0, 20.0 + moved, 33_000, 389, 90, 0])
            rows.writerow([stamp, "4ca002", 0.0, 20.5 - moved, 33_000, 389, 270, 0])
    return path


def _comity(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "comity", *arguments],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.requirement("ALERT-040")
def test_a_closing_pair_in_a_recording_is_told_with_its_time(tmp_path):
    done = _comity("replay", str(_recorded(tmp_path / "two.csv")), "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["summary"]["plots"] == 180
    assert told["summary"]["tracks_most"] == 2
    first = told["changes"][0]
    assert first["net"] == "pair-conflict"
    assert first["subjects"] == ["recording.aaaaaaaa/4ca001", "recording.aaaaaaaa/4ca002"]
    assert first["at"].startswith("2026-12-01T09:00:")


@pytest.mark.requirement("ALERT-040")
def test_wider_minima_raise_sooner_and_none_is_told_where_none_is_met(tmp_path):
    path = str(_recorded(tmp_path / "two.csv", 20))
    assert (
        json.loads(_comity("replay", path, "--json", "--horizontal-m", "100").stdout)["changes"]
        == []
    )
    assert json.loads(_comity("replay", path, "--json", "--horizontal-m", "20000").stdout)[
        "changes"
    ]


@pytest.mark.requirement("EVAL-007")
def test_a_recording_with_a_report_each_ten_seconds_does_not_end_degraded(tmp_path):
    path = str(_recorded(tmp_path / "rare.csv", 300, step=10))
    nets = json.loads(_comity("replay", path, "--json").stdout)["summary"]["nets"]
    assert nets["pair-conflict"] == {"health": "working", "why": []}


def test_what_is_no_recording_is_refused_by_name(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("# nothing of the kind\n")
    done = _comity("replay", str(path))
    assert done.returncode == 3
    assert "recording" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.requirement("ALERT-040")
def test_a_track_that_cannot_be_true_is_told_too(tmp_path):
    rows = ["timestamp,icao24,latitude,longitude,altitude,groundspeed,track,vertical_rate"]
    for second in range(60):
        east = 20.0 + 0.0018 * second + (8.0 if second >= 30 else 0.0)
        rows.append(f"2026-12-01T09:00:{second:02}Z,4ca001,0.0,{east},33000,389,90,0")
    recording = tmp_path / "jump.csv"
    recording.write_text("\n".join(rows) + "\n")
    done = _comity("replay", str(recording))
    assert done.returncode == 0, done.stderr
    assert "integrity  4ca001" in done.stdout
    assert "two positions further apart than the aircraft can have flown" in done.stdout
