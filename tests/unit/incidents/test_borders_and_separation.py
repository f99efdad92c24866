"""Places and tracks against borders, and two tracks against each other."""

import math
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.claim_trees import statement, tree

from comity.domain.airspace import Altitude, Datum
from comity.domain.incidents import (
    AtHand,
    BorderAnswer,
    Finding,
    OfferedTrack,
    Outcome,
    TrackPoint,
    assess,
    border_answer,
    claim_of,
    closest_approach_of,
)
from comity.kernel.instants import Instant

METRES_PER_DEGREE = 111_319.49  # of longitude at the equator, WGS 84
START_MS = 1_764_288_000_000


class Meridian:
    """A straight border on the meridian of 0: Aurelia west of it, Borealis east; sea south of 10 S."""

    name, version, digest, view = "the meridian", "1", "ab" * 32, "invented"

    def __init__(self, error_m: float | None = 500.0) -> None:
        self.error_m = error_m

    def over(self, latitude_deg: float, longitude_deg: float, altitude: object) -> Sequence[str]:
        if latitude_deg < -10.0:
            return []
        return ["Aurelia"] if longitude_deg < 0.0 else ["Borealis"]

    def near(self, latitude_deg: float, longitude_deg: float, limit_m: float) -> Sequence[Any]:
        away_m = abs(longitude_deg) * METRES_PER_DEGREE
        if away_m > limit_m:
            return []
        edge = SimpleNamespace(distance_m=away_m)
        return [("Aurelia", edge), ("Borealis", edge)]


@pytest.mark.requirement("INCIDENT-012")
@pytest.mark.parametrize(
    ("lat", "lon", "error_m", "country", "answer"),
    [
        (0.0, -0.05, 0.0, "Aurelia", BorderAnswer.INSIDE),
        (0.0, 0.05, 0.0, "Aurelia", BorderAnswer.OUTSIDE),
        (0.0, 0.05, 0.0, "aurelia", BorderAnswer.OUTSIDE),
        (0.0, 0.004, 0.0, "Aurelia", BorderAnswer.WITHIN_ERROR),  # 445 m
        (0.0, 0.05, 6_000.0, "Aurelia", BorderAnswer.WITHIN_ERROR),  # 5.6 km, and its own error
        (-20.0, 0.05, 0.0, "Aurelia", BorderAnswer.UNDETERMINED_AT_SEA),
        (0.0, 0.05, 0.0, "Aurelja", BorderAnswer.COUNTRY_NOT_NEAR),
        (0.0, 20.0, 0.0, "Aurelia", BorderAnswer.COUNTRY_NOT_NEAR),
        (0.0, -20.0, 0.0, "Aurelia", BorderAnswer.INSIDE),
    ],
)
def test_a_place_is_told_with_both_errors(lat, lon, error_m, country, answer):
    assert border_answer(Meridian(), country, lat, lon, error_m).answer is answer


@pytest.mark.requirement("INCIDENT-012")
def test_a_set_that_states_no_error_decides_nothing():
    found = border_answer(Meridian(None), "Aurelia", 0.0, -5.0, 0.0)
    assert found.answer is BorderAnswer.ERROR_NOT_STATED


def track(points: Sequence[tuple[float, float, float]], **more: Any) -> OfferedTrack:
    """Points of seconds, metres east and metres north of 0, 0."""
    height = more.pop("height_m", None)
    altitudes = () if height is None else (Altitude(height, more.pop("datum", Datum.QNE)),)
    accuracy_m = more.pop("accuracy_m", 50.0)
    made = tuple(
        TrackPoint(
            Instant(START_MS + round(t_s * 1000)),
            north_m / 110_574.28,
            east_m / METRES_PER_DEGREE,
            accuracy_m,
            altitudes,
        )
        for t_s, east_m, north_m in points
    )
    return OfferedTrack(
        "radar",
        more.pop("identity", "a"),
        made,
        more.pop("synthetic", False),
        accuracy_assumed=False,
    )


def findings(
    tracks: Sequence[OfferedTrack], rule: str, *, data_sets: Sequence[Any] = (), **fields: Any
) -> list[Finding]:
    offered = [{"name": "radar", "description": "d", "origin": "o", "sha256": "ab" * 32}]
    claim = claim_of(tree(statement(material=["radar"], **fields), material=offered))
    assessed = assess([claim], AtHand(tracks={(0, "radar"): tracks}, data_sets=data_sets))
    return [each for each in assessed.statements[0].findings if each.rule == rule]


@pytest.mark.requirement("INCIDENT-012")
def test_each_data_set_answers_for_itself_and_none_discounts_a_claim():
    wide = Meridian(20_000.0)
    place = {"position": "0.0000N 000.0500E", "error": "100 m ± 0"}
    told = findings([], "B1", data_sets=[Meridian(), wide], border_of="Aurelia", place=place)
    assert [each.outcome for each in told] == [Outcome.STRAINED, Outcome.UNKNOWN]
    assert told[0].assumes == "the border is that of the meridian"
    assert "outside of Aurelia, 5,566 m from its line (over Borealis)" in told[0].words
    denied = findings([], "B1", data_sets=[Meridian()], border_of="Aurelia", place=place, says="no")
    assert denied[0].outcome is Outcome.CONSISTENT
    (unasked,) = findings([], "B1", border_of="Aurelia", place=place)
    assert unasked.outcome is Outcome.UNKNOWN


@pytest.mark.requirement("INCIDENT-012")
def test_a_track_inside_is_told_with_entry_exit_time_and_depth():
    crossing = track([(0, 3_000, 0), (10, 0, 0), (20, -3_000, 0), (30, -2_000, 0), (40, 2_000, 0)])
    (told,) = findings([crossing], "B2", data_sets=[Meridian()], border_of="Aurelia")
    assert told.outcome is Outcome.CONSISTENT
    assert told.figures["inside_s_min"] == 10.0
    assert told.figures["depth_m"] == pytest.approx(3_000.0, rel=1e-6)
    assert told.figures["depth_error_m"] == 550.0
    outside = track([(0, 3_000, 0), (10, 2_000, 0)])
    (told,) = findings([outside], "B2", data_sets=[Meridian()], border_of="Aurelia")
    assert told.outcome is Outcome.STRAINED
    (told,) = findings([outside], "B2", data_sets=[Meridian()], border_of="Aurelia", says="no")
    assert told.outcome is Outcome.CONSISTENT
    near = track([(0, 3_000, 0), (10, 100, 0)])
    (told,) = findings([near], "B2", data_sets=[Meridian()], border_of="Aurelia", says="no")
    assert told.outcome is Outcome.UNKNOWN
    made_up = track([(0, 3_000, 0), (10, 2_000, 0)], synthetic=True)
    (told,) = findings([made_up], "B2", data_sets=[Meridian()], border_of="Aurelia")
    assert told.outcome is not Outcome.STRAINED
    assert "SYNTHETIC" in told.words


@pytest.mark.requirement("INCIDENT-013")
def test_two_tracks_that_pass_have_a_closest_approach_between_their_positions():
    east = track([(0, -1_000, 0), (10, 1_000, 0)], height_m=6_000.0)
    north = track([(0, 300, -1_000), (10, 300, 1_000)], height_m=6_300.0, identity="b")
    found = closest_approach_of(east, north, clock_s=0.0)
    assert found is not None
    # relative motion (-200, 200) m/s from (1300, -1000): nearest 300/sqrt(2) at 5.75 s
    assert found.horizontal_m == pytest.approx(300 / math.sqrt(2), rel=1e-3)
    assert found.at.unix_ms == START_MS + 5_750
    assert (found.vertical_m, found.vertical_datum) == (300.0, "QNE")
    assert found.horizontal_m_min == 0.0  # 122 m of a turn within 10 s, and 50 m, of each
    off_m = 2 * (50 + 9.80665 * 100 / 8)
    assert found.horizontal_m_max == pytest.approx(found.horizontal_m + off_m, abs=2.0)


@pytest.mark.requirement("INCIDENT-013")
def test_a_pair_flying_side_by_side_is_less_sure_by_the_clocks():
    one = track([(t, 200.0 * t, 0.0) for t in range(11)])
    other = track([(t, 200.0 * t, 5_000.0) for t in range(11)], identity="b")
    surely = closest_approach_of(one, other, clock_s=0.0)
    less = closest_approach_of(one, other, clock_s=2.0)
    assert surely is not None
    assert less is not None
    assert surely.horizontal_m_min - less.horizontal_m_min == pytest.approx(400.0, rel=1e-3)


@pytest.mark.requirement("INCIDENT-013")
def test_across_a_gap_nothing_is_said_and_heights_of_two_datums_are_not_compared():
    one = track([(0, 0, 0), (50, 5_000, 0), (200, 20_000, 0), (250, 25_000, 0)], height_m=6_000.0)
    other = track(
        [(t, 100.0 * t, 40_000.0) for t in range(0, 251, 10)],
        height_m=6_000.0, datum=Datum.WGS84, identity="b",
    )  # fmt: skip
    found = closest_approach_of(one, other)
    assert found is not None
    assert found.gaps_s == 150.0
    assert found.seen_s == 100.0
    assert found.vertical_m is None
    later = track([(300, 0, 0), (310, 0, 0)])
    assert closest_approach_of(one, later) is None
    lone = track([(100, 0, 0)])
    assert closest_approach_of(one, lone) is None  # seen alone, while the other was not


@pytest.mark.requirement("INCIDENT-013")
def test_reported_is_held_against_recorded():
    pair = [
        track([(t, 200.0 * t, 0.0) for t in range(11)]),
        track([(t, 200.0 * t, 5_000.0) for t in range(11)], identity="b"),
    ]
    about = {"kind": "loss-of-separation"}
    (told,) = findings(pair, "S1", separation="30 m", **about)
    assert told.outcome is Outcome.STRAINED
    assert "it cannot be so by these tracks" in told.words
    assert told.assumes
    (told,) = findings(pair, "S1", separation="5 km", minimum="5 NM ± 0", **about)
    assert told.outcome is Outcome.CONSISTENT
    assert "was surely not kept horizontally" in told.words
    (told,) = findings(pair, "S1", minimum="2 NM ± 0", **about)
    assert told.outcome is Outcome.COMPUTED
    assert "was kept horizontally while both were seen" in told.words
    (told,) = findings(pair[:1], "S1", separation="30 m", **about)
    assert told.outcome is Outcome.UNKNOWN


@pytest.mark.requirement("INCIDENT-013")
def test_a_gap_may_hide_the_distance_that_was_reported():
    one = track([(0, 0, 0), (10, 1_000, 0), (200, 20_000, 0), (210, 21_000, 0)])
    other = track([(t, 100.0 * t, 40_000.0) for t in range(0, 211, 10)], identity="b")
    (told,) = findings([one, other], "S1", kind="loss-of-separation", separation="30 m")
    assert told.outcome is Outcome.CONSISTENT
    assert "not seen for 190.0 s, in which it may have been nearer" in told.words


@pytest.mark.requirement("INCIDENT-013")
def test_a_rivals_tracks_are_told_and_decide_nothing():
    pair = [
        track([(t, 200.0 * t, 0.0) for t in range(11)]),
        track([(t, 200.0 * t, 67_500.0) for t in range(11)], identity="b"),
    ]
    offered = [{"name": "radar", "description": "d", "origin": "o", "sha256": "ab" * 32}]
    near = tree(statement(kind="loss-of-separation", separation="100 m"))
    far = statement(kind="loss-of-separation", separation="42 smi ± 1", material=["radar"])
    claims = [claim_of(near), claim_of(tree(far, material=offered, claimant="Borealis"))]
    assessed = assess(claims, AtHand(tracks={(1, "radar"): pair}))
    told = {each.rule: each for each in assessed.statements[0].findings}
    assert told["S2"].outcome is Outcome.COMPUTED
    assert "by Borealis's tracks" in told["S2"].words
    assert assessed.statements[1].findings[0].outcome is Outcome.CONSISTENT
    assert {each.graded.grade for each in assessed.statements} == {"contested"}


METRES = st.integers(-20_000, 20_000)
PATHS = st.lists(st.tuples(METRES, METRES), min_size=2, max_size=6)
APPROACH_MPS_MAX = 2 * math.hypot(40_000.0, 40_000.0) / 20.0  # both from corner to corner in a step


@pytest.mark.requirement("INCIDENT-013")
@given(PATHS, PATHS)
@example([(-20_000, -20_000), (20_000, 20_000)], [(19_200, 19_200), (-20_000, -20_000)])
def test_no_sampled_moment_is_nearer_than_the_closest_approach(
    one: list[tuple[int, int]], other: list[tuple[int, int]]
) -> None:
    """Beside positions sampled four times a second, on a plane that is flat within 0.1 % here."""
    pair = [
        track([(20.0 * i, east, north) for i, (east, north) in enumerate(path)], identity=name)
        for name, path in (("a", one), ("b", other))
    ]
    found = closest_approach_of(pair[0], pair[1], clock_s=0.0)
    assert found is not None
    sampled = []
    steps = 80 * (min(len(one), len(other)) - 1)
    for step in range(steps + 1):
        leg, share = divmod(step / 80, 1)
        places = []
        for path in (one, other):
            start, end = path[int(leg)], path[min(int(leg) + 1, len(path) - 1)]
            places.append([s + share * (e - s) for s, e in zip(start, end, strict=True)])
        sampled.append(math.dist(*places))
    nearest = min(sampled)
    assert found.horizontal_m <= nearest * 1.001 + 1.0
    assert found.horizontal_m_min <= found.horizontal_m <= found.horizontal_m_max
    # a sample is at most an eighth of a second from the nearest moment
    assert found.horizontal_m >= nearest * 0.999 - APPROACH_MPS_MAX / 8 - 1.0
