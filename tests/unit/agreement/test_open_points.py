"""What a person is told of a flight: leads not kept, classes that the text does not know."""

import pytest
from tests.agreement_world import NOON, actors, text_between

from comity.domain.agreement import open_points, parse_agreement
from comity.domain.airspace import Altitude, Datum, Footprint, Shape, ShapeKind, Volume4D
from comity.domain.airspace import cover_footprint as covered

TEXT = text_between(*(each.draft_party() for each in actors("north", "south")))
LEAD = '[[notice]]\nactivity = "uncrewed"\nlead_h = 1\n'


def flight(start_s, flight_class="uncrewed"):
    shape = Shape(ShapeKind.PATH, (45.0,), (7.0,), 1_000.0)
    low, high = Altitude(100.0, Datum.EGM2008), Altitude(200.0, Datum.EGM2008)
    start = NOON.plus_s(start_s)
    return Footprint((Volume4D(shape, low, high, start, start.plus_s(600.0)),), None, flight_class)


@pytest.mark.requirement("AGREE-025")
@pytest.mark.parametrize("in_cells", [False, True])
def test_a_lead_that_is_not_kept_is_flagged(in_cells):
    terms = parse_agreement(TEXT).terms
    assert terms.notice_s["uncrewed"] == 3_600.0

    def told(start_s):
        footprint = flight(start_s)
        if in_cells:
            footprint = covered(footprint, terms.separation.greatest("uncrewed"))
        words = open_points(footprint, terms, NOON)
        return [each for each in words if "agreed for class" in each]

    assert told(3_600.0) == []
    assert told(1_800.0) == [
        "made known 30 min before it begins; 60 min are agreed for class uncrewed"
    ]
    assert told(-60.0)[0].startswith("made known 0 min")


@pytest.mark.requirement("AGREE-025")
def test_a_class_without_a_lead_or_a_name_in_the_text_is_flagged():
    assert open_points(flight(7_200.0), parse_agreement(TEXT).terms, NOON) == ()
    terms = parse_agreement(TEXT.replace(LEAD, "")).terms
    assert open_points(flight(7_200.0), terms, NOON) == (
        "notice: no lead is stated for class uncrewed",
    )
    (words,) = open_points(flight(7_200.0, "balloon"), parse_agreement(TEXT).terms, NOON)
    assert words == "class balloon is not named in the agreement; the default minima apply"
