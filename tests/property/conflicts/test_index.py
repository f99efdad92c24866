"""The index against the verdict on every pair of flights: by the compiled path and by the other."""

import hashlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flights import PLACES, minima, random_footprint, wider_minima

from comity.domain.airspace import (
    Clear,
    Conflict,
    Separation,
    Undetermined,
    cover_footprint,
)
from comity.domain.conflicts import ConflictIndex, footprint_verdict, many_volumes
from comity.domain.intents import Finding
from comity.kernel.ids import RecordDigest
from comity.kernel.invariants import InvariantError


def key_of(number: int) -> RecordDigest:
    return RecordDigest(hashlib.sha256(str(number).encode()).hexdigest())


def by_definition(held, footprint, minima, ignoring=()):
    found = []
    for key, other in sorted(held.items()):
        separation = minima(footprint.flight_class, other.flight_class)
        verdict = footprint_verdict(footprint, other, separation)
        if key not in ignoring and not isinstance(verdict, Clear):
            found.append(Finding(key, verdict))
    return found


def assert_same(found, expected):
    assert [finding.key for finding in found] == [finding.key for finding in expected]
    for one, other in zip(found, expected, strict=True):
        assert type(one.verdict) is type(other.verdict)
        if not isinstance(one.verdict, Conflict):
            assert one.verdict == other.verdict
            continue
        assert one.verdict.first_time == other.verdict.first_time
        assert one.verdict.volume == other.verdict.volume
        assert one.verdict.other_volume == other.verdict.other_volume
        assert one.verdict.least_vertical_m == other.verdict.least_vertical_m
        assert one.verdict.least_horizontal_m == pytest.approx(
            other.verdict.least_horizontal_m, abs=1e-3
        )


@pytest.mark.requirement("CONF-023")
@pytest.mark.parametrize("compiled_from", [1, 10**9, None], ids=["compiled", "numpy", "later"])
@settings(max_examples=12, deadline=None)
@given(data=st.data(), seed=st.integers(0, 2**31))
@pytest.mark.parametrize("place", PLACES)
def test_what_is_found_is_what_every_pair_says_whatever_came_and_went(
    place, compiled_from, data, seed
):
    chance = np.random.default_rng(seed)
    index = ConflictIndex(minima, compiled_from=compiled_from)
    held = {}
    rebuild = None
    current = minima
    for number in range(data.draw(st.integers(5, 25))):
        step = data.draw(st.integers(0, 9))
        key = key_of(number if step else data.draw(st.integers(0, number)))
        footprint = random_footprint(chance, place, spread_m=8_000.0)
        index.hold(key, footprint)
        held[key] = footprint
        if step == 1:
            key = data.draw(st.sampled_from(sorted(held)))
            index.release(key)
            del held[key]
            index.release(key)
        if step == 2 and compiled_from == 1 and held:
            if rebuild is None:
                rebuild = index.begin_rebuild()
            else:
                index.finish_rebuild(rebuild, rebuild.packed())
                rebuild = None
        if step == 4 and compiled_from is None:
            index.compile_from(1)
        if step == 3 and number > 10:
            current = wider_minima
            index.set_minima(current)
            rebuild = None
    ignoring = set(sorted(held)[:2])
    for _ in range(3):
        footprint = random_footprint(chance, place, spread_m=8_000.0)
        assert_same(index.find(footprint), by_definition(held, footprint, current))
        assert_same(
            index.find(footprint, ignoring), by_definition(held, footprint, current, ignoring)
        )


@pytest.mark.requirement("CONF-027")
@pytest.mark.parametrize("place", PLACES)
def test_all_conflicts_are_those_that_find_finds_on_any_number_of_threads(place):
    chance = np.random.default_rng(7)
    held = {key_of(number): random_footprint(chance, place, 15_000.0) for number in range(60)}
    compiled, numpy = ConflictIndex(minima, compiled_from=1), ConflictIndex(minima)
    for key, footprint in held.items():
        compiled.hold(key, footprint)
        numpy.hold(key, footprint)
    compiled.release(key_of(3))
    del held[key_of(3)]
    expected = [
        (key, finding)
        for key, footprint in sorted(held.items())
        for finding in compiled.find(footprint)
        if finding.key > key
    ]
    with ThreadPoolExecutor(2) as pool:
        found = compiled.all_conflicts(pool.map)
    assert found == compiled.all_conflicts()
    assert len(found) > 10
    assert [(key, other) for key, other, _ in found] == [(key, each.key) for key, each in expected]
    assert_same([Finding(*each[1:]) for each in found], [finding for _, finding in expected])
    numpy.release(key_of(3))
    assert_same(
        [Finding(*each[1:]) for each in numpy.all_conflicts()],
        [finding for _, finding in expected],
    )


@pytest.mark.requirement("CONF-028")
def test_a_rebuild_that_the_minima_overtook_is_let_go_and_one_at_a_time_is_made():
    chance = np.random.default_rng(1)
    index = ConflictIndex(minima, compiled_from=1)
    with pytest.raises(InvariantError):
        index.begin_rebuild()
    held = {key_of(number): random_footprint(chance, "inland", 8_000.0) for number in range(12)}
    for key, footprint in held.items():
        index.hold(key, footprint)
    rebuild = index.begin_rebuild()
    with pytest.raises(InvariantError):
        index.begin_rebuild()
    index.set_minima(wider_minima)
    index.finish_rebuild(rebuild, rebuild.packed())
    for footprint in held.values():
        assert_same(index.find(footprint), by_definition(held, footprint, wider_minima))
    assert index.volume_count == sum(len(footprint.volumes) for footprint in held.values())


@pytest.mark.requirement("CONF-023")
def test_a_rebuild_comes_due_by_itself_and_changes_no_answer(monkeypatch):
    monkeypatch.setattr(many_volumes, "ARRIVALS_MAX", 40)
    monkeypatch.setattr(many_volumes, "REBUILT_AT_ONCE_MAX", 60)
    monkeypatch.setattr(many_volumes, "ARRIVALS_ROOM", 64)
    monkeypatch.setattr(many_volumes, "ROWS_ROOM", 16)
    chance = np.random.default_rng(2)
    index = ConflictIndex(minima, compiled_from=1)
    held = {key_of(number): random_footprint(chance, "inland", 8_000.0) for number in range(90)}
    rebuild = None
    for number, (key, footprint) in enumerate(held.items()):
        index.hold(key, footprint)
        if number == 40:
            rebuild = index.begin_rebuild()
    assert not index.rebuild_due
    before = [index.find(footprint) for footprint in held.values()]
    index.finish_rebuild(rebuild, rebuild.packed())
    assert index.rebuild_due
    assert before == [index.find(footprint) for footprint in held.values()]
    index.maintain()
    assert not index.rebuild_due
    assert before == [index.find(footprint) for footprint in held.values()]
    assert index.size_bytes > 100 * index.volume_count


@pytest.mark.requirement("CONF-029")
@pytest.mark.parametrize("compiled_from", [1, 10**9], ids=["compiled", "numpy"])
@pytest.mark.parametrize("place", ["inland", "antimeridian"])
def test_cells_meet_whatever_their_flight_conflicts_with(place, compiled_from):
    chance = np.random.default_rng(5)
    index = ConflictIndex(minima, compiled_from=compiled_from)
    flights = {key_of(number): random_footprint(chance, place, 20_000.0) for number in range(10)}
    greatest = Separation(9_260.0, 304.8, minima("crewed", "crewed").height_bounds)
    in_cells = {key: cover_footprint(flight, greatest) for key, flight in flights.items()}
    hidden = sorted(flights)[::3]
    for key, flight in flights.items():
        index.hold(key, in_cells[key] if key in hidden else flight)
    clear = 0
    for key, flight in flights.items():
        for asked in (flight, in_cells[key]):
            found = {finding.key: finding.verdict for finding in index.find(asked, {key})}
            assert list(found) == sorted(found)
            for other in by_definition(flights, flight, minima, {key}):
                assert other.key in found
            for other, verdict in found.items():
                if other in hidden or asked.cells is not None:
                    assert isinstance(verdict, Undetermined)
            clear += len(flights) - 1 - len(found)
    assert clear > 10
    pairs = {(one, other) for one, other, _ in index.all_conflicts()}
    assert {
        tuple(sorted((key, other.key)))
        for key, flight in flights.items()
        for other in by_definition(flights, flight, minima, {key})
    } <= pairs
    for key in hidden:
        index.release(key)
    assert not {finding.key for finding in index.find(flights[hidden[0]])} & set(hidden)
