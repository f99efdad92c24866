"""Integrity and conformance in the live loop: what is found, whose track it is, and what cannot be said."""

import itertools

import numpy as np
import pytest

from comity.application.brief_watch import FlightBrief, MinimaBrief, WatchBrief
from comity.application.conformance_net import ConformanceNet
from comity.application.integrity_net import IntegrityNet, whole_numbers
from comity.application.pair_net import PairNet
from comity.application.take_brief import FlightVolumes, rule_of
from comity.application.watch_air import AirWatch, Found
from comity.application.watched_flights import FlightBoard, WatchedFlight, callsign_spelt
from comity.domain.airspace import Altitude, Datum, EdgeKind, Shape, ShapeKind, Volume4D
from comity.domain.alerts import AlertKind, AlertPhase, LevelMinima, NetHealth, PairRule, Severity
from comity.domain.geometry.closest_pairs import MINIMUM_M_MIN
from comity.domain.tracks import FeedId, Plot, PlotSource, batch_of_plots
from comity.domain.tracks.integrity import IntegrityMonitor
from comity.domain.tracks.table import Feed, TrackTable
from comity.kernel.ids import IntentId, PartyId
from comity.kernel.instants import Instant

START = Instant(1_795_000_000_000)
PARTY = PartyId("aurelia.q3mbt5aa")
ROOF = FeedId("roof")
DEGREES_A_SECOND = 200.0 / 111_320.0
EAST, WEST = np.pi / 2.0, 3.0 * np.pi / 2.0


def _plot(second, address=0xA1, longitude_deg=0.0, latitude_deg=0.0, eastward=1, **said):
    at = START.plus_s(second)
    given = {"altitude_pressure_m": 10_000.0, "vertical_rate_mps": 0.0, **said}
    return Plot(
        feed=ROOF, source=PlotSource.ADS_B, at=at, received_at=at, address=address,
        address_is_icao=True, latitude_deg=latitude_deg,
        longitude_deg=longitude_deg + eastward * DEGREES_A_SECOND * second,
        ground_speed_mps=200.0, track_true_rad=EAST if eastward > 0 else WEST, **given,
    )  # fmt: skip


class Sky:
    """A table, its board and the nets over it, a cycle a second."""

    def __init__(self, *flights):
        self.table = TrackTable([Feed(ROOF, PARTY)])
        self.board = FlightBoard(self.table, flights)
        self.flown = ConformanceNet(self.board)
        self.pairs = PairNet(agreed=self.board.formations, classes=self.board.classes)
        ticks = itertools.count()
        nets = (self.pairs, self.flown, IntegrityNet(self.table, IntegrityMonitor()))
        self.watch = AirWatch(self.table, nets, lambda: next(ticks) * 0.001, "r1")

    def run(self, plots_at, seconds):
        changed = []
        for second in seconds:
            batches = batch_of_plots(plots_at(second))
            changed += self.watch.cycle(START.plus_s(second), batches).changed
        return changed


def _flight(callsign="AUR1", *, flying=True, half_width_m=5_000.0, seconds=(0, 600), **changes):
    """A corridor along the equator from 1 west to 3 east, 9,000 to 11,000 m."""
    shape = Shape(ShapeKind.PATH, (0.0, 0.0), (-1.0, 3.0), half_width_m, EdgeKind.GEODESIC)
    start, end = START.plus_s(seconds[0]), START.plus_s(seconds[1])
    lower, upper = Altitude(9_000.0, Datum.QNE), Altitude(11_000.0, Datum.QNE)
    given = {
        "intent": IntentId(f"{PARTY}/{abs(hash(callsign)) % 16**16:016x}"),
        "owner": PARTY,
        "formation": None,
        "flight_class": "crewed",
        "volumes": (Volume4D(shape, lower, upper, start, end),),
        **changes,
    }
    given.setdefault("own", True)
    return WatchedFlight(flying=flying, callsign=callsign, start=start, end=end, **given)


@pytest.mark.requirement("WATCH-009")
def test_a_flight_in_its_volumes_raises_nothing():
    sky = Sky(_flight())
    assert sky.run(lambda s: [_plot(s, callsign="AUR 1")], range(60)) == []
    assert sky.flown.unwatched == {}


@pytest.mark.requirement("WATCH-009")
def test_a_flight_that_leaves_is_a_caution_and_one_that_stays_away_a_warning():
    sky = Sky(_flight())

    def leaving(second):
        return [_plot(second, callsign="AUR1", latitude_deg=0.0 if second < 20 else 0.06)]

    changed = sky.run(leaving, range(180))
    flown = [each for each in changed if each.finding.situation.kind is AlertKind.CONFORMANCE]
    assert [each.finding.severity for each in flown] == [Severity.CAUTION, Severity.WARNING]
    assert {each.alert_id for each in flown} == {flown[0].alert_id}
    assert [each.finding.basis["state"] for each in flown] == ["nonconforming", "contingent"]
    assert flown[0].finding.basis["track"] == f"{PARTY}/0000a1"
    assert 1_000_000 < flown[0].finding.basis["lateral_mm"] < 2_500_000


@pytest.mark.requirement("WATCH-009")
def test_a_flight_that_comes_back_is_cleared():
    sky = Sky(_flight())

    def out_and_back(second):
        away = 20 <= second < 40
        return [_plot(second, callsign="AUR1", altitude_pressure_m=12_000.0 if away else 10_000.0)]

    changed = sky.run(out_and_back, range(120))
    flown = [each for each in changed if each.finding.situation.kind is AlertKind.CONFORMANCE]
    assert [each.phase for each in flown] == [AlertPhase.RAISED, AlertPhase.CLEARED]


@pytest.mark.requirement("WATCH-009")
@pytest.mark.parametrize(
    ("flights", "plots", "why"),
    [
        ([_flight(None)], [_plot(0)], "states no callsign"),
        ([_flight("AUR1")], [_plot(0, callsign="OTHER")], "no track has the callsign AUR1"),
        (
            [_flight("AUR1")],
            [_plot(0, callsign="AUR1"), _plot(0, 0xB2, 1.0, callsign="AUR1")],
            "2 aircraft have the callsign",
        ),
        (
            [_flight("AUR1"), _flight("AUR1", intent=IntentId(f"{PARTY}/{1:016x}"))],
            [_plot(0, callsign="AUR1")],
            "2 plans at once",
        ),
        ([_flight("AUR1", volumes=())], [_plot(0, callsign="AUR1")], "shown in cells"),
    ],
)
def test_what_cannot_be_watched_is_said_with_its_reason(flights, plots, why):
    sky = Sky(*flights)
    sky.run(lambda _: plots, range(1))
    assert set(sky.flown.unwatched) == {flight.intent for flight in flights}
    assert all(why in said for said in sky.flown.unwatched.values())
    sky.run(lambda _: plots, range(1, 12))
    (state,) = [net for net in sky.watch._watches.items() if net[0] is AlertKind.CONFORMANCE]
    assert any(code.startswith("unwatched: ") for code in state[1].state.why)


@pytest.mark.requirement("WATCH-009")
def test_of_two_legs_under_one_callsign_the_one_that_is_due_is_watched():
    early = _flight("AUR1", seconds=(0, 10), intent=IntentId(f"{PARTY}/{1:016x}"))
    late = _flight("AUR1", seconds=(11, 600), intent=IntentId(f"{PARTY}/{2:016x}"))
    sky = Sky(early, late)
    sky.run(lambda s: [_plot(s, callsign="AUR1")], range(30))
    assert set(sky.flown.unwatched) == {early.intent}
    assert sky.board.last_rows() == {late.intent: 0}


@pytest.mark.requirement("WATCH-009")
def test_an_accepted_flight_that_nobody_sees_is_not_lost_before_it_is_seen():
    sky = Sky(_flight(flying=False))
    assert sky.run(lambda s: [_plot(s, callsign="OTHER")], range(100)) == []
    flying = Sky(_flight(flying=True))
    changed = flying.run(lambda s: [_plot(s, callsign="OTHER")], range(100))
    assert [each.finding.basis["why"] for each in changed] == ["its track is lost"]
    assert not changed[0].finding.determined


@pytest.mark.requirement("WATCH-009")
def test_an_emergency_code_makes_a_flight_contingent_at_once():
    sky = Sky(_flight())
    changed = sky.run(lambda s: [_plot(s, callsign="AUR1", squawk="7700")], range(10))
    assert [each.finding.severity for each in changed] == [Severity.WARNING]


@pytest.mark.requirement("WATCH-009")
def test_a_callsign_may_be_the_address():
    sky = Sky(_flight("0000A1"))
    sky.run(lambda s: [_plot(s)], range(3))
    assert sky.flown.unwatched == {}
    assert callsign_spelt(" ab-c 12") == "ABC12"


@pytest.mark.requirement("WATCH-007")
def test_a_formation_of_accepted_plans_raises_no_pair_and_is_counted():
    plots = [_plot, lambda s, **said: _plot(s, 0xB2, 0.005, **said)]

    def two(second):
        return [plots[0](second, callsign="AUR1"), plots[1](second, callsign="AUR2")]

    apart = Sky(_flight("AUR1"), _flight("AUR2"))
    assert apart.run(two, range(10))
    together = Sky(_flight("AUR1", formation="escort"), _flight("AUR2", formation="escort"))
    assert together.run(two, range(10)) == []
    assert together.pairs.suppressed == 1


@pytest.mark.requirement("WATCH-007")
def test_each_pair_of_classes_keeps_the_agreements_minima():
    minima = MinimaBrief(
        "a" * 64,
        ["crewed", "uncrewed"],
        [[9_260.0] * 3, [9_260.0, 9_260.0, 1_000.0], [9_260.0, 1_000.0, MINIMUM_M_MIN]],
        [[300.0] * 3] * 3,
    )
    rule = rule_of(minima)
    assert isinstance(rule.minima, LevelMinima)
    assert rule_of(MinimaBrief("none")).minima.horizontal_m[0, 0] == 9_260.0

    def two(second):
        return [
            _plot(second, callsign="AUR1"),
            _plot(second, 0xB2, 0.0, 0.04, callsign="AUR2"),  # 4.4 km abeam
        ]

    sky = Sky(_flight("AUR1"), _flight("AUR2", flight_class="uncrewed"))
    sky.pairs.rule = PairRule(minima=rule.minima)
    assert sky.run(two, range(12)), "unknown classes keep the default"
    sky = Sky(_flight("AUR1"), _flight("AUR2", flight_class="uncrewed"))
    sky.pairs.rule = PairRule(minima=rule.minima)
    sky.board.class_codes = {"crewed": 1, "uncrewed": 2}
    pairs = [
        each
        for each in sky.run(two, range(12))
        if each.finding.situation.kind is AlertKind.PAIR_CONFLICT
    ]
    assert pairs == []


@pytest.mark.requirement("WATCH-008")
def test_a_track_that_cannot_be_true_is_an_alert_with_whole_numbers():
    sky = Sky()

    def jumping(second):
        return [_plot(second, longitude_deg=0.0 if second < 20 else 8.0)]

    changed = sky.run(jumping, range(30))
    raised = [each for each in changed if each.finding.situation.kind is AlertKind.INTEGRITY]
    assert raised
    assert {each.finding.situation.subjects[0].rstrip("+") for each in raised} == {
        f"{PARTY}/0000a1"
    }
    basis = raised[0].finding.basis
    assert isinstance(basis["moved_mm"], int)
    assert basis["moved_mm"] > 800_000_000
    assert basis["reason"]


def test_measures_become_whole_numbers_and_what_is_not_known_null():
    assert whole_numbers({"a_m": 1.5, "b_s": float("nan"), "c_mps": 2.0, "d_radps": 0.1}) == {
        "a_mm": 1_500,
        "b_ms": None,
        "c_mmps": 2_000,
        "d_uradps": 100_000,
    }


@pytest.mark.requirement("WATCH-007")
def test_volumes_are_sent_once_and_forgotten_with_their_flight():
    held = FlightVolumes()
    minima = MinimaBrief("none")
    flight = FlightBrief(
        f"{PARTY}/{1:016x}", "d" * 64, PARTY, own=True, flying=True,
        overdue=False, callsign="AUR1",
        formation=None, flight_class="crewed",
        start_ms=START.unix_ms, end_ms=START.plus_s(60).unix_ms,
    )  # fmt: skip
    first = held.flights_of(WatchBrief(minima, [flight], {"d" * 64: None}))
    assert first[0].volumes == ()
    assert held.flights_of(WatchBrief(minima, [flight]))[0].callsign == "AUR1"
    assert held.flights_of(WatchBrief(minima, [])) == ()
    with pytest.raises(KeyError):
        held.flights_of(WatchBrief(minima, [flight]))


@pytest.mark.requirement("WATCH-009")
def test_a_flight_whose_time_ran_out_is_late_while_it_is_seen_and_nothing_after():
    sky = Sky(_flight(seconds=(0, 10), flying=False, overdue=True))

    def landing(second):
        return [_plot(second, callsign="AUR1" if second < 60 else None)]

    changed = sky.run(lambda s: landing(s) if s < 60 else [_plot(s, 0xB2)], range(150))
    flown = [each for each in changed if each.finding.situation.kind is AlertKind.CONFORMANCE]
    assert [each.phase for each in flown] == [AlertPhase.RAISED, AlertPhase.CLEARED]
    assert flown[0].finding.basis["time_off_ms"] > 0


@pytest.mark.requirement("WATCH-014")
def test_no_peers_plan_silences_a_warning():
    """A peer puts both callsigns into one formation, and both into the class with the least minima."""
    peer = PartyId("borealis.h7k2pq4z")

    def two(second):
        return [_plot(second, callsign="AUR1"), _plot(second, 0xB2, 0.005, callsign="BOR2")]

    def theirs(callsign, number):
        said = {"owner": peer, "own": False, "formation": "x", "flight_class": "uncrewed"}
        return _flight(callsign, intent=IntentId(f"{peer}/{number:016x}"), **said)

    for own in ([], [_flight("AUR1")]):
        sky = Sky(theirs("AUR1", 1), theirs("BOR2", 2), *own)
        pairs = [
            each
            for each in sky.run(two, range(10))
            if each.finding.situation.kind is AlertKind.PAIR_CONFLICT
        ]
        assert pairs
        assert sky.pairs.suppressed == 0
    assert sky.flown.unwatched == {}, "the own flight is followed all the same"
    sky.board.class_codes = {"uncrewed": 1}
    (contested,) = sky.board._matches.contested
    codes = dict(
        zip(sky.board._view.seen.track_id.tolist(), sky.board.classes(sky.board._view), strict=True)
    )
    assert codes[int(sky.board._view.snapshot.track_id[contested])] == 0


class Failing:
    """A net that fails while it is told to."""

    kind = AlertKind.AREA_PROXIMITY
    fails = True

    def look(self, _view):
        if self.fails:
            raise ZeroDivisionError("of ours")
        return Found(())


@pytest.mark.requirement("WATCH-013")
def test_a_net_that_fails_is_blind_and_the_others_go_on():
    sky = Sky()
    failing = Failing()
    sky.watch.nets = (failing, *sky.watch.nets)

    def two(second):
        return batch_of_plots([_plot(second), _plot(second, 0xB2, 0.005)])

    cycles = [sky.watch.cycle(START.plus_s(second), two(second)) for second in range(10)]
    state = cycles[-1].nets[AlertKind.AREA_PROXIMITY]
    assert state.health is NetHealth.BLIND
    assert state.why == ("fault: ZeroDivisionError: of ours",)
    assert state.since == START
    assert isinstance(cycles[-1].faults[AlertKind.AREA_PROXIMITY], ZeroDivisionError)
    assert any(cycle.changed for cycle in cycles), "the pair is raised all the same"
    failing.fails = False
    cycles = [sky.watch.cycle(START.plus_s(second), two(second)) for second in range(10, 20)]
    assert cycles[0].nets[AlertKind.AREA_PROXIMITY].health is NetHealth.BLIND
    assert cycles[-1].nets[AlertKind.AREA_PROXIMITY].health is NetHealth.WORKING
