"""Our own vectors of docs/spec/volume.md: volumes taken and refused, verdicts on pairs."""

import json
from pathlib import Path

import pytest
from tools import vectorgen_volume

from comity.domain.airspace import (
    Clear,
    Conflict,
    Separation,
    Undetermined,
    volume_from_body,
    volume_to_body,
)
from comity.domain.conflicts import pair_verdict
from comity.domain.geometry import nearest, nearest_compiled
from comity.kernel.errors import RecordError

VECTORS = Path(__file__).resolve().parents[2] / "vectors" / "volume"
VOLUMES = sorted(path.parent for path in VECTORS.glob("*/volume.json"))
PAIRS = sorted(path.parent for path in VECTORS.glob("*/pair.json"))


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def test_there_are_vectors_and_at_least_as_many_rejects_as_accepts():
    rejects = [case for case in VOLUMES if case.name.endswith("_reject")]
    assert len(PAIRS) >= 15
    assert len(VOLUMES) >= 50
    assert 2 * len(rejects) >= len(VOLUMES)


@pytest.mark.requirement("AIR-003")
@pytest.mark.parametrize("case", VOLUMES, ids=lambda case: case.name)
def test_volume(case):
    body, expected = read(case / "volume.json"), read(case / "expected.json")
    if expected["result"] == "reject":
        with pytest.raises(RecordError) as caught:
            volume_from_body(body)
        assert caught.value.reason == expected["reason"]
        assert caught.value.detail.startswith(f"volume.{expected['field']}:")
        return
    known = {key: value for key, value in body.items() if key != "colour"}
    assert volume_to_body(volume_from_body(body)) == known


@pytest.mark.requirement("CONF-001")
@pytest.mark.parametrize("measure", [nearest, nearest_compiled])
@pytest.mark.parametrize("case", PAIRS, ids=lambda case: case.name)
def test_pair(case, measure):
    pair, expected = read(case / "pair.json"), read(case / "expected.json")
    first, second = map(volume_from_body, pair["volumes"])
    minima = pair["separation"]
    separation = Separation(minima["horizontal_mm"] / 1000, minima["vertical_mm"] / 1000)
    for verdict in (
        pair_verdict(first, second, separation, measure),
        pair_verdict(second, first, separation, measure),
    ):
        kinds = {"clear": Clear, "conflict": Conflict, "undetermined": Undetermined}
        assert isinstance(verdict, kinds[expected["result"]])
        if isinstance(verdict, Conflict):
            assert str(verdict.first_time) == expected["first_time"]
            away_mm = verdict.least_horizontal_m * 1000 - expected["horizontal_mm"]
            assert abs(away_mm) <= expected["tolerance_mm"]
            assert round(verdict.least_vertical_m * 1000) == expected["vertical_mm"]


def test_the_vectors_are_what_the_tool_writes(tmp_path):
    vectorgen_volume.write_all(tmp_path)
    written = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.json")}
    kept = {path.relative_to(VECTORS): path.read_bytes() for path in VECTORS.rglob("*.json")}
    assert written == kept
