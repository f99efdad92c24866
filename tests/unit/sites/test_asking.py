"""What can be said of a place: touched, nothing notified here, undetermined; never an all-clear (L-19)."""

import typing

import pytest
from tests.sites_world import ALPHA, BRAVO, DAY_S, NOON, Speaker, site_id

from comity.domain.airspace import Shape, ShapeKind
from comity.domain.sites import (
    ALWAYS,
    NothingNotified,
    Question,
    SiteAnswer,
    SiteState,
    Touches,
    Undetermined,
    ask,
    point_question,
)
from comity.kernel.errors import InputError

HERE = (-10.0, -150.0)
FAR = (40.0, 20.0)


def registered(**changed):
    speaker = Speaker(ALPHA)
    speaker.enter(1, **changed)
    return speaker


def asked(speaker, place=HERE, radius_m=100.0, begins=None, ends=None, at=None):
    question = point_question(*place, radius_m, begins, ends)
    return ask(speaker.register, question, at or speaker.at)


@pytest.mark.requirement("SITES-030")
def test_there_are_three_answers_and_none_is_yes_or_no():
    assert set(typing.get_args(SiteAnswer)) == {Touches, NothingNotified, Undetermined}
    for answer in (asked(registered()), asked(registered(), FAR), asked(Speaker(ALPHA))):
        with pytest.raises(TypeError, match="neither yes nor no"):
            bool(answer)
        text = f"{answer.words} {type(answer).__name__}".lower()
        assert not any(
            word in text for word in ("clear", "safe", "free", "allowed", "permitted", "ok")
        )
    assert "does not depend on notification" in ALWAYS


@pytest.mark.requirement("SITES-030")
def test_nothing_notified_says_as_of_when_and_how_old_the_register_is():
    a = registered()
    at = a.at.plus_s(2 * 3600 + 5 * 60)
    answer = asked(a, FAR, at=at)
    assert isinstance(answer, NothingNotified)
    assert answer.words == f"nothing notified here as of {at}, register 2 h 5 min old"


@pytest.mark.requirement("SITES-030")
def test_a_register_that_knows_nothing_or_is_old_cannot_tell():
    empty = asked(Speaker(ALPHA), FAR)
    assert isinstance(empty, Undetermined)
    assert "ever entered" in empty.words
    a = registered()
    assert isinstance(asked(a, FAR, at=a.at.plus_s(30 * DAY_S)), NothingNotified)
    assert isinstance(asked(a, FAR, at=a.at.plus_s(30 * DAY_S + 1.0)), Undetermined)
    assert isinstance(asked(a, HERE, at=a.at.plus_s(300 * DAY_S)), Touches)


@pytest.mark.requirement("SITES-031")
def test_an_expired_or_disputed_site_touches_like_any_other():
    a = registered()
    answer = asked(a, at=NOON.plus_s(95 * DAY_S))
    assert isinstance(answer, Touches)
    assert answer.sites[0].state is SiteState.EXPIRED
    dispute = a.find(finding="disputed")
    a.register.apply(dispute, a.at)
    assert asked(a).sites[0].state is SiteState.DISPUTED


@pytest.mark.requirement("SITES-031")
def test_the_stated_error_and_what_is_taken_for_an_unstated_one_touch():
    north_m = 111_000.0 * 0.9999
    place = (HERE[0] + 1.0, HERE[1])
    assert isinstance(asked(registered(accuracy_mm=0), place, 110_500.0), NothingNotified)
    assert isinstance(asked(registered(accuracy_mm=300_000), place, 110_500.0), Touches)
    assert isinstance(asked(registered(accuracy_mm=None), place, north_m - 1_000.0), Touches)
    wide = registered(accuracy_mm=None, datum="unstated")
    assert isinstance(asked(wide, place, 110_612.0 - 1_990.0), Touches)


@pytest.mark.requirement("SITES-031")
def test_a_coarse_form_touches_wherever_the_site_may_be():
    a, b = registered(), Speaker(BRAVO)
    a.consent(BRAVO, 20_000_000)
    b.register.apply(a.issue_owed()[0], b.at)
    answer = asked(b, HERE, 0.0)
    assert isinstance(answer, Touches)
    assert (answer.sites[0].precision_mm, answer.sites[0].distance_m) == (20_000_000, 0.0)
    assert answer.sites[0].names == ()
    assert isinstance(asked(b, (HERE[0] + 0.2, HERE[1]), 30_000.0), Touches)


@pytest.mark.requirement("SITES-031")
def test_times_of_the_question_and_of_the_site_must_meet():
    a = registered(valid_from=str(NOON), valid_until=str(NOON.plus_s(DAY_S)))
    inside = asked(a, begins=NOON.plus_s(DAY_S), ends=NOON.plus_s(2 * DAY_S))
    assert isinstance(inside, Touches)
    after = asked(a, begins=NOON.plus_s(DAY_S + 1.0), ends=NOON.plus_s(2 * DAY_S))
    assert isinstance(after, NothingNotified)


@pytest.mark.requirement("SITES-031")
def test_an_area_asked_about_and_an_area_held_are_measured_exactly():
    a = Speaker(ALPHA)
    ring = {
        "kind": "ring",
        "edge": "geodesic",
        "latitude_deg_e7": [-100_000_000, -100_000_000, -99_000_000],
        "longitude_deg_e7": [-1_500_000_000, -1_499_000_000, -1_500_000_000],
        "radius_mm": 0,
        "accuracy_mm": 0,
        "datum": "WGS84",
    }
    a.enter(1, place=ring)
    beside = Shape(ShapeKind.RING, (-9.93, -9.93, -9.91), (-149.93, -149.91, -149.91))
    near = ask(a.register, Question(beside, 100.0), a.at)
    assert isinstance(near, NothingNotified), (
        "inside the ball around the triangle, outside the triangle"
    )
    assert isinstance(ask(a.register, Question(beside, 5_000.0), a.at), Touches)
    assert isinstance(asked(a, (-9.98, -149.98), 0.0), Touches)


@pytest.mark.requirement("SITES-031")
def test_what_changes_after_the_first_question_is_found_too():
    a = registered()
    assert isinstance(asked(a, FAR), NothingNotified)
    a.enter(2, latitude_e7=400_000_000, longitude_e7=200_000_000)
    assert isinstance(asked(a, FAR), Touches)
    assert [each.site for each in asked(a, FAR).sites] == [site_id(2)]


@pytest.mark.requirement("SITES-031")
@pytest.mark.parametrize("radius_m", [-1.0, 200_001.0, float("nan")])
def test_a_radius_outside_its_limits_is_refused_by_name(radius_m):
    with pytest.raises(InputError, match="radius_m"):
        point_question(0.0, 0.0, radius_m)
