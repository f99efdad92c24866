"""Movements: declared in full, told as consented, and told again when they deviate (L-20)."""

import pytest
from tests import geodesic_reference as reference
from tests.sites_world import ALPHA, BRAVO, CHARLIE, NOON, Speaker

from comity.domain.records import Draft
from comity.domain.sites import (
    DeviationKind,
    MovementRegister,
    SiteRegister,
    Touches,
    ask,
    coarse_route,
    movements,
    point_question,
)
from comity.domain.sites.deviation import LOST_S
from comity.domain.sites.movement import route_from_body
from comity.kernel.errors import RecordError

MOVEMENT = f"{ALPHA}/00000000000000b1"
HOUR_S = 3_600.0


def route(**changed):
    """North along 150° W for two hours, 0.2° an hour, invented, in the open ocean."""
    return {
        "waypoints": [
            {"latitude_deg_e7": -100_000_000 + 2_000_000 * n, "longitude_deg_e7": -1_500_000_000,
             "at": str(NOON.plus_s((1 + n) * HOUR_S))}
            for n in range(3)
        ],
        "half_width_mm": 500_000,
        "slack_s": 600,
        "ends": str(NOON.plus_s(3 * HOUR_S)),
        **changed,
    }  # fmt: skip


def entry(**changed):
    return {
        "movement": MOVEMENT,
        "version": 1,
        "kind": "relief-convoy",
        "words": "food for the invented camp",
        "route": route(),
        "vehicles": [{"kind": "lorry", "count": 6, "marking": "white, blue roof"}],
        "escorts": [{"kind": "guards", "count": 2, "armed": True, "words": "in the second car"}],
        "contact": {"words": "channel 7", "until": str(NOON.plus_s(4 * HOUR_S))},
        "recipients": [{"party": BRAVO, "precision_mm": 0}, {"party": CHARLIE, "precision_mm": 5_000_000}],
        "blind": "0" * 32,
        **changed,
    }  # fmt: skip


class Mover(Speaker):
    def __post_init__(self):
        self.register = MovementRegister(self.party)

    def seen(self, latitude, longitude=-150.0, after_s=60.0, accuracy_mm=10_000, lasts_s=600.0):
        at = self.at.plus_s(after_s)
        body = {
            "movement": MOVEMENT, "latitude_deg_e7": round(latitude * 1e7),
            "longitude_deg_e7": round(longitude * 1e7), "accuracy_mm": accuracy_mm,
            "seen_at": str(at), "expires_at": str(at.plus_s(lasts_s)),
        }  # fmt: skip
        return self.say(movements.POSITION, body, after_s=after_s)

    def at_hour(self, hours):
        self.at = NOON.plus_s(hours * HOUR_S)


def begun(**changed):
    a = Mover(ALPHA)
    a.say(movements.ENTRY, entry(**changed))
    return a


def told(records):
    return {record.recipients[0]: record.body for record in records}


@pytest.mark.requirement("SITES-050")
def test_a_movement_is_told_whole_to_each_as_finely_as_entered():
    said = told(begun().issue_owed())
    assert said[BRAVO]["route"] == route()
    assert said[BRAVO]["escorts"] == entry()["escorts"]
    assert said[BRAVO]["contact"] == entry()["contact"]
    assert said[CHARLIE]["precision_mm"] == 5_000_000
    assert said[CHARLIE]["route"]["half_width_mm"] > 5_000_000
    assert said[CHARLIE]["route"]["waypoints"][0]["latitude_deg_e7"] != -100_000_000


@pytest.mark.requirement("SITES-050")
def test_a_movement_is_told_to_a_party_that_is_no_peer_once_it_is_one():
    a = begun()
    assert set(told(a.issue_owed((BRAVO,)))) == {BRAVO}
    assert a.issue_owed((BRAVO,)) == []
    a.register.try_again()  # as the node does where its pairings changed
    assert set(told(a.issue_owed((BRAVO, CHARLIE)))) == {CHARLIE}


@pytest.mark.requirement("SITES-050")
@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"contact": None}, "no-contact"),
        ({"contact": {"words": "x", "until": str(NOON.plus_s(2 * HOUR_S))}}, "no-contact"),
        ({"vehicles": []}, "field-limit"),
        ({"escorts": None}, "field-form"),
        ({"movement": f"{BRAVO}/00000000000000b1"}, "not-owner"),
        ({"version": 2}, "version-order"),
        ({"kind": "column"}, "field-form"),
        ({"route": route(ends=str(NOON))}, "route-time"),
        ({"route": route(waypoints=route()["waypoints"][::-1])}, "route-time"),
        ({"route": route(waypoints=[])}, "field-limit"),
        ({"route": route(half_width_mm=0)}, "field-limit"),
        (
            {
                "route": route(
                    waypoints=[
                        route()["waypoints"][0],
                        {**route()["waypoints"][2], "latitude_deg_e7": -50_000_000},
                    ]
                )
            },
            "route-leg",
        ),
        ({"route": route(ends=str(NOON.plus_s(15 * 24 * HOUR_S)))}, "route-time"),
    ],
)  # fmt: skip
def test_a_movement_that_is_not_whole_is_refused(changed, reason):
    a = Mover(ALPHA)
    record = a.unheard(movements.ENTRY, entry(**changed))
    with pytest.raises(RecordError) as caught:
        a.register.apply(record, record.made_at)
    assert caught.value.reason == reason


@pytest.mark.requirement("SITES-050")
def test_the_gate_lets_out_what_the_entry_gives_and_nothing_else():
    a = begun()
    said = told(a.issue_owed())
    refusal = a.register.refusal
    assert refusal(Draft(movements.NOTICE, (BRAVO,), said[BRAVO]), BRAVO, a.at) is None
    assert "not the form" in refusal(
        Draft(movements.NOTICE, (CHARLIE,), said[BRAVO]), CHARLIE, a.at
    )
    stranger = Speaker(ALPHA).party.replace("alpha", "delta")
    assert "not consented" in refusal(
        Draft(movements.NOTICE, (stranger,), said[BRAVO]), stranger, a.at
    )


@pytest.mark.requirement("SITES-051")
def test_leaving_the_route_notifies_again_and_a_doubt_is_no_return():
    a = begun()
    a.issue_owed()
    a.at_hour(1.5)
    a.seen(-9.9)
    assert a.issue_owed() == []
    a.seen(-9.9, -149.992)
    assert a.issue_owed() == [], "400 m off for an instant may be a fix gone wrong"
    a.seen(-9.9, -149.992, after_s=61.0)
    said = told(a.issue_owed())
    assert said[BRAVO]["deviation"]["kind"] == "off-route"
    assert 300 < said[BRAVO]["deviation"]["at_least_m"] < 400
    assert said[BRAVO]["seen"]["longitude_deg_e7"] == -1_499_920_000
    assert said[CHARLIE]["deviation"]["at_least_m"] == 0
    assert said[CHARLIE]["seen"]["radius_mm"] > 5_000_000
    a.seen(-9.9, -149.9955, accuracy_mm=200_000)
    assert told(a.issue_owed())[BRAVO]["deviation"]["kind"] == "off-route", "in doubt: still off"
    a.seen(-9.9)
    assert told(a.issue_owed())[BRAVO]["deviation"] is None


@pytest.mark.requirement("SITES-051")
@pytest.mark.parametrize(
    ("hours", "latitude", "kind", "least_s"),
    [
        (1.5, -9.95, "late", 290),
        (1.25, -9.8, "early", 2_000),
        (1.5, -9.9, None, 0),
        (1.6, -9.9, None, 0),
    ],
)
def test_out_of_its_time_is_a_deviation_beyond_the_slack(hours, latitude, kind, least_s):
    a = begun()
    a.issue_owed()
    a.at_hour(hours)
    a.seen(latitude, after_s=1.0)
    said = told(a.issue_owed())
    if kind is None:
        assert said == {}
        return
    assert said[BRAVO]["deviation"]["kind"] == kind
    assert said[BRAVO]["deviation"]["at_least_s"] > least_s
    assert said[CHARLIE]["deviation"]["at_least_s"] % 900 == 0


@pytest.mark.requirement("SITES-051")
def test_who_is_not_heard_of_while_under_way_is_lost():
    a = begun()
    a.issue_owed()
    assert a.register.next_due() == NOON.plus_s(HOUR_S + LOST_S + 0.001)
    a.at_hour(1.4)
    assert a.issue_owed() == []
    a.at_hour(1.6)
    said = told(a.issue_owed())
    assert said[BRAVO]["deviation"]["kind"] == DeviationKind.LOST
    assert said[BRAVO]["seen"] is None
    a.seen(-9.87)
    assert told(a.issue_owed())[BRAVO]["deviation"] is None


@pytest.mark.requirement("SITES-052")
def test_a_position_expires_within_the_hour_and_is_not_told_afterwards():
    a = begun()
    a.issue_owed()
    a.at_hour(1.5)
    a.seen(-9.9, -149.9, lasts_s=60.0)
    assert told(a.issue_owed())[BRAVO]["seen"] is not None
    a.at = a.at.plus_s(61.0)
    assert told(a.issue_owed())[BRAVO]["seen"] is None
    with pytest.raises(RecordError, match="position-expiry"):
        a.seen(-9.9, lasts_s=3_601.0)


@pytest.mark.requirement("SITES-052")
def test_an_ended_movement_is_taken_back_and_moves_no_more():
    a, b = begun(), Mover(BRAVO)
    for record in a.issue_owed():
        if record.recipients == (BRAVO,):
            b.register.apply(record, b.at)
    a.say(movements.ENDING, {"movement": MOVEMENT, "words": "arrived"})
    back = told(a.issue_owed())
    assert {party: body["why"] for party, body in back.items()} == {
        BRAVO: "ended",
        CHARLIE: "ended",
    }
    assert a.issue_owed() == []
    with pytest.raises(RecordError, match="movement-ended"):
        a.seen(-9.9)


@pytest.mark.requirement("SITES-052")
def test_nobody_reports_on_a_movement_that_is_not_entered():
    with pytest.raises(RecordError, match="unknown-movement"):
        Mover(ALPHA).seen(-9.9)


@pytest.mark.requirement("SITES-053")
def test_a_movement_touches_at_its_time_and_at_any_time_once_it_deviates():
    a = begun()
    register = SiteRegister(ALPHA)

    def asked(hour, latitude=-9.9):
        begins = NOON.plus_s(hour * HOUR_S)
        question = point_question(latitude, -150.0, 100.0, begins, begins.plus_s(60.0))
        return ask(register, question, a.at, a.register)

    assert isinstance(asked(1.5), Touches)
    assert not isinstance(asked(2.5), Touches)
    assert isinstance(asked(2.5, -9.7), Touches)
    assert (
        asked(1.5).words
        == "touches 1 notified movement(s); nearest: relief-convoy, as notified, in it or touching it"
    )
    a.at_hour(1.3)
    a.seen(-9.9, -149.9)
    assert isinstance(asked(2.5), Touches)
    assert "DEVIATING: off-route" in asked(2.5).words


@pytest.mark.requirement("SITES-054")
@pytest.mark.parametrize("precision_mm", [1, 1_000_000, 38_800_000])
@pytest.mark.parametrize(
    ("latitude", "longitude"), [(0.0, 179.9), (60.0, 10.0), (88.9, -150.0), (-89.9, 0.0)]
)
def test_a_coarse_corridor_holds_the_corridor(precision_mm, latitude, longitude):
    """Measured by geographiclib, between waypoints 150 km apart."""
    turn = reference.WGS84.Direct(latitude, longitude, 70.0, 150_000.0)
    stops = [(latitude, longitude), (turn["lat2"], turn["lon2"])]
    body = route(waypoints=[
        {"latitude_deg_e7": round(a * 1e7), "longitude_deg_e7": round(b * 1e7), "at": str(NOON.plus_s(n))}
        for n, (a, b) in enumerate(stops)
    ])  # fmt: skip
    exact = route_from_body(body)
    coarse = coarse_route(exact, precision_mm)
    line = reference.WGS84.InverseLine(*stops[0], *stops[1])
    for share in (0.0, 0.2, 0.5, 0.8, 1.0):
        place = reference.at(line, share)
        point = type(exact.shape)(exact.shape.kind, (place[0],), (place[1],))
        away_m = reference.distance_m(coarse.shape, point)
        assert away_m + exact.half_width_mm / 1000 <= coarse.half_width_mm / 1000
