"""`comity nets`: what is listed, written, evaluated, drawn and refused."""

import contextlib
import io
import json
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

import pytest

from comity.bootstrap import Composition
from comity.entrypoints.cli import run
from comity.entrypoints.cli.charts import Axis, Series, chart
from comity.kernel.errors import InputError


@dataclass
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def _comity(*arguments):
    """The command in this process: loading the parts anew takes longer than the work."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(Composition(), ["nets", *map(str, arguments)])
    return Done(code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("encounters")
    done = _comity("encounters", "--seed", 4, "--count", 13, "--out", folder / "set", "--json")
    assert done.returncode == 0, done.stderr
    return folder / "set", json.loads(done.stdout)


@pytest.mark.requirement("EVAL-015")
def test_every_net_is_listed_with_its_parameters_and_where_they_come_from():
    told = json.loads(_comity("list", "--json").stdout)["nets"]
    assert {net["net"] for net in told} >= {
        "area-proximity",
        "pair-conflict",
        "conformance",
        "integrity",
        "net-state",
    }
    for net in told:
        assert net["looks_for"]
        assert net["severity"]
        for parameter in net["parameters"]:
            assert parameter["origin"]
    assert "horizontal_m = 9260" in _comity("list").stdout


@pytest.mark.requirement("AGREE-033")
def test_what_an_agreement_sets_is_listed_as_its_own_and_the_rest_as_default():
    text = Path(__file__).parents[3] / "vectors" / "agreement" / "watch" / "agreement.md"
    told = json.loads(_comity("list", "--agreement", text, "--json").stdout)["nets"]
    by_net = {net["net"]: {each["name"]: each for each in net["parameters"]} for net in told}
    pairs, areas, flown = (
        by_net[net] for net in ("pair-conflict", "area-proximity", "conformance")
    )
    for parameters, name, value in (
        (pairs, "look_ahead_s", 90.0),
        (pairs, "look_ahead_s uncrewed", 60.0),
        (pairs, "horizontal_m uncrewed and uncrewed", 500.0),
        (pairs, "warning_s", 30.0),
        (areas, "caution_s", 60.0),
        (areas, "site buffer_m", 500.0),
        (areas, "site hospital upper", "304.8 m EGM2008"),
        (flown, "nonconforming_after_s", 20.0),
    ):
        assert parameters[name]["value"] == value, name
        assert parameters[name]["origin"].startswith("the agreement "), name
    for parameters, name, value in (
        (areas, "site upper", "every height"),
        (flown, "lost_after_s", 60.0),
    ):
        assert parameters[name]["value"] == value, name
        assert parameters[name]["origin"].startswith("default, "), name


@pytest.mark.requirement("EVAL-010")
def test_a_set_is_written_as_a_recording_and_its_labels(written):
    folder, summary = written
    assert summary["plots"] == len((folder / "encounters.csv").read_text().splitlines()) - 1
    labels = json.loads((folder / "labels.json").read_text())
    assert labels["format"] == "comity-encounter-labels"
    assert sum(summary["encounters"].values()) == 13


@pytest.mark.requirement("EVAL-006")
def test_a_set_is_evaluated_in_words_in_json_and_in_charts(written, tmp_path):
    folder, summary = written
    files = folder / "encounters.csv", "--labels", folder / "labels.json"
    words = _comity("evaluate", *files)
    assert "advisory or worse" in words.stdout
    assert "MISSED" not in words.stdout
    done = _comity("evaluate", *files, "--cycle", 20, "--json", "--plot", tmp_path / "charts")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["plots"] == summary["plots"]
    first = told["figures"][0]
    assert first["losses"] + first["unseen_losses"] + first["marginal_losses"] == summary["losses"]
    assert told["truth"] == "labels, complete"
    assert len(told["sensitivity"]) == 18
    for name in told["plots_drawn"]:
        root = ET.fromstring((tmp_path / "charts" / name).read_text())
        assert root.tag.endswith("svg")


@pytest.mark.requirement("EVAL-006")
def test_without_labels_it_says_that_the_recording_tells_the_truth(written):
    folder, _ = written
    done = _comity("evaluate", folder / "encounters.csv", "--cycle", 4, "--horizontal-m", 5556)
    assert "the recording's own future" in done.stdout
    assert "separation 5556 m" in done.stdout


@pytest.mark.requirement("EVAL-003")
def test_labels_that_are_none_or_of_other_minima_are_refused_by_name(written, tmp_path):
    folder, _ = written
    recording = folder / "encounters.csv"
    broken = tmp_path / "broken.json"
    broken.write_text('{"format": "comity-encounter-labels"')
    other = ("--labels", folder / "labels.json", "--horizontal-m", 1000)
    for arguments in (("--labels", broken), ("--labels", tmp_path / "none.json"), other):
        done = _comity("evaluate", recording, *arguments)
        assert done.returncode == 3
        assert "Traceback" not in done.stderr
        assert len(done.stderr.splitlines()) == 1


@pytest.mark.requirement("EVAL-006")
def test_a_recording_that_cannot_be_judged_says_so(tmp_path):
    path = tmp_path / "nameless.csv"
    path.write_text(
        "at,address,latitude_deg,longitude_deg\n"
        + "".join(f"2026-12-01T00:00:{k:02}Z,,10.0,{20 + k / 100}\n" for k in range(30))
    )
    done = _comity("evaluate", path)
    assert "NOT JUDGED: 30 plots have no address" in done.stdout
    assert "NOT JUDGED: fewer than two aircraft" in done.stdout


def test_a_chart_is_well_formed_whatever_it_is_called():
    points = [(0.0, 1.0), (10.0, 250.0), (1e-3, 3.0)]
    drawn = chart(
        "<&>", Axis("a & b"), Axis('"c"', logarithmic=True), [Series("<x>", points, ["&"])]
    )
    texts = [text.text for text in ET.fromstring(drawn).iter() if text.tag.endswith("text")]
    assert "<&>" in texts
    assert "<x>" in texts


def test_what_cannot_be_drawn_is_refused():
    up = Axis("up", logarithmic=True)
    for points in ([], [(1.0, 0.0)], [(float("nan"), 1.0)], [(1.0, float("inf"))]):
        with pytest.raises(InputError):
            chart("none", Axis("across"), up, [Series("one", points)])
