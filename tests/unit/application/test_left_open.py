"""What the terms leave open stands with a flight wherever it is shown, and is unknown where nobody looked."""

from types import SimpleNamespace

import pytest
from tests.agreement_world import NOON, actors, text_between

from comity.application.left_open import LeftOpen
from comity.domain.agreement import parse_agreement
from comity.domain.airspace import (
    Altitude,
    Datum,
    Footprint,
    Shape,
    ShapeKind,
    Volume4D,
    cover_footprint,
)

TERMS = parse_agreement(
    text_between(*(each.draft_party() for each in actors("north", "south")))
).terms
OUTSIDE = "not covered by the agreement's area, or within the tolerance of its edge"


def node(known="first"):
    agreements = {known: SimpleNamespace(terms=TERMS)}
    return SimpleNamespace(left_open={}, agreements=SimpleNamespace(agreement=agreements.get))


def seen(
    latitude_deg, *, count=1, lead_s=7_200.0, own=True, received_s=0.0, digest="d", cells=False
):
    low, high = Altitude(100.0, Datum.EGM2008), Altitude(200.0, Datum.EGM2008)
    shape = Shape(ShapeKind.PATH, (latitude_deg,), (7.0,), 1_000.0)
    start = NOON.plus_s(lead_s)
    volume = Volume4D(shape, low, high, start, start.plus_s(600.0))
    footprint = Footprint((volume,) * count, None, "uncrewed")
    if cells:
        footprint = cover_footprint(footprint, TERMS.separation.greatest("uncrewed"))
    return SimpleNamespace(
        digest=digest,
        own=own,
        footprint=footprint,
        made_at=NOON,
        received_at=NOON.plus_s(received_s),
        proposal=SimpleNamespace(basis=SimpleNamespace(agreement="first")),
    )


@pytest.mark.requirement("AGREE-028")
@pytest.mark.parametrize("own", [False, True])
def test_a_flight_outside_the_area_is_flagged_at_each_node_that_holds_it(own):
    assert LeftOpen(node()).points(seen(45.0, own=own)) == ()
    assert LeftOpen(node()).points(seen(-45.0, own=own)) == (OUTSIDE,)
    over = seen(-45.0, own=own)
    over.footprint = None
    assert LeftOpen(node()).points(over) == ()


@pytest.mark.requirement("AGREE-028")
def test_a_lead_counts_from_when_this_node_was_told():
    late = seen(45.0, lead_s=7_200.0, received_s=5_400.0, own=False)
    assert LeftOpen(node()).points(late) == (
        "made known 30 min before it begins; 60 min are agreed for class uncrewed",
    )
    assert LeftOpen(node()).points(seen(45.0, received_s=5_400.0, own=True)) == ()


@pytest.mark.requirement("AGREE-028")
def test_what_was_not_looked_at_is_unknown_and_not_nothing():
    here = node()
    left_open = LeftOpen(here, shapes_max=3)
    assert left_open.points(seen(-45.0, count=2, digest="a")) == (OUTSIDE,)
    assert left_open.points(seen(-45.0, count=2, digest="b")) is None
    assert left_open.points(seen(-45.0, count=1, digest="c")) == (OUTSIDE,)
    assert left_open.points(seen(-45.0, count=2, digest="a")) == (OUTSIDE,), "remembered, free"
    assert LeftOpen(here, shapes_max=2).points(seen(-45.0, count=2, digest="b")) == (OUTSIDE,)
    assert LeftOpen(node("another")).points(seen(-45.0)) is None
    assert LeftOpen(node(), shapes_max=2).points(seen(45.0, cells=True)) is None
    assert LeftOpen(node()).points(seen(45.0, cells=True)) is not None
