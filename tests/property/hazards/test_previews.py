"""Nothing finer than consented to, whatever is asked; what is in reach is found; a sweep rings."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from tests.hazards_world import (
    ADA,
    BEN,
    LATITUDE,
    LONGITUDE,
    circle,
    consent_to,
    do,
    listed,
    preview,
    query,
    send,
    sides,
    speak_for,
    wish,
    written,
)
from tests.simulation.world import World
from tests.sites_world import ALPHA, BRAVO, NOON, Speaker, site_id

from comity.application.notify import revise_notice
from comity.application.preview_notice import preview_notice
from comity.domain.agreement import Buffers
from comity.domain.airspace import Altitude, Datum, Volume4D
from comity.domain.geometry import Shape, ShapeKind
from comity.domain.hazards import (
    CELL_DAY_MAX,
    HOMING_MAX,
    OPERATOR_CELLS_MAX,
    OPERATOR_HOUR_MAX,
    Asked,
    PreviewLog,
    SweepRule,
    touched_by,
)
from comity.domain.sites import MovementRegister, cell_disc, cell_of, cells_around
from comity.kernel.errors import InputError
from comity.kernel.ids import OperatorId, RecordDigest

GEOD = Geod(ellps="WGS84")
LEVEL = 9


class Seen:
    """Everything that the author's side learns, in the order in which it does."""

    def __init__(
        self, true_places: list[tuple[int, int]], plan: list[Any], precision_mm: int
    ) -> None:
        world = World(seed=5)
        flies, speaks = sides(world)
        wishes = []
        for number, (latitude, longitude) in enumerate(true_places):
            fresh = wish(number, "hospital" if number % 2 else "school")
            fresh["place"]["latitude_deg_e7"], fresh["place"]["longitude_deg_e7"] = (
                [latitude],
                [longitude],
            )
            wishes.append(fresh)
        speak_for(world, speaks, *wishes, to=flies, precision_mm=precision_mm)
        self.told: list[str] = []
        notice = None
        for step in plan:
            shape = circle(step["east_m"], step["radius_m"], step["north_m"])
            if step["what"] == "preview":
                try:
                    found = preview(world, flies, shape, operator=step["operator"])
                except InputError as error:
                    self.told.append(str(error))
                else:
                    self.told.append(repr(found.answer))
            elif step["what"] == "query":
                self._query(world, flies, shape, step["operator"])
            elif step["what"] == "list":
                listed(world, flies, step["operator"], 1_000)
            elif step["what"] == "send":
                notice = send(world, flies, shape).body["notice"]
            elif step["what"] == "revise" and notice is not None:
                self._revise(world, flies, notice, shape)
            elif step["what"] == "consent":
                consent_to(world, speaks, flies, step["precision_mm"])
            world.run(3)
        world.run(20)
        self.told += [each.text for each in flies.node.alarms.of_each(100)]
        self.journal = [each.envelope_bytes for each in flies.node.store.journal()]
        self.owner_heard = len(speaks.node.hazards.touches_received())

    def _query(self, world: World, flies: Any, shape: Shape, operator: OperatorId) -> None:
        try:
            answer, record = query(world, flies, shape, operator)
        except InputError as error:
            self.told.append(str(error))
        else:
            self.told.append(f"{answer!r} {record}")

    @staticmethod
    def _revise(world: World, flies: Any, notice: Any, shape: Shape) -> None:
        do(world, flies, lambda n, at: revise_notice(n, notice, written(at, shape), ADA, at))


STEP = st.fixed_dictionaries({
    "what": st.sampled_from(["preview", "preview", "preview", "query", "query", "list", "send", "revise", "consent"]),
    "operator": st.sampled_from([ADA, BEN]),
    "east_m": st.floats(-60_000.0, 60_000.0),
    "north_m": st.floats(-60_000.0, 60_000.0),
    "radius_m": st.sampled_from([50.0, 1_000.0, 15_000.0]),
    "precision_mm": st.sampled_from([2_000_000, 10_000_000]),
})  # fmt: skip


@pytest.mark.requirement("HAZARD-011")
@settings(max_examples=8, deadline=None)
@given(plan=st.lists(STEP, min_size=4, max_size=14), seed=st.integers(0, 2**32))
def test_where_in_its_cell_a_site_is_changes_no_byte_that_its_author_has(
    plan: list[Any], seed: int
) -> None:
    """The strongest form of «no finer»: two worlds that differ below the precision cannot be told apart."""
    rng = random.Random(seed)
    one, other = _same_cell(rng), _same_cell(rng)
    first, second = (
        Seen([each, (each[0] + 700_000, each[1])], plan, 2_000_000) for each in (one, other)
    )
    assert first.told == second.told
    assert first.journal == second.journal
    assert one != other


def _same_cell(rng: random.Random) -> tuple[int, int]:
    """Somewhere in the finest cell of 2 km that holds the invented place, or was drawn to; never its edge."""
    level = 13  # 2.4 km high
    middle = (round(LATITUDE * 1e7) + 3_000, round(LONGITUDE * 1e7) + 3_000)
    wanted = cell_of(*middle, level)
    while True:
        place = (
            middle[0] + rng.randint(-240_000, 240_000),
            middle[1] + rng.randint(-240_000, 240_000),
        )
        beside = place[0] + 700_000, place[1]
        if cell_of(*place, level) == wanted and cell_of(*beside, level) == cell_of(
            middle[0] + 700_000, middle[1], level
        ):
            return place


@pytest.mark.requirement("HAZARD-009")
@settings(max_examples=60, deadline=None)
@given(
    asked=st.lists(
        st.tuples(
            st.integers(0, 2), st.integers(0, 5), st.integers(0, 3), st.integers(1, 4_000),
            st.booleans(),
        ),
        min_size=20, max_size=90,
    )
)  # fmt: skip
def test_refusals_are_the_same_whether_anything_is_there_or_not(asked: list[Any]) -> None:
    told: list[list[str]] = []
    for there in (False, True):
        log, at, words = PreviewLog(), NOON, []
        for number, (who, question, cell, after_s, seen) in enumerate(asked):
            at = at.plus_s(after_s)
            operator, cells = OperatorId(f"op{who}"), ((100 + cell, 7),)
            digest = f"{question:064x}"
            try:
                log.check(operator, digest, cells, at)
            except InputError as error:
                words.append(str(error))
                continue
            found = ((str(site_id(1)), 5),) if there and seen else ()
            sweeps = log.take(
                Asked(RecordDigest(f"{number:064x}"), operator, at, digest, cells, found)
            )
            words.append(f"asked {[each.rule.value for each in sweeps]}")
        told.append(words)
    assert told[0] == told[1]


@pytest.mark.requirement("HAZARD-009")
def test_the_same_question_is_answered_the_same_on_both_sides_of_the_limit() -> None:
    world = World(seed=3)
    flies, speaks = sides(world)
    speak_for(world, speaks, wish(), to=flies)
    fixed = world.at(flies).plus_s(200_000.0)

    def ask() -> Any:
        work = lambda n, at: preview_notice(n, written(fixed, circle()), ADA, at)  # noqa: E731
        return do(world, flies, work).answer.touched

    answers = [ask() for _ in range(OPERATOR_HOUR_MAX)]
    with pytest.raises(InputError, match="20 previews and queries of ada within one hour"):
        ask()
    world.run(3_600)
    assert [ask()] * OPERATOR_HOUR_MAX == answers


@pytest.mark.requirement("HAZARD-008")
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), width=st.integers(1, 8), operators=st.integers(1, 3))
def test_whoever_tiles_a_country_rings_in_whatever_order(
    seed: int, width: int, operators: int
) -> None:
    rng = random.Random(seed)
    tiles = [(row, column) for row in range(18) for column in range(18)]
    rng.shuffle(tiles)
    log, at, rules = PreviewLog(), NOON, []
    for number, start in enumerate(range(0, len(tiles), width)):
        at = at.plus_s(rng.uniform(600.0, 1_500.0))
        cells = tuple(tiles[start : start + width])
        asked = Asked(
            RecordDigest(f"{number:064x}"), OperatorId(f"op{number % operators}"), at,
            f"{number:064x}", cells, (),
        )  # fmt: skip
        rules += [each.rule for each in log.take(asked)]
    assert {SweepRule.TILING, SweepRule.TILING_TOGETHER} & {*rules}
    if operators == 1:
        assert SweepRule.TILING in rules
    assert len(tiles) > 2 * OPERATOR_CELLS_MAX


@pytest.mark.requirement("HAZARD-008")
@settings(max_examples=25, deadline=None)
@given(true_m=st.floats(-15_000.0, 15_000.0), hours=st.floats(0.2, 1.0))
def test_halving_rings_before_it_is_finer_than_a_seventh_and_ends_before_it_is_done(
    true_m: float, hours: float
) -> None:
    """Somebody halves a line of 39 km around a place known exactly; rings at the sixth question, ends at twelve."""
    log, at, low, high, rang, asked = PreviewLog(), NOON, -19_500.0, 19_500.0, None, 0
    while high - low > 1.0:
        middle = (low + high) / 2.0
        at = at.plus_s(hours * 3_600.0)
        question = f"{asked:064x}"
        try:
            log.check(ADA, question, ((1, 1),), at)
        except InputError:
            break
        asked += 1
        seen = true_m < middle
        sweeps = log.take(Asked(RecordDigest(question), ADA, at, question, ((1, 1),), ()))
        if sweeps and rang is None:
            rang = asked
        low, high = (low, middle) if seen else (middle, high)
    assert rang == HOMING_MAX
    assert asked == CELL_DAY_MAX
    assert high - low > 5.0


@pytest.mark.requirement("HAZARD-014")
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), precise=st.booleans())
def test_whatever_is_in_reach_is_found_beside_a_plain_loop(seed: int, precise: bool) -> None:
    rng = random.Random(seed)
    owner, author = Speaker(BRAVO), Speaker(ALPHA)
    latitude, longitude = (
        rng.uniform(-85.0, 85.0),
        rng.choice([179.99, -179.99, rng.uniform(-180, 180)]),
    )
    places = {}
    for number in range(30):
        away_m, towards = rng.uniform(0.0, 30_000.0), rng.uniform(0.0, 360.0)
        east, north, _ = GEOD.fwd(longitude, latitude, towards, away_m)
        places[number] = (north, east, rng.choice(["hospital", "school"]))
        owner.enter(
            number, latitude_e7=round(north * 1e7), longitude_e7=round(east * 1e7),
            accuracy_mm=0, kind=places[number][2],
        )  # fmt: skip
    owner.consent(ALPHA, 0 if precise else 2_000_000)
    for record in owner.issue_owed():
        author.register.apply(record, record.made_at)
    radius_m = rng.uniform(1.0, 10_000.0)
    buffers = Buffers(500.0, {"hospital": 4_000.0}, {"firing": 1_500.0})
    low, high = Altitude(0.0, Datum.EGM2008), Altitude(100.0, Datum.EGM2008)
    shape = Shape(ShapeKind.PATH, (latitude,), (longitude,), radius_m)
    volume = Volume4D(shape, low, high, NOON, NOON.plus_s(3_600.0))
    movements = MovementRegister(ALPHA)
    activity = rng.choice(["firing", "jet"])
    found = touched_by([volume], activity, buffers, author.register, movements, author.at)
    reach = {"hospital": 4_000.0, "school": 1_500.0 if activity == "firing" else 500.0}
    for number, (north, east, kind) in places.items():
        away_m = GEOD.inv(longitude, latitude, east, north)[2]
        there = str(site_id(number, BRAVO)) in {each.id for each in found}
        if away_m <= radius_m + reach[kind]:
            assert there
        elif precise and away_m > radius_m + reach[kind] + 1.5:
            assert not there


@pytest.mark.requirement("HAZARD-008")
@settings(max_examples=200, deadline=None)
@given(
    latitude=st.floats(-90.0, 90.0), longitude=st.floats(-180.0, 180.0),
    radius_m=st.floats(0.0, 50_000.0), towards=st.floats(0.0, 360.0), share=st.floats(0.0, 1.0),
)  # fmt: skip
def test_no_cell_that_an_area_meets_is_left_out(
    latitude: float, longitude: float, radius_m: float, towards: float, share: float
) -> None:
    shape = Shape(ShapeKind.PATH, (latitude,), (longitude,), radius_m)
    east, north, _ = GEOD.fwd(longitude, latitude, towards, radius_m * share)
    inside = cell_of(round(north * 1e7), round(east * 1e7), LEVEL)
    assert inside in cells_around(shape, 0.1, 100)
    assert cell_disc(inside.row, inside.column).radius_m > 0.0
