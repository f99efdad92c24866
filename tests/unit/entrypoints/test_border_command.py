"""`comity border check` and `comity replay --borders`: answers without a node."""

import csv
import json
import subprocess
import sys

import pytest


def _comity(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "comity", *arguments],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.requirement("BORD-007")
def test_a_place_is_told_with_the_data_set_its_error_and_the_nearest_line():
    done = _comity("border", "check", "-33.9", "70.0W")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Over Chile.")
    assert "border of Argentina and Chile, 8.9 km" in done.stdout
    assert "bearing 099°; the line may err by 5.3 km" in done.stdout
    assert "One de facto view" in done.stdout


@pytest.mark.requirement("BORD-006")
def test_json_carries_all_of_it_and_a_derived_line_says_so():
    done = _comity("border", "check", "51.1", "1.5", "--twelve-nm", "--json")
    (told,) = json.loads(done.stdout)
    assert told["verdict"] == "undetermined-at-sea"
    assert told["twelve_nm_of_derived"] == ["United Kingdom"]
    assert told["data_set"]["error_m"] == pytest.approx(5_302.1)


@pytest.mark.requirement("BORD-007")
def test_a_line_of_ones_own_answers_for_itself(tmp_path):
    ring = [[20.0, 10.0], [21.0, 10.0], [21.0, 11.0], [20.0, 11.0], [20.0, 10.0]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    fine = {"type": "Feature", "properties": {"name": "Aurelia"}, "geometry": geometry}
    path = tmp_path / "fine.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "error_m": 20, "features": [fine]}))
    done = _comity("border", "check", "10.5", "20.5", "--data-set", str(path))
    assert done.stdout.startswith("Over Aurelia."), done.stderr
    edge = _comity("border", "check", "10.5", "20.0001", "--data-set", str(path))
    assert edge.stdout.startswith("Within the border's error: Aurelia or not Aurelia.")
    assert "within 500 km" not in edge.stdout


@pytest.mark.requirement("BORD-007")
@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("91", "0"), "lat"),
        (("0", "181"), "lon"),
        (("here", "0"), "lat"),
        (("0", "0", "up"), "alt"),
    ],
)
def test_what_is_no_place_is_refused_by_name(arguments, named):
    done = _comity("border", "check", *arguments)
    assert done.returncode != 0
    assert done.stderr.startswith(f"comity: {named}:")
    assert "Traceback" not in done.stderr


@pytest.mark.requirement("ALERT-059")
def test_a_recording_is_watched_against_areas_and_a_guarded_border(tmp_path):
    path = tmp_path / "one.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(
            ["timestamp", "icao24", "latitude", "longitude", "altitude", "groundspeed", "track",
             "vertical_rate"]
        )  # fmt: skip
        for second in range(60):
            stamp = f"2026-12-01T09:00:{second:02}Z"
            rows.writerow([stamp, "4ca001", 0.0, 20.0 + 0.0018 * second, 9_000, 389, 90, 0])
    ring = [[20.1, -0.1], [20.3, -0.1], [20.3, 0.1], [20.1, 0.1], [20.1, -0.1]]
    land = {
        "type": "Feature",
        "properties": {"name": "Aurelia", "kind": "country"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    areas = tmp_path / "land.geojson"
    areas.write_text(json.dumps({"type": "FeatureCollection", "error_m": 300, "features": [land]}))
    watched = ("replay", str(path), "--json", "--areas", str(areas))
    told = json.loads(_comity(*watched).stdout)
    net = [change for change in told["changes"] if change["net"] == "area-proximity"]
    assert [(change["severity"], change["aspect"]) for change in net] == [("advisory", "crossing")]
    assert [change["words"] for change in told["borders"]] == [
        "undetermined at sea: the data set has no maritime limits",
        "within the border's error: Aurelia or not Aurelia",
        "over Aurelia",
    ]
    guarded = json.loads(_comity(*watched, "--guard", "aurelia").stdout)
    worst = [change["severity"] for change in guarded["changes"]]
    assert worst == ["caution", "warning"]
    wrong = _comity(*watched, "--guard", "Nowhere")
    assert wrong.stderr.startswith("comity: guard:")
