"""Each rule of arithmetic on figures that fit, that do not, and that are not there."""

from typing import Any

import pytest
from tests.claim_trees import statement, tree

from comity.domain.incidents import Finding, Outcome, assess, claim_of

FAST = {"name": "a", "speed_max": "900 km/h ± 0", "limits_source": "an invented manual"}
SLOWEST = {"name": "a", "speed_min": "300 km/h ± 0", "limits_source": "an invented manual"}
ABLE = {
    "name": "a",
    "climb_max": "30 m/s ± 0",
    "acceleration_max": "3 g ± 0",
    "height_max": "12 km ± 0",
    "limits_source": "an invented manual",
}


def found(rule: str, aircraft: dict[str, str] | None = None, **fields: Any) -> list[Finding]:
    made = statement(**fields) if aircraft is None else statement(aircraft="a", **fields)
    claim = claim_of(tree(made, aircraft=None if aircraft is None else [aircraft]))
    return [each for each in assess([claim]).statements[0].findings if each.rule == rule]


def outcomes(rule: str, aircraft: dict[str, str] | None = None, **fields: Any) -> list[Outcome]:
    return [each.outcome for each in found(rule, aircraft, **fields)]


def times(start: str, end: str) -> dict[str, Any]:
    day = "2026-11-28T"
    return {"starts": {"stated": f"{day}{start}Z"}, "ends": {"stated": f"{day}{end}Z"}}


@pytest.mark.requirement("INCIDENT-005")
@pytest.mark.parametrize(
    ("start", "end", "duration", "outcome"),
    [
        ("12:00:00", "12:00:17", "17 s", Outcome.CONSISTENT),
        ("12:00:00", "12:00:18", "17 s", Outcome.CONSISTENT),  # half a second at each end
        ("12:00:00", "12:00:18", "16.9 s", Outcome.CONTRADICTORY),
        ("12:00:00", "12:01:00", "17 s", Outcome.CONTRADICTORY),
        ("12:00:05", "12:00:00", None, Outcome.CONTRADICTORY),
    ],
)
def test_times_and_duration_are_held_against_each_other(start, end, duration, outcome):
    assert outcomes("K1", duration=duration, **times(start, end)) == [outcome]


@pytest.mark.requirement("INCIDENT-005")
def test_length_by_time_is_a_speed_with_its_arithmetic_in_words():
    (told,) = found("K2", length="2.0 km", duration="10.0 s", speed="720 km/h")
    assert told.outcome is Outcome.CONSISTENT
    assert told.words == (
        "2.0 km ÷ 10.0 s = 200.0 m/s (720 km/h, 389 kt); by the digits stated 699 to 742 km/h;"
        " stated 720 km/h = 200.0 m/s (720 km/h, 389 kt): these agree"
    )
    (differs,) = found("K2", length="2.0 km", duration="10.0 s", speed="360 km/h")
    assert differs.outcome is Outcome.CONTRADICTORY
    assert differs.words.endswith("these differ, by a factor of 2.00")
    assert outcomes("K2", length="2.0 km", duration="10.0 s") == [Outcome.COMPUTED]


@pytest.mark.requirement("INCIDENT-004")
def test_what_breaks_only_under_one_mile_is_strained_and_says_which():
    # 1.15 statute miles in 17 s are 212 kt, nautical ones 244 kt
    told = found("K2", length="1.15 mi", duration="17 s", speed="244 kt ± 3")
    assert [(each.outcome, each.reading) for each in told] == [
        (Outcome.STRAINED, "statute"),
        (Outcome.CONSISTENT, "nautical"),
    ]
    both = found("K2", length="1.15 mi", duration="17 s", speed="500 kt ± 3")
    assert [each.outcome for each in both] == [Outcome.CONTRADICTORY] * 2


@pytest.mark.requirement("INCIDENT-006")
def test_a_limit_counts_only_where_a_source_gives_it():
    figures = {"length": "5.0 km", "duration": "10.0 s"}  # 1,800 km/h
    unknown = found("K3", **figures)
    assert {each.outcome for each in unknown} == {Outcome.UNKNOWN}
    assert "no source gives a greatest speed" in unknown[0].words
    above = found("K3", FAST, **figures)
    assert [each.outcome for each in above] == [Outcome.STRAINED, Outcome.UNKNOWN]
    assert "an invented manual" in above[0].words
    assert "wind" in above[0].assumes
    below = found("K3", SLOWEST, length="0.50 km", duration="10.0 s")
    assert below[0].outcome is Outcome.STRAINED
    helicopter = {"name": "a", "category": "A7"}
    assert outcomes("K3", helicopter, **figures)[0] is Outcome.CONTRADICTORY
    assert outcomes("K3", helicopter, length="1.0 km", duration="10.0 s")[0] is Outcome.CONSISTENT


@pytest.mark.requirement("INCIDENT-005")
def test_in_to_a_depth_and_out_again_is_at_least_twice_as_long():
    (short,) = found("K4", length="3.9 km", depth="2.00 km")
    assert short.outcome is Outcome.STRAINED
    assert "at least twice that, 4,000 m" in short.words
    assert short.assumes
    assert outcomes("K4", length="4.0 km", depth="2.00 km") == [Outcome.CONSISTENT]
    assert outcomes("K4", kind="other", length="3.9 km", depth="2.00 km") == []
    assert outcomes("K5", depth="2.00 km", duration="10.0 s", speed="300 m/s ± 1") == [
        Outcome.STRAINED
    ]
    assert outcomes("K5", depth="2.00 km", duration="10.0 s", speed="450 m/s ± 1") == [
        Outcome.CONSISTENT
    ]
    assert outcomes("K5", FAST, depth="2.00 km", duration="10.0 s")[-1] is Outcome.STRAINED


@pytest.mark.requirement("INCIDENT-005")
def test_two_places_are_held_against_length_and_speed():
    ends = {
        "place": {"position": "60.0000N 024.0000E", "error": "10 m"},
        "place_end": {"position": "60.0000N 024.1000E", "error": "10 m"},
    }  # 5,579 m by geodesic
    (told,) = found("K6", length="5.5 km", **ends)
    assert told.outcome is Outcome.CONTRADICTORY
    assert "5,58" in told.words
    assert outcomes("K6", length="5.6 km", **ends) == [Outcome.CONSISTENT]
    assert outcomes("K6", duration="10.0 s", speed="500 m/s ± 1", **ends) == [Outcome.CONTRADICTORY]
    assert outcomes("K6", duration="10.0 s", **ends) == [Outcome.COMPUTED]
    words = {"place": {"words": "near the border"}, "place_end": ends["place_end"]}
    assert outcomes("K6", length="5.5 km", **words) == []


@pytest.mark.requirement("INCIDENT-005")
def test_a_climb_needs_one_datum():
    figures = {"duration": "60.0 s", "height": "1000 m ± 1 AMSL", "height_end": "4000 m ± 1 AMSL"}
    assert outcomes("K7", **figures, climb_rate="50.0 m/s") == [Outcome.CONSISTENT]
    assert outcomes("K7", **figures, climb_rate="20.0 m/s") == [Outcome.CONTRADICTORY]
    assert outcomes("K7", ABLE, **figures) == [Outcome.COMPUTED, Outcome.CONTRADICTORY]
    figures["height_end"] = "FL130"
    assert outcomes("K7", **figures) == [Outcome.UNKNOWN]
    assert outcomes("K7", duration="60.0 s", height="1000 m", height_end="4000 m") == [
        Outcome.UNKNOWN
    ]


@pytest.mark.requirement("INCIDENT-005")
def test_a_turn_is_held_against_its_rate_and_what_the_aircraft_bears():
    figures = {"turned": "90 deg ± 1", "duration": "30.0 s", "speed": "200 m/s ± 1"}
    assert outcomes("K8", **figures, turn_rate="3.0 deg/s") == [
        Outcome.CONSISTENT,
        Outcome.UNKNOWN,
    ]
    assert outcomes("K8", **figures, turn_rate="1.0 deg/s")[0] is Outcome.CONTRADICTORY
    assert outcomes("K8", ABLE, **figures) == [Outcome.COMPUTED, Outcome.CONSISTENT]
    figures["speed"] = "900 m/s ± 1"  # 47 m/s², 4.8 g
    assert outcomes("K8", ABLE, **figures) == [Outcome.COMPUTED, Outcome.CONTRADICTORY]


@pytest.mark.requirement("INCIDENT-006")
def test_a_height_without_datum_is_told_and_a_ceiling_breaks_only_under_one_datum():
    assert outcomes("K9", height="6000 m") == [Outcome.UNKNOWN]
    assert outcomes("K9", height="6000 m AMSL") == []
    (above,) = found("K9", ABLE, height="15000 m AMSL")
    assert above.outcome is Outcome.STRAINED
    assert above.assumes
