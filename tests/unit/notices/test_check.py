"""What is found in a notice beyond the vectors: named places, the agreement's area, and what is held to meanwhile."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.intents_world import ALPHA, BRAVO, NOON, agreement

from comity.domain.airspace import Altitude, Datum, HeightBounds, Shape, ShapeKind, geoid_heights_m
from comity.domain.notices import (
    Notice,
    NoticeArea,
    check_notice,
    held_band,
    held_volumes,
    held_window,
)
from comity.domain.notices.text_claims import (
    clocks_in,
    directions_in,
    heights_in,
    positions_in,
    vague_words_in,
)
from comity.domain.places import NamedPlace
from comity.kernel.ids import NoticeId
from comity.kernel.instants import Instant, StatedTime

GROUND, FL320, FL530 = (
    Altitude(0.0, Datum.AGL), Altitude(9753.6, Datum.QNE), Altitude(16154.4, Datum.QNE),
)  # fmt: skip
CIRCLE = Shape(ShapeKind.PATH, (35.33,), (39.92,), 5_000.0)
EVERYWHERE = Shape(ShapeKind.RING, (10.0, 10.0, 60.0, 60.0), (10.0, 70.0, 70.0, 10.0))
TERMS = replace(agreement(ALPHA, BRAVO), area=(EVERYWHERE,), notice_s={"firing": 3_600.0})
TOWN = NamedPlace(1, "Old Town", 35.33, 40.14, "ZZ", 9_000, {"Arab": "البلدة القديمة"})


def at(minutes: float) -> StatedTime:
    instant = NOON.plus_s(minutes * 60.0)
    return StatedTime(instant, str(instant), "Z")


def notice(**changed: object) -> Notice:
    stated = Notice(
        id=NoticeId(f"{ALPHA}/00000000000000a1"),
        revision=1,
        replaces=None,
        agreement=TERMS.digest,
        activity="firing",
        areas=(NoticeArea(CIRCLE, (GROUND,), (FL320,)),),
        starts=(at(120),),
        ends=(at(180),),
        description="Artillery practice.",
        contact="Range control",
    )
    return replace(stated, **changed)  # type: ignore[arg-type]


def named(name: str) -> tuple[NamedPlace, ...]:
    known = {"old town": (TOWN,), "البلدة القديمة": (TOWN,)}
    return known.get(name.casefold(), ())


def rules(stated: Notice, terms: object = TERMS) -> list[str]:
    return [each.rule for each in check_notice(stated, NOON, terms, named)]  # type: ignore[arg-type]


@pytest.mark.requirement("NOTICE-007")
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("North of Old Town", ["N4", "N15"]),  # it lies 20 km west (L-09)
        ("north-west of Old Town", ["N4"]),  # 45 degrees off is what people say
        ("west of Old Town", ["N4"]),
        ("east of Old Town, by the road", ["N4", "N15"]),
        ("north of Elsewhere", ["N4"]),  # not in the list: only the vagueness is told
        ("شرق البلدة القديمة", ["N4", "N15"]),
        ("غرب البلدة القديمة", ["N4"]),
        ("Old Town'un kuzeyinde", ["N4", "N15"]),
        ("Old Town", []),
    ],
)
def test_a_direction_from_a_named_place_is_held_against_the_area(
    words: str, found: list[str]
) -> None:
    assert rules(notice(place=words)) == found


@pytest.mark.requirement("NOTICE-007")
def test_the_wrong_direction_is_told_with_its_arithmetic() -> None:
    findings = check_notice(notice(place="north of Old Town"), NOON, TERMS, named)
    [wrong] = [each for each in findings if each.rule == "N15"]
    assert wrong.words == (
        "the words say «north of Old Town», and the area lies 20.0 km W (270° true) of Old Town, 90° off"
    )
    assert wrong.figures["stated_deg"] == 0.0
    inside = notice(place="north of Old Town", areas=(NoticeArea(EVERYWHERE, (GROUND,), (FL320,)),))
    assert "N15" not in rules(inside)  # the town lies in the area


@pytest.mark.requirement("NOTICE-005")
def test_a_band_that_takes_in_the_whole_sky_is_vague() -> None:
    low = Altitude(0.0, Datum.QNE)
    assert (
        rules(notice(areas=(NoticeArea(CIRCLE, (low,), (Altitude(15_000.0, Datum.QNE),)),))) == []
    )
    assert rules(notice(areas=(NoticeArea(CIRCLE, (low,), (FL530,)),))) == ["N7"]
    sea = Altitude(0.0, Datum.EGM2008)
    for height_m, found in ((15_090.0, ["N7"]), (15_088.0, [])):  # at least 89 m less than it says
        top = Altitude(height_m, Datum.WGS84)
        assert rules(notice(areas=(NoticeArea(CIRCLE, (sea,), (top,)),))) == found


@pytest.mark.requirement("NOTICE-003")
def test_without_an_agreement_the_lead_is_not_known_and_nothing_is_late() -> None:
    [found] = check_notice(notice(agreement=None), NOON, None, named)
    assert (found.code, found.figures) == ("lead-unknown", {"lead_s": 7_200.0})


@pytest.mark.requirement("NOTICE-003")
def test_a_notice_that_came_after_it_began_says_so() -> None:
    begun = notice(starts=(at(-1),))
    [late] = check_notice(begun, NOON, TERMS)
    assert late.code == "late"
    assert "lead -60 s and has begun" in late.words
    assert late.figures["short_s"] == 3_660.0


def test_what_the_agreement_does_not_cover_is_told() -> None:
    outside = Shape(ShapeKind.PATH, (0.0,), (0.0,), 1_000.0)
    stated = notice(
        areas=(NoticeArea(CIRCLE, (GROUND,), (FL320,)), NoticeArea(outside, (GROUND,), (FL320,)))
    )
    [found] = check_notice(stated, NOON, TERMS)
    assert (found.rule, found.field) == ("N17", "areas[1]")


@pytest.mark.requirement("NOTICE-005")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("near the river, approximately at noon", ("near", "approximately")),
        ("nearly, nearer, areas", ()),
        ("Около реки, примерно в полдень", ("около", "примерно")),
        ("بالقرب من النهر", ("بالقرب من",)),
        ("Nehrin yakınında, yaklaşık öğlen", ("yakınında", "yaklaşık")),
        ("NEAR", ("near",)),
    ],
)
def test_vague_words_of_four_languages(text: str, words: tuple[str, ...]) -> None:
    assert vague_words_in(text) == words


@pytest.mark.requirement("NOTICE-007")
def test_what_only_looks_like_a_claim_is_none() -> None:
    assert heights_in("800 m from the road, 5 km wide, 30 persons, F16 and B52") == ()
    assert [each.said for each in heights_in("up to 5,000 ft AMSL, эшелон 320, FL95")] == [
        "эшелон 320", "FL95", "5,000 ft AMSL",
    ]  # fmt: skip
    assert clocks_in("room 1200, at 12:00, 2400Z, 25:00Z") == ()
    assert clocks_in("12:30Z and 0005 UTC") == (("12:30Z", 750), ("0005 UTC", 5))
    assert positions_in("call 3520 at 04008, N 95 00.0 E 040 00.0") == ()
    assert [each.form for each in positions_in("37S FV 03757 10792; n 35 20.1 e 040 08.5")] == [
        "grid", "degrees-minutes",
    ]  # fmt: skip
    assert directions_in("the north wind of the west") == ()


TIMES = st.integers(0, 20 * 86_400_000).map(
    lambda ms: StatedTime(Instant(NOON.unix_ms + ms), "as said", "Z")
)
HEIGHTS = st.builds(
    Altitude, st.floats(-500.0, 30_000.0).map(lambda m: round(m, 3)), st.sampled_from(list(Datum))
)


@pytest.mark.requirement("NOTICE-008")
@given(
    st.lists(HEIGHTS, max_size=4),
    st.lists(HEIGHTS, max_size=4),
    st.lists(TIMES, max_size=4),
    st.lists(TIMES, max_size=4),
    st.sampled_from([HeightBounds(), HeightBounds(500.0, (0.0, 3_000.0))]),
    st.sampled_from(["", "Up to FL400.", "From 300 ft AGL to 9,000 m AMSL."]),
)
def test_what_is_held_to_contains_everything_stated(
    lower: list[Altitude],
    upper: list[Altitude],
    starts: list[StatedTime],
    ends: list[StatedTime],
    bounds: HeightBounds,
    description: str,
) -> None:
    stated = notice(
        areas=(NoticeArea(CIRCLE, tuple(lower), tuple(upper)),),
        starts=tuple(starts),
        ends=tuple(ends),
        description=description,
    )
    start, end = held_window(stated, NOON)
    for time in (*starts, *ends):
        assert start <= time.instant <= end
    volumes = held_volumes(stated, NOON, bounds)
    assert (volumes[0].start, volumes[-1].end) == (start, end)
    assert all(before.end == after.start for before, after in pairwise(volumes))
    low, high = volumes[0].lower, volumes[0].upper
    for altitude in lower:
        assert _not_below(altitude, low, bounds)
    for altitude in upper:
        assert _not_below(high, altitude, bounds)


def _not_below(one: Altitude, other: Altitude, bounds: HeightBounds) -> bool:
    """Whether one height is surely no lower than another, or the other is the least there is."""
    if one.datum is other.datum:
        return one.height_m >= other.height_m
    high, low = geoid_heights_m(one, bounds), geoid_heights_m(other, bounds)
    if high is not None and low is not None:
        return high[0] >= low[1] - 1e-6
    return other.height_m == -1_000.0 or one.height_m == 100_000.0


@pytest.mark.requirement("NOTICE-006")
def test_heights_whose_datums_do_not_compare_are_taken_as_wide_as_they_can_be() -> None:
    mixed = NoticeArea(CIRCLE, (GROUND, Altitude(500.0, Datum.EGM2008)), (FL320, FL530))
    low, high = held_band(mixed, HeightBounds())
    assert (low.height_m, high) == (-1_000.0, FL530)
    low, _ = held_band(mixed, HeightBounds(terrain_m=(100.0, 900.0)))
    assert (low.height_m, low.datum) == (100.0, Datum.EGM2008)


@pytest.mark.requirement("NOTICE-004")
def test_everything_mandatory_and_missing_is_named() -> None:
    empty = notice(areas=(), starts=(), ends=(), description="", contact="")
    missing = [each.field for each in check_notice(empty, NOON, TERMS) if each.code == "incomplete"]
    assert missing == ["areas", "starts", "ends", "description", "contact"]
    assert held_volumes(empty, NOON, HeightBounds()) == ()
    start, end = held_window(empty, NOON)
    assert (start, end.minus(start)) == (NOON, 31 * 86_400.0)
