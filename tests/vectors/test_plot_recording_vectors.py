"""Recordings of plots: would another implementation agree with us?"""

import json
import re
from pathlib import Path

import pytest

from comity.adapters.plot_recordings import PlotArchive, RecordedPlots
from comity.domain.tracks import FeedId
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant
from comity.kernel.units import e7_from_degrees

ROOT = Path(__file__).resolve().parents[2]
CASES = sorted(p.parent for p in (ROOT / "vectors" / "plot-recording").glob("*/expected.json"))


def mm(value: float | None) -> int | None:
    return None if value is None else round(value * 1000)


@pytest.mark.requirement("RECON-020")
@pytest.mark.requirement("RECON-022")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_reader_answers_as_the_page_says(case: Path) -> None:
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    decoder = RecordedPlots(FeedId("test"))
    plots = [
        *decoder.feed((case / "plots.cplots").read_bytes(), None),
        *decoder.end(None),
    ]
    if expected["result"] == "reject":
        assert decoder.counts.refused.total() == 1
        assert sound(case) is False
        return
    assert decoder.counts.refused.total() == 0
    assert sound(case) is True
    told = [
        {
            "at_ms": each.at.unix_ms,
            "received_at_ms": each.received_at.unix_ms,
            "latitude_e7": e7_from_degrees(each.latitude_deg or 0.0),
            "longitude_e7": e7_from_degrees(each.longitude_deg or 0.0),
            "altitude_pressure_mm": mm(each.altitude_pressure_m),
            "altitude_ellipsoid_mm": mm(each.altitude_ellipsoid_m),
            "address": each.address,
            "callsign": each.callsign,
        }
        for each in plots
    ]
    assert told == expected["plots"]
    archive = PlotArchive(case / "plots.cplots")
    batches, dropped = archive.plots(Instant(0), Instant(4_000_000_000_000))
    assert sum(len(each) for each in batches) == len(expected["plots"])
    assert dropped == expected["dropped"]


def sound(case: Path) -> bool:
    """Whether the archive, which reads the same file another way, takes it whole."""
    try:
        found = list(PlotArchive(case / "plots.cplots").verify())
    except InputError:
        return False
    return bool(found) and all(info.whole and wrong is None for info, _, wrong in found)


def test_every_rule_of_the_page_has_a_case_and_refusals_are_more() -> None:
    page = (ROOT / "docs/spec/plot-recording.md").read_text(encoding="utf-8")
    rules = set(re.findall(r"\[(P\d+)\]", page))
    told = [json.loads((case / "expected.json").read_text(encoding="utf-8")) for case in CASES]
    assert {each["rule"] for each in told} == rules
    accepted = sum(each["result"] == "accept" for each in told)
    assert len(told) - accepted > accepted > 8
