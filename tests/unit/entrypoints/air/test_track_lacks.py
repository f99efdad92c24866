"""What a told track lacks: each by itself, only where it is known, and never an alert by itself."""

import asyncio
import json

import msgspec
import numpy as np
import pytest
from tests.node_homes import api_over, make_home
from tests.recorded_plots import recorded_plots
from tests.unit.entrypoints.air.test_watch_loop import Watching

from comity.adapters.sbs1 import BaseStationDecoder
from comity.adapters.system_clock import SystemEntropy
from comity.application.brief_watch import NO_AGREEMENT, MinimaBrief, WatchBrief
from comity.application.integrity_net import IntegrityNet
from comity.application.watch_air import AirWatch
from comity.application.watched_flights import FlightBoard, WatchedFlight
from comity.domain.alerts import AlertKind
from comity.domain.operators import Role
from comity.domain.tracks import FeedId, Plot, PlotSource, feed_id
from comity.domain.tracks.integrity import IntegrityMonitor
from comity.domain.tracks.table import Feed, TrackTable
from comity.entrypoints.air_process import Briefed, TrackRow, TracksAsked, TracksTold
from comity.entrypoints.air_process.telling import lacks_of, tell_tracks
from comity.entrypoints.cli.air_words import lacks_text, radio_text
from comity.entrypoints.home import HomeLayout, add_operator, load_operator_token, load_operators
from comity.entrypoints.node_service import AirDesk
from comity.kernel.ids import IntentId, OperatorId, PartyId
from comity.kernel.instants import Instant, instant_from_rfc3339

ROOF, OWN = feed_id("roof"), PartyId("aurelia.q3mbt5aa")
START = Instant(1_795_000_000_000)
KEY = f"{OWN}/4ca001"
NAMES = (("4ca001", "AUR 1"), ("4ca002", "BOR2"), ("4ca003", None), ("4ca004", "X4CA004"))


def _flight(callsign):
    return WatchedFlight(
        IntentId("a" * 32), OWN, own=True, flying=True, callsign=callsign, formation=None,
        flight_class="crewed", start=START, end=START.plus_s(3_600.0), volumes=(),
    )  # fmt: skip


class Air:
    """Four named tracks and an echo, watched for three seconds."""

    def __init__(self):
        self.table = TrackTable([Feed(ROOF, OWN)])
        self.board = FlightBoard(self.table)
        self.watch = AirWatch(self.table, (), lambda: 0.0, "r1")
        for second in range(3):
            at = START.plus_s(second)
            self.table.take_plots([*self._named(at), self._echo(at)])
        self.cycle = self.watch.cycle(START.plus_s(3), [])

    def _named(self, at):
        for place, (address, callsign) in enumerate(NAMES):
            yield Plot(
                feed=ROOF, source=PlotSource.ADS_B, at=at, received_at=at, latitude_deg=50.0,
                longitude_deg=10.0 + place, address=int(address, 16), address_is_icao=True,
                callsign=callsign,
            )  # fmt: skip

    def _echo(self, at):
        return Plot(
            feed=ROOF, source=PlotSource.RADAR_PRIMARY, at=at, received_at=at,
            latitude_deg=40.0, longitude_deg=10.0,
        )  # fmt: skip

    def told(self, named="", limit=10):
        asked = TracksAsked(number=1, limit=limit, named=named)
        return tell_tracks(asked, self.cycle, self.table, self.board, "r1")

    def lacks(self):
        return {row.key.rpartition("/")[2]: row.lacks for row in self.told().rows}


@pytest.mark.requirement("TRACK-055")
def test_a_told_track_says_what_it_lacks_and_of_plans_only_where_they_are_held():
    air = Air()
    echo = next(key for key in air.lacks() if key.startswith("#"))
    assert {key: lacks for key, lacks in air.lacks().items() if lacks} == {echo: ["transponder"]}
    air.board.plans_held = True
    air.board.flights = (_flight("AUR-1"), _flight("4CA004"))
    lacks = air.lacks()
    assert lacks == {
        "4ca001": [],
        "4ca002": ["plan"],
        "4ca003": [],  # which flight it is, is not known
        "4ca004": [],  # its address stands for its callsign
        echo: ["transponder"],
    }
    air.board.flights = ()
    assert air.lacks()["4ca001"] == ["plan"]


def test_a_track_is_found_by_its_key_its_last_part_or_its_callsign():
    air = Air()
    for name in (KEY, "4CA001", " aur1 ", "AUR-1"):
        assert [row.key for row in air.told(name).rows] == [KEY], name
    (echo,) = [row.key for row in air.told().rows if "#" in row.key]
    for name in (echo, echo.rpartition("/")[2].upper()):
        assert [row.key for row in air.told(name).rows] == [echo], name
    for name in (
        "4ca00",
        "",
        "-",
        "f" * 200,
        "-" + "9" * 199,
        "nobody",
        "#r1-99",
        "x/4ca001",
        "#r2-1",
    ):
        assert air.told(name).total == (len(NAMES) + 1 if name == "" else 0), name


def test_a_flights_track_is_found_by_the_flight():
    air = Air()
    air.board.plans_held, air.board.flights = True, (_flight("AUR1"),)
    air.board.matches(air.watch.view)
    (row,) = air.told("a" * 32).rows
    assert (row.key, row.flight, row.lacks) == (KEY, "a" * 32, [])


@pytest.mark.requirement("TRACK-055")
def test_plans_are_held_where_an_agreement_or_a_flight_is_told_of():
    watching = Watching(roof=BaseStationDecoder(FeedId("roof")))
    for minima, held in ((NO_AGREEMENT, False), ("a" * 64, True), (NO_AGREEMENT, False)):
        watching.loop._brief(Briefed(brief=WatchBrief(MinimaBrief(minima), [])))
        assert watching.loop._board.plans_held is held


@pytest.mark.requirement("TRACK-055")
@pytest.mark.parametrize(
    ("name", "rows", "raised"),
    [
        ("noisy_spoofing", slice(4_750, 5_750), True),
        ("inflight_refuelling", slice(0, 20_000, 20), False),
        ("rega_sg", slice(0, 10_000, 10), False),
    ],
)
def test_flags_of_recorded_flights_raise_no_alert_by_themselves(name, rows, raised):
    batch = recorded_plots(name, ROOF).rows(rows)

    def alerts_and_lacks(plans_held):
        table = TrackTable([Feed(ROOF, OWN)])
        board = FlightBoard(table, plans_held=plans_held)
        watch = AirWatch(table, (IntegrityNet(table, IntegrityMonitor()),), lambda: 0.0, "r1")
        changed, lacking = [], set()
        cut = batch.at_ms // 10_000
        for slice_ in np.unique(cut):
            part = batch.rows(np.flatnonzero(cut == slice_))
            cycle = watch.cycle(Instant(int(part.received_at_ms.max())), [part])
            changed += [(alert.alert_id, alert.phase) for alert in cycle.changed]
            every = np.arange(len(cycle.snapshot))
            for lack, mask in lacks_of(cycle.snapshot, every, table, board):
                lacking |= {lack} if mask.any() else set()
            assert set(cycle.nets) == {AlertKind.INTEGRITY}
        return changed, lacking

    changed, lacking = alerts_and_lacks(plans_held=True)
    assert lacking == {"plan"}  # nobody here knows a plan of it, and it is said
    assert bool(changed) is raised
    assert alerts_and_lacks(plans_held=False) == (changed, set())


class Desk:
    """A watch that tells what a test gives it."""

    run_name = "r1"

    def __init__(self, *rows):
        self.rows = list(rows)

    async def tracks(self, *, named="", **_asked):
        found = [row for row in self.rows if named in {"", row.key, row.callsign}]
        return TracksTold(number=1, at=str(START), total=len(found), rows=found)


def _row(**changes):
    row = {
        "key": KEY, "callsign": "AUR1", "latitude_deg": 1.0, "longitude_deg": 2.0,
        "accuracy_m": 10.0, "altitude_pressure_m": None, "altitude_ellipsoid_m": None,
        "ground_speed_mps": None, "track_true_deg": None, "vertical_rate_mps": None,
        "on_ground": None, "age_s": 0.0, "stale": False, "confirmed": True, "track_id": 7,
        "lacks": ["plan"], **changes,
    }  # fmt: skip
    return TrackRow(**row)


@pytest.mark.requirement("TRACK-057")
def test_an_officer_says_that_a_track_was_silent_and_it_goes_with_the_track(tmp_path, monkeypatch):
    layout = HomeLayout(make_home(tmp_path / "a").root)
    for name, role in (("watch", Role.OFFICER), ("reader", Role.AUDITOR)):
        operators = load_operators(layout)
        add_operator(layout, operators, OperatorId(name), name, frozenset({role}), SystemEntropy())
    tokens = {
        name: {"authorization": f"Bearer {load_operator_token(layout, OperatorId(name))}"}
        for name in ("watch", "reader")
    }
    twice = _row(key="borealis.h7k2pq4z/4ca001", callsign="TWO", track_id=8)
    desk = Desk(_row(), twice, _row(key="z.zzzzzzzz/4ca009", callsign="TWO", track_id=9))

    monkeypatch.setattr(AirDesk, "tracks", lambda _self, **asked: desk.tracks(**asked))
    monkeypatch.setattr(AirDesk, "run_name", property(lambda _self: desk.run_name))

    async def scenario():
        async with api_over(layout) as api:

            async def said(who, **body):
                content = json.dumps(body).encode()
                return await api.ask("POST", "/v1/air/radio", content, tokens[who])

            async def rows():
                _, told = await api.ask("GET", "/v1/air/tracks")
                return msgspec.convert(told["rows"], list[TrackRow])

            refused = [
                await said("reader", track=KEY, answered=False),
                await said("watch", track="nobody", answered=False),
                await said("watch", track="TWO", answered=False),
                await said("watch", track=" ", answered=False),
            ]
            before = await rows()
            first = await said("watch", track="AUR1", answered=False)
            silent = await rows()
            desk.rows[0] = _row(track_id=70)
            gone = await rows()
            desk.rows[0] = _row()
            desk.run_name = "r2"
            restarted = await rows()
            desk.run_name = "r1"
            await said("watch", track=KEY, answered=True)
            return refused, before, first, silent, gone, restarted, await rows()

    refused, before, first, silent, gone, restarted, after = asyncio.run(scenario())
    assert [each["field"] for _, each in refused] == ["operator", "track", "track", "track"]
    assert "4ca001, z.zzzzzzzz/4ca009" in str(refused[2][1])
    assert before[0].radio is None
    assert first[0] == 200
    assert (silent[0].lacks, silent[0].radio.operator) == (["plan", "radio"], "watch")
    assert silent[1].radio is None
    assert gone[0].radio is None
    assert restarted[0].radio is None
    assert (after[0].lacks, after[0].radio.answered) == (["plan"], True)
    assert lacks_text(silent[0]) == "no plan under way known here, no radio contact"
    at = instant_from_rfc3339(silent[0].radio.at).plus_s(600.0)
    assert radio_text(silent[0], str(at)) == "silent (watch, 10 min ago)"
