"""Rank is one total order; the work per record does not grow with what is held; pages show the tables."""

import importlib.util
import itertools
import sys
from pathlib import Path

import pytest
from tests.intents_world import ALPHA, BRAVO, CHARLIE, NOON, World, agreement, at_places

from comity.domain.intents import rank
from comity.kernel.errors import AgreementError
from comity.kernel.instants import instant_from_canonical

ROOT = Path(__file__).resolve().parents[3]
TERMS = agreement(ALPHA, BRAVO, CHARLIE)
WEEKS = [NOON.plus_s(week * 7 * 86_400.0) for week in range(3)]


@pytest.mark.requirement("INTENT-002")
def test_ranks_of_different_parties_are_never_equal():
    everything = [
        (party, rank(TERMS, priority, party, start))
        for party, priority, start in itertools.product(TERMS.party_ids, TERMS.precedence, WEEKS)
    ]
    for (one, rank_one), (other, rank_other) in itertools.combinations(everything, 2):
        assert one == other or rank_one != rank_other


@pytest.mark.requirement("INTENT-002")
def test_the_right_of_way_moves_on_by_one_party_a_week_and_class_goes_first():
    # 2026-11-23 begins ISO week 48, so the turns are (index + 48) mod 3.
    assert [rank(TERMS, "routine", each, NOON) for each in TERMS.party_ids] == [
        (2, 0, 0),
        (2, 1, 1),
        (2, 2, 2),
    ]
    next_week = [rank(TERMS, "routine", each, WEEKS[1]) for each in TERMS.party_ids]
    assert next_week == [(2, 1, 0), (2, 2, 1), (2, 0, 2)]
    sunday = instant_from_canonical("2026-11-22T23:59:59.999Z")
    assert rank(TERMS, "medical", CHARLIE, sunday) == (0, 1, 2)
    with pytest.raises(AgreementError):
        rank(TERMS, "pleasure", ALPHA, NOON)


class CountingFinder:
    """Finds nothing and counts how often it is asked."""

    def __init__(self):
        self.asked = 0

    def hold(self, key, footprint):
        pass

    def release(self, key):
        pass

    def set_minima(self, minima):
        pass

    def find(self, footprint, ignoring=()):
        self.asked += 1
        return []


@pytest.mark.requirement("INTENT-017")
def test_one_more_flight_takes_the_same_looks_however_many_are_held():
    world = World(ALPHA, BRAVO, finder=CountingFinder)
    looks = {}
    for count in range(1, 301):
        before = [world[party].book.holdings.finder.asked for party in (ALPHA, BRAVO)]
        world.proposed(ALPHA, at_places(count % 90))
        world.settle()
        after = [world[party].book.holdings.finder.asked for party in (ALPHA, BRAVO)]
        looks[count] = [b - a for a, b in zip(before, after, strict=True)]
    assert looks[1] == looks[300] == [1, 1]
    assert world[ALPHA].book.holdings.agenda.head() is None
    assert world[BRAVO].book.holdings.agenda.head() is None


def test_the_pages_diagrams_are_the_tables():
    spec = importlib.util.spec_from_file_location("draw_states", ROOT / "tools" / "draw_states.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = tool
    spec.loader.exec_module(tool)
    for diagram in tool.DIAGRAMS:
        text = (ROOT / diagram.page).read_text()
        assert tool.page_with(text, diagram) == text, f"run tools/draw_states.py: {diagram.name}"
