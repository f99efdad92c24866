"""Figures: told in words, drawn by attributes alone, and deaf to what a name contains."""

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from tests.hostile_texts import HOSTILE
from tests.unit.reconstruction.test_divergence import T, track

from comity.adapters.svg_figures import (
    BorderPiece,
    Lane,
    LaneEvent,
    altitude_profile,
    plan_view,
    range_plot,
    shown_text,
    timeline,
)
from comity.domain.reconstruction import divergence_of

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = {"svg", "title", "desc", "rect", "polyline", "polygon", "circle", "text"}
ROWS = [(10.0 * n, 59.0 + 0.01 * n, 24.0 + 0.01 * n) for n in range(20)]


def figures(name: str) -> list[str]:
    one, two = (
        track(name, ROWS),
        track(f"{name} 2", [(s, lat + 0.001, lon) for s, lat, lon in ROWS]),
    )
    line = BorderPiece(name, np.array([(58.0, 24.05), (61.0, 24.05)]))
    lanes = [Lane(name, (LaneEvent(T, T.plus_s(5), name),)), Lane("silent", ())]
    return [
        plan_view(name, [one, two], [line]),
        altitude_profile(name, [one]),
        range_plot(name, divergence_of(one, two)),
        timeline(name, lanes),
        plan_view(name, []),
        timeline(name, []),
    ]


@pytest.mark.requirement("RECON-031")
def test_labels_of_tracks_that_begin_at_one_place_do_not_lie_on_each_other() -> None:
    root = ET.fromstring(plan_view("plan", [track(f"a{n}", ROWS) for n in range(5)]))
    labels = [each for each in root.iter(f"{SVG}text") if "track" in (each.text or "")]
    heights = sorted(float(each.attrib["y"]) for each in labels)
    assert len(heights) == 5
    assert all(after - before >= 13.0 for before, after in pairwise(heights))


@pytest.mark.requirement("RECON-031")
@pytest.mark.parametrize("name", ["plain", *HOSTILE, "a\u202eb\x00c\ud800", "x" * 5_000])
def test_a_figure_has_title_and_description_and_whatever_a_name_holds_stays_text(name: str) -> None:
    for svg in figures(name):
        root = ET.fromstring(svg)
        kinds = {each.tag.removeprefix(SVG) for each in root.iter()}
        assert kinds <= DRAWN
        title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
        assert title is not None
        assert description is not None
        assert description.text
        assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
        attributes = {key for each in root.iter() for key in each.attrib}
        assert not {
            key for key in attributes if key.startswith("on") or "href" in key or key == "style"
        }
        assert re.search(r"url\(|@import|<!|<\?", svg) is None


@pytest.mark.requirement("RECON-031")
def test_what_does_not_print_is_written_out_and_has_an_end() -> None:
    assert shown_text("a\u202eb\x07") == "a⟨U+202E⟩b⟨U+0007⟩"
    assert len(shown_text("x" * 999)) == 200


def test_the_same_gives_the_same_bytes_and_two_figures_on_a_page_have_other_ids() -> None:
    assert figures("a") == figures("a")
    found = [re.findall(r'id="(\w+)"', svg) for svg in figures("a")]
    every = [each for ids in found for each in ids]
    assert len(every) == len(set(every))


@pytest.mark.requirement("RECON-030")
def test_a_gap_is_left_open_and_no_height_or_position_is_told_so() -> None:
    holes = track("a", [*ROWS, (900.0, 60.0, 25.0), (910.0, 60.01, 25.0)])
    assert (
        plan_view("t", [holes]).count("<polyline")
        == plan_view("t", [track("a", ROWS)]).count("<polyline") + 1
    )
    assert "No position is known" in plan_view("t", [])
    assert "unknown: nothing says when" in timeline(
        "t", [Lane("a", (LaneEvent(T, None, "x"),)), Lane("b", ())]
    )


@pytest.mark.parametrize("place", [(89.999, 10.0), (-89.999, 10.0), (10.0, 179.999), (0.0, 0.0)])
def test_poles_and_the_antimeridian_are_drawn_like_other_places(place: tuple[float, float]) -> None:
    latitude, longitude = place
    rows = [
        (10.0 * n, latitude, (longitude + 0.0005 * n + 180.0) % 360.0 - 180.0) for n in range(5)
    ]
    svg = plan_view("t", [track("a", rows)])
    points = re.findall(r'points="([^"]+)" fill="none" stroke="#0b5394"', svg)
    numbers = [float(each) for each in re.split(r"[ ,]", " ".join(points))]
    assert all(0.0 <= each <= 760.0 for each in numbers)
    assert "km across" in svg
