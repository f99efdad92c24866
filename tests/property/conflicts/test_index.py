"""The index against the verdict on every pair of flights: by the compiled path and by the other."""

import hashlib
import os
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
from comity.domain.conflicts import (
    ConflictIndex,
    few_volumes,
    footprint_verdict,
    many_volumes,
)
from comity.domain.geometry import nearest_compiled
from comity.domain.intents import Finding
from comity.kernel.ids import RecordDigest

EXAMPLES = int(os.environ.get("COMITY_EXAMPLES", "40"))


def key_of(number: int) -> RecordDigest:
    return RecordDigest(hashlib.sha256(str(number).encode()).hexdigest())


def by_definition(held, footprint, minima, ignoring=()):
    found = []
    for key, other in sorted(held.items()):
        separation = minima(footprint.flight_class, other.flight_class)
        verdict = footprint_verdict(footprint, other, separation, nearest_compiled)
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


class Background:
    """Runs a task when the test says so: before, between and after whatever else is done."""

    def __init__(self):
        self.begun = self.finished = 0
        self._task = None
        self._packed = None

    def __call__(self, task):
        assert self._task is None, "one at a time"
        self.begun += 1
        self._task, self._packed = task, None
        return self

    def pack(self):
        if self._task is not None and self._packed is None:
            self._packed = self._task()

    def finish(self):
        self.pack()
        self._task = None

    def done(self):
        return self._task is None

    def result(self):
        self.finish()
        self.finished += 1
        return self._packed


@pytest.mark.requirement("CONF-023")
@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data(), seed=st.integers(0, 2**31), place=st.sampled_from(sorted(PLACES)))
def test_what_is_found_is_what_every_pair_says_whatever_came_and_went(data, seed, place):
    chance = np.random.default_rng(seed)
    background = Background()
    index = ConflictIndex(minima, 1, background if data.draw(st.booleans()) else None)
    held, current = {}, minima
    for number in range(data.draw(st.integers(5, 30))):
        step = data.draw(st.integers(0, 9))
        key = key_of(number if step else data.draw(st.integers(0, number)))
        footprint = random_footprint(chance, place, spread_m=8_000.0)
        index.hold(key, footprint)
        held[key] = footprint
        if step in {1, 2}:
            key = data.draw(st.sampled_from(sorted(held)))
            index.release(key)
            del held[key]
            index.release(key)
        if step == 3:
            background.pack()  # what goes from here on goes from what is packed already
        if step == 4:
            background.finish()
        if step == 5:
            current = wider_minima if current is minima else minima
            index.set_minima(current)  # which makes a rebuild due
        if step == 6:
            assert_same(index.find(footprint), by_definition(held, footprint, current))
    ignoring = set(sorted(held)[:2])
    for _ in range(2):
        footprint = random_footprint(chance, place, spread_m=8_000.0)
        assert_same(index.find(footprint), by_definition(held, footprint, current))
        assert_same(
            index.find(footprint, ignoring), by_definition(held, footprint, current, ignoring)
        )


@pytest.mark.requirement("CONF-032")
@pytest.mark.parametrize("compiled_from", [1, None])
def test_a_flight_that_takes_too_long_to_compare_is_undetermined_with_all_it_may_meet(
    compiled_from, monkeypatch
):
    chance = np.random.default_rng(5)
    index = ConflictIndex(minima, compiled_from)
    held = {}
    for number in range(40):
        place = "inland" if number < 30 else "pole"
        held[key_of(number)] = random_footprint(chance, place, spread_m=8_000.0)
        index.hold(key_of(number), held[key_of(number)])
    asked = random_footprint(chance, "inland", spread_m=8_000.0)
    exact = {finding.key for finding in index.find(asked)}
    assert len(exact) > 1
    for module in (many_volumes, few_volumes):
        monkeypatch.setattr(module, "PAIRS_JUDGED_MAX", 2)
    ignored = min(exact)
    found = {finding.key: finding.verdict for finding in index.find(asked, {ignored})}
    assert exact - {ignored} <= set(found) <= {key_of(number) for number in range(30)}
    assert set(found.values()) == {few_volumes.TOO_MUCH}


@pytest.mark.requirement("CONF-023")
@pytest.mark.parametrize("place", PLACES)
def test_numpy_alone_finds_the_same(place):
    chance = np.random.default_rng(3)
    numpy, compiled = ConflictIndex(minima, compiled_from=None), ConflictIndex(minima, 1)
    flights = [random_footprint(chance, place, spread_m=20_000.0) for _ in range(24)]
    for number, flight in enumerate(flights):
        for index in (numpy, compiled):
            index.hold(key_of(number), flight)
            if number % 4 == 3:
                index.release(key_of(number - 1))
    for current in (minima, wider_minima):
        for index in (numpy, compiled):
            index.set_minima(current)
        for number in range(0, 24, 4):
            own = {key_of(number)}
            assert_same(numpy.find(flights[number], own), compiled.find(flights[number], own))
    assert numpy.size_bytes == 0
    assert numpy.volume_count == compiled.volume_count


@pytest.mark.requirement("CONF-027")
@pytest.mark.parametrize("place", PLACES)
def test_all_conflicts_are_those_that_find_finds_on_any_number_of_threads(place):
    chance = np.random.default_rng(7)
    held = {key_of(number): random_footprint(chance, place, 15_000.0) for number in range(60)}
    compiled, numpy = ConflictIndex(minima, compiled_from=1), ConflictIndex(minima, None)
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
def test_changed_minima_hold_at_once_for_what_is_packed_arriving_and_being_packed():
    chance = np.random.default_rng(1)
    background = Background()
    index = ConflictIndex(minima, compiled_from=1, in_background=background)
    held = {}
    for number in range(36):
        key = key_of(number)
        held[key] = random_footprint(chance, "inland", 8_000.0)
        index.hold(key, held[key])
        if number == 11:
            current = wider_minima
        elif number == 23:
            current = minima
        elif number == 30:
            current = wider_minima
        else:
            continue
        index.set_minima(current)
        for footprint in held.values():
            assert_same(index.find(footprint), by_definition(held, footprint, current))
        if number == 23:
            background.finish()
    for _ in range(3):
        background.finish()
        index.maintain()
        for footprint in held.values():
            assert_same(index.find(footprint), by_definition(held, footprint, current))
    assert background.begun == background.finished == 3
    assert index.volume_count == sum(len(footprint.volumes) for footprint in held.values())


@pytest.mark.requirement("CONF-030")
def test_packing_in_a_thread_changes_no_answer_and_holds_up_no_call(monkeypatch):
    monkeypatch.setattr(many_volumes, "ARRIVALS_MAX", 40)
    monkeypatch.setattr(many_volumes, "ROOM_SPARE", 8)
    chance = np.random.default_rng(2)
    flights = {key_of(number): random_footprint(chance, "inland", 30_000.0) for number in range(60)}
    keys = sorted(flights)
    with ThreadPoolExecutor(1) as pool:
        threaded = ConflictIndex(minima, compiled_from=1, in_background=pool.submit)
        plain = ConflictIndex(minima, compiled_from=1)
        for turn in range(400):
            key = keys[int(chance.integers(len(keys)))]
            for index in (threaded, plain):
                if turn % 3 == 2:
                    index.release(key)
                else:
                    index.hold(key, flights[key])
            if turn % 5 == 0:
                asked = flights[keys[int(chance.integers(len(keys)))]]
                assert threaded.find(asked) == plain.find(asked)
        assert threaded.all_conflicts() == plain.all_conflicts()
    assert threaded.volume_count == plain.volume_count
    assert plain.size_bytes > 100 * plain.volume_count


@pytest.mark.requirement("CONF-030")
def test_packing_that_fails_costs_nothing_but_another_try():
    chance = np.random.default_rng(8)
    attempts = []

    class Failing(Background):
        def result(self):
            attempts.append(self._task)
            self._task = None
            raise MemoryError

    background = Failing()
    index = ConflictIndex(minima, compiled_from=1, in_background=background)
    held = {}
    for number in range(20):
        held[key_of(number)] = random_footprint(chance, "inland", 8_000.0)
        index.hold(key_of(number), held[key_of(number)])
        index.set_minima(wider_minima if number < 10 else minima)
        background._task = None  # it has ended
        index.maintain()
    assert len(attempts) > 2
    for footprint in held.values():
        assert_same(index.find(footprint), by_definition(held, footprint, minima))


@pytest.mark.requirement("CONF-030")
def test_a_task_in_the_background_is_waited_for_by_nobody():
    chance = np.random.default_rng(4)
    background = Background()
    index = ConflictIndex(minima, compiled_from=1, in_background=background)
    index.hold(key_of(0), random_footprint(chance, "inland", 8_000.0))
    index.set_minima(wider_minima)
    index.maintain()
    for number in range(1, 20):
        index.hold(key_of(number), random_footprint(chance, "inland", 8_000.0))
        index.maintain()
    assert (background.begun, background.finished) == (1, 0)
    background.finish()
    index.maintain()
    assert (background.begun, background.finished) == (1, 1)


@pytest.mark.requirement("CONF-029")
@pytest.mark.parametrize("compiled_from", [1, None], ids=["compiled", "numpy"])
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
