"""Bodies of intent records are checked to the letter."""

import copy
from dataclasses import replace

import pytest
from tests.intents_world import (
    ALPHA,
    BRAVO,
    PlaceFinder,
    World,
    agreement,
    at_places,
    forged,
)

from comity.domain.airspace import CELLS_MAX, CellCover, Datum, Footprint
from comity.domain.intents import IntentBook, NotPossible, read_body, window_of
from comity.domain.releasability import Disclosure
from comity.kernel.errors import RecordError

CELLS = Footprint(
    (),
    CellCover(frozenset({(0x871FA4C4AFFFFFF, 3, 5_984_000)}), 7, 300.0, 300, Datum.WGS84),
    "standard",
)


def cells_with(cell: int) -> Footprint:
    """The shared cell and one more of the flight's own, which nobody else is to learn of."""
    cover = CELLS.cells
    assert cover is not None
    return replace(CELLS, cells=replace(cover, cells=cover.cells | {(cell, 3, 5_984_000)}))


BAD = {
    "missing field": ("decide_by", None, "missing-field"),
    "an instant spelt otherwise": ("decide_by", "2026-11-23T13:00:00Z", "field-form"),
    "decided before it was made": ("decide_by", "2026-11-22T12:00:00.000Z", "intent-contradiction"),
    "an intent of another": ("intent", f"{BRAVO}/{1:016x}", "intent-owner"),
    "no intent id": ("intent", "flight 7", "field-form"),
    "version 0": ("version", 0, "field-limit"),
    "version true": ("version", True, "field-form"),
    "too many versions": ("version", 10_000, "field-limit"),
    "an unknown disclosure": ("disclosure", "private", "field-form"),
    "cells said, volumes given": ("disclosure", "cells", "intent-contradiction"),
    "asks others than it is sent to": ("required", [], "intent-recipients"),
    "required is no array": ("required", BRAVO, "field-form"),
    "a stranger's name": ("required", ["nobody"], "field-form"),
    "a party twice": ("required", [BRAVO, BRAVO], "field-form"),
    "too many parties": ("required", [BRAVO] * 65, "field-limit"),
    "a callsign in small letters": ("callsign", "relief 12", "field-form"),
    "a digest too short": ("replaces", "ab", "field-form"),
    "an agreement in words": ("agreement", "the memorandum", "field-form"),
    "a footprint that is none": ("footprint", [], "field-form"),
    "neither volumes nor cells": ("footprint", {"flight_class": "standard"}, "field-form"),
    "no volume": ("footprint", {"flight_class": "standard", "volumes": []}, "volume-invalid"),
    "a class with a space": ("footprint", {"flight_class": "a b", "volumes": []}, "field-form"),
}


@pytest.mark.requirement("INTENT-015")
@pytest.mark.parametrize("case", BAD)
def test_a_bad_proposal_is_refused_with_field_and_reason(case):
    field, value, reason = BAD[case]
    world = World(ALPHA, BRAVO)
    body = copy.deepcopy(dict(world.proposed(ALPHA, at_places(1)).body))
    if value is None:
        del body[field]
    else:
        body[field] = value
    record = forged(world[ALPHA], "intent.proposal", body, [BRAVO], world.at)
    book = IntentBook(BRAVO, PlaceFinder())
    with pytest.raises(RecordError) as caught:
        book.apply(record, world.at, world.terms)
    assert caught.value.reason == reason
    assert field in caught.value.detail or reason in ("volume-invalid", "intent-contradiction")
    assert list(book.intents()) == []


OTHER_BAD = {
    "no such kind": ("intent.wish", {}, "field-form"),
    "a detail that is no object": (
        "intent.refusal",
        {
            "agreement": "a" * 64,
            "border": None,
            "kernel": "k",
            "proposal": "b" * 64,
            "reason": "cap",
            "detail": [],
        },
        "field-form",
    ),
    "assents that are no objects": (
        "intent.acceptance",
        {"agreement": "a" * 64, "assents": ["x"], "proposal": "b" * 64},
        "field-form",
    ),
    "a reason in words": (
        "intent.withdrawal",
        {"because": None, "proposal": "b" * 64, "reason": "Because!"},
        "field-form",
    ),
    "off-nominal and activated": (
        "intent.state",
        {"off_nominal": "volume", "proposal": "b" * 64, "state": "activated"},
        "intent-contradiction",
    ),
    "both begun and ended": (
        "intent.announcement",
        {
            "callsign": None,
            "ends": "b" * 64,
            "footprint": "volume",
            "intent": f"{ALPHA}/{1:016x}",
            "precedence": "FLASH",
            "remark": "",
        },
        "intent-contradiction",
    ),
    "an announcement without haste": (
        "intent.announcement",
        {
            "callsign": None,
            "ends": "b" * 64,
            "footprint": None,
            "intent": f"{ALPHA}/{1:016x}",
            "precedence": "ROUTINE",
            "remark": "",
        },
        "field-form",
    ),
    "a remark too long": (
        "intent.announcement",
        {
            "callsign": None,
            "ends": "b" * 64,
            "footprint": None,
            "intent": f"{ALPHA}/{1:016x}",
            "precedence": "FLASH",
            "remark": "x" * 401,
        },
        "field-form",
    ),
}


@pytest.mark.requirement("INTENT-015")
@pytest.mark.parametrize("case", OTHER_BAD)
def test_other_bad_bodies_are_refused(case):
    kind, body, reason = OTHER_BAD[case]
    world = World(ALPHA, BRAVO)
    footprint = world.proposed(ALPHA, at_places(1)).body["footprint"]
    filled = {name: footprint if value == "volume" else value for name, value in body.items()}
    with pytest.raises(RecordError) as caught:
        read_body(forged(world[ALPHA], kind, filled, [BRAVO], world.at))
    assert caught.value.reason == reason


CELL = ["871fa4c4affffff", 3, 5_984_000]
BAD_CELLS = {
    "no cells": ([], "field-form"),
    "a row of two": ([CELL[:2]], "field-form"),
    "no H3 cell": ([["zz", 3, 1]], "field-form"),
    "a band in words": ([[CELL[0], "low", 1]], "field-limit"),
    "a slot before 1970": ([[CELL[0], 3, -1]], "field-limit"),
    "a cell twice": ([CELL, CELL], "field-form"),
    "one more than airspace keeps": (
        [[CELL[0], 3, slot] for slot in range(CELLS_MAX + 1)],
        "field-limit",
    ),
}


@pytest.mark.requirement("INTENT-015")
@pytest.mark.parametrize("case", BAD_CELLS)
def test_bad_cells_are_refused(case):
    rows, reason = BAD_CELLS[case]
    world = World(ALPHA, BRAVO, terms=agreement(ALPHA, BRAVO, disclosure=Disclosure.CELLS))
    body = copy.deepcopy(dict(proposed_in_cells(world).body))
    body["footprint"]["cells"]["cells"] = rows
    with pytest.raises(RecordError) as caught:
        read_body(forged(world[ALPHA], "intent.proposal", body, [BRAVO], world.at))
    assert caught.value.reason == reason


def proposed_in_cells(world, party=ALPHA, footprint=CELLS, **given):
    start_s = window_of(CELLS)[0].minus(world.at)
    world.wait(start_s - 3_600.0)
    return world.proposed(party, footprint, disclosure=Disclosure.CELLS, **given)


@pytest.mark.requirement("INTENT-004")
def test_a_flight_in_cells_is_refused_with_no_more_than_the_shared_cells():
    world = World(ALPHA, BRAVO, terms=agreement(ALPHA, BRAVO, disclosure=Disclosure.CELLS))
    proposed_in_cells(world, footprint=cells_with(0x871FA4C4EFFFFFF))
    world.settle()
    world[BRAVO].book.holdings.finder.held.clear()  # bravo does not see what alpha holds
    world.proposed(BRAVO, cells_with(0x871FA4C4BFFFFFF), disclosure=Disclosure.CELLS)
    world.deliver(BRAVO, ALPHA)
    (refusal,) = world[ALPHA].settle(world.at)
    assert refusal.body["detail"] == {"with": ALPHA, "cells": [CELL]}


@pytest.mark.requirement("INTENT-004")
def test_volumes_are_not_proposed_where_the_agreement_shows_cells():
    world = World(ALPHA, BRAVO, terms=agreement(ALPHA, BRAVO, disclosure=Disclosure.CELLS))
    answer = world.declare(ALPHA, at_places(1))
    assert isinstance(answer, NotPossible)
    assert (answer.reason, answer.detail) == ("disclosure", {"allowed": "cells"})
