"""The cycle of the watch over hostile feeds: it goes on, counts and names them, and real alerts come no later."""

import json

import pytest

from comity.adapters.readsb import SnapshotDecoder
from comity.adapters.sbs1 import BaseStationDecoder
from comity.application.brief_watch import MinimaBrief, WatchBrief
from comity.application.plot_inbox import PlotInbox
from comity.domain.alerts.pair_conflict import PairRule
from comity.domain.geometry.closest_pairs_few import losing_pairs
from comity.domain.geometry.closest_pairs_many import PairFinder
from comity.domain.geometry.distance import nearest
from comity.domain.tracks import FeedId
from comity.entrypoints.air_process import (
    Begin,
    Briefed,
    Changes,
    CycleTold,
    FeedsWanted,
    FeedWanted,
    Kept,
    OpenAlert,
    TracksAsked,
    TracksTold,
)
from comity.entrypoints.air_process.watch_loop import Searches, WatchLoop
from comity.kernel.instants import Instant

START = Instant(1_795_000_000_000)
PARTY = "aurelia.q3mbt5aa"
DEGREES_A_SECOND = 200.0 / 111_320.0


class _Clock:
    def now(self):
        return START


class Wire:
    """The channel to a node that listens, or does not."""

    def __init__(self):
        self.sent = []
        self.waiting_bytes = 0

    def send(self, message):
        self.sent.append(message)

    def of(self, kind):
        return [message for message in self.sent if isinstance(message, kind)]


class StillEars:
    """Feeds whose bytes a test hands in, decoded by the real decoders."""

    def __init__(self, **decoders):
        self.decoders = decoders
        self.inbox = PlotInbox()
        self.wanted = ()
        self.silent = ()

    def want(self, feeds):
        self.wanted = tuple(feeds)

    def hear(self, feed, content, at):
        decoder = self.decoders[feed]
        self.inbox.put_plots([*decoder.feed(content, at), *decoder.end(at)])

    def drain(self):
        return self.inbox.drain()

    def states(self):
        return ()

    def down(self, _at):
        return self.silent


def _wanted(feed, format_name="sbs1", party=PARTY):
    return FeedWanted(
        feed=feed, party=party, format_name=format_name, address="tcp://127.0.0.1:1",
        every_s=1.0, zone_offset_s=None, receiver_deg=None, receiver_height_m=None,
    )  # fmt: skip


class Watching:
    """A loop over still ears, a cycle a second."""

    def __init__(self, alerts=(), searches=None, **decoders):
        self.wire, self.ears = Wire(), StillEars(**decoders)
        begin = Begin(run="r1", party=PARTY, alerts=list(alerts))
        searches = searches or Searches(losing_pairs, nearest)
        self.loop = WatchLoop(self.wire, self.ears, _Clock(), searches, begin)
        self.loop._want([_wanted(feed) for feed in decoders])
        self.second = 0

    def cycle(self, **heard):
        at = START.plus_s(self.second)
        for feed, content in heard.items():
            self.ears.hear(feed, content, at)
        self.loop.cycle(at, 0.0)
        self.second += 1

    @property
    def told(self):
        return self.wire.of(CycleTold)[-1]

    def raised(self):
        return [
            (lot.number, change.body)
            for lot in self.wire.of(Changes)
            for change in lot.changes
            if change.kind == "alert.raised" and change.body["net"] == "pair-conflict"
        ]


def _line(address, longitude_deg, track_deg, latitude_deg=0.0):
    return (
        f"MSG,3,1,1,{address},1,,,,,,33000,390,{track_deg},{latitude_deg:.6f},"
        f"{longitude_deg:.6f},0,,0,0,0,0\r\n"
    ).encode()


def _head_on(second):
    """Two aircraft that lose separation within 40 s from the ninth second on."""
    moved = DEGREES_A_SECOND * second
    return _line("4CA001", 20.0 + moved, 90) + _line("4CA002", 20.25 - moved, 270)


GARBAGE = {
    "noise": bytes(range(256)) * 200,
    "truncated": _line("4CA003", 1.0, 90)[:31],
    "off the earth": _line("4CA003", 1.0, 90, latitude_deg=91.0) + _line("4CA004", 181.0, 90),
    "not numbers": b"MSG,3,1,1,4CA005,1,,,,,,NaN,inf,90,nan,1e400,0,,0,0,0,0\r\n" * 50,
    "too high": b"MSG,3,1,1,4CA006,1,,,,,,2147483648,390,90,1.0,1.0,2147483648,,0,0,0,0\r\n" * 50,
    "ten times as fast": b"".join(
        _line(f"{0x700000 + n:06X}", n / 100.0, 90, 40.0) for n in range(3_000)
    ),
    "one line without an end": b"MSG,3," * 200_000,
}


def _seconds_to_alert(hostile):
    """In which second the real pair is raised, while another feed sends this; and the loop."""
    watching = Watching(
        roof=BaseStationDecoder(FeedId("roof")), hostile=BaseStationDecoder(FeedId("hostile"))
    )
    for second in range(14):
        watching.cycle(roof=_head_on(second), hostile=hostile)
        if any(
            "4ca001" in subject for _, body in watching.raised() for subject in body["subjects"]
        ):
            return second, watching
    raise AssertionError("never raised")


@pytest.mark.requirement("WATCH-010")
@pytest.mark.parametrize("hostile", GARBAGE.values(), ids=GARBAGE)
def test_garbage_in_one_feed_delays_no_alert_of_another(hostile):
    quiet, _ = _seconds_to_alert(b"")
    second, watching = _seconds_to_alert(hostile)
    assert second == quiet
    counts = watching.ears.decoders["hostile"].counts
    assert counts.messages == counts.plots + counts.refused.total()
    assert counts.refused or counts.remarks or counts.plots


@pytest.mark.requirement("WATCH-010")
@pytest.mark.parametrize("aside_deg", [0.02, 0.3])
@pytest.mark.parametrize("first", ["roof", "hostile"])
def test_a_rival_account_of_a_real_aircraft_delays_no_alert_of_it(first, aside_deg):
    """Another feed flies the same address along, aside; it may be heard before the true one."""
    quiet, _ = _seconds_to_alert(b"")
    watching = Watching(
        roof=BaseStationDecoder(FeedId("roof")), hostile=BaseStationDecoder(FeedId("hostile"))
    )
    for second in range(quiet + 1):
        longitude_deg = 20.0 + DEGREES_A_SECOND * second
        heard = {
            "roof": _head_on(second),
            "hostile": _line("4CA001", longitude_deg, 90, latitude_deg=aside_deg),
        }
        watching.cycle(**dict(sorted(heard.items(), reverse=first == "roof")))
    pairs = [body["subjects"] for _, body in watching.raised()]
    assert any("4ca001" in one and "4ca002" in other for one, other in map(sorted, pairs)), pairs


@pytest.mark.requirement("WATCH-010")
def test_clocks_off_by_hours_and_times_that_run_backwards_are_counted_and_hide_nothing():
    watching = Watching(
        roof=BaseStationDecoder(FeedId("roof")), hostile=SnapshotDecoder(FeedId("hostile"))
    )
    quiet, _ = _seconds_to_alert(b"")
    for second in range(14):
        off_s = (7_200.0, -7_200.0, 0.5, -3.0)[second % 4]
        row = {"hex": "4ca009", "lat": 10.0, "lon": 10.0, "seen_pos": 0.0, "alt_baro": 33_000}
        now_s = START.unix_s + second + off_s
        watching.cycle(
            roof=_head_on(second), hostile=json.dumps({"now": now_s, "aircraft": [row]}).encode()
        )
        if watching.raised():
            break
    assert second == quiet
    counts = watching.loop._table.counts[FeedId("hostile")]
    assert counts["clock-ahead"]
    assert counts["clock-behind"]
    health = {net.net: net.health for net in watching.told.nets}
    assert health["pair-conflict"] == "working"


@pytest.mark.requirement("WATCH-010")
def test_a_hundred_thousand_fake_aircraft_hide_no_real_pair():
    rows = ",".join(
        f'{{"hex":"{n + 1:06x}","lat":{n % 170 - 85.0},"lon":{n % 3590 / 10.0 - 179.0},'
        f'"alt_baro":{n % 400 * 100},"gs":400,"track":{n % 360},"seen_pos":0.0}}'
        for n in range(100_000)
    )
    watching = Watching(
        searches=Searches(PairFinder().search, nearest),
        roof=BaseStationDecoder(FeedId("roof")), hostile=SnapshotDecoder(FeedId("hostile")),
    )  # fmt: skip
    quiet, _ = _seconds_to_alert(b"")
    for second in range(quiet + 1):
        flood = f'{{"now":{START.unix_s + second},"aircraft":[{rows}]}}'.encode()
        watching.cycle(roof=_head_on(second), hostile=flood if second == 4 else b"")
    assert any(
        {subject.rpartition("/")[2] for subject in body["subjects"]} == {"4ca001", "4ca002"}
        for _, body in watching.raised()
    )
    assert watching.told.tracks > 100_000


@pytest.mark.requirement("WATCH-003")
def test_no_more_is_sent_until_what_was_sent_is_kept_and_nothing_is_dropped():
    watching = Watching(roof=BaseStationDecoder(FeedId("roof")))
    for second in range(14):
        watching.cycle(roof=_head_on(second))
    (first,) = watching.wire.of(Changes)
    for second in range(14, 24):
        watching.cycle(roof=_head_on(second) + _line("4CA007", 20.1, 90, 0.01))
    assert watching.wire.of(Changes) == [first]
    assert watching.told.changes_waiting > len(first.changes)
    watching.loop._owed.kept(first.number)
    watching.loop._send_changes()
    (_, second_lot) = watching.wire.of(Changes)
    assert second_lot.number == first.number + 1
    assert second_lot.changes
    watching.loop._owed.kept(second_lot.number + 5)
    assert len(watching.loop._owed), "another number keeps nothing"


@pytest.mark.requirement("WATCH-011")
def test_a_node_that_does_not_read_is_not_told_of_cycles_and_that_is_counted():
    watching = Watching(roof=BaseStationDecoder(FeedId("roof")))
    watching.wire.waiting_bytes = 2 << 20
    for second in range(14):
        watching.cycle(roof=_head_on(second))
    assert watching.wire.of(CycleTold) == []
    assert watching.raised(), "alerts go out all the same"
    watching.wire.waiting_bytes = 0
    watching.cycle(roof=_head_on(14))
    assert watching.told.untold == 14


@pytest.mark.requirement("WATCH-004")
def test_a_watch_that_starts_again_raises_nothing_that_is_open():
    before = Watching(roof=BaseStationDecoder(FeedId("roof")))
    for second in range(14):
        before.cycle(roof=_head_on(second))
    raised = {body["alert"]: body for _, body in before.raised()}
    again = Watching(
        [OpenAlert(body=body, severity_worst=3, acknowledged_by="ada", acknowledged_ms=START.unix_ms)
         for body in raised.values()],
        roof=BaseStationDecoder(FeedId("roof")),
    )  # fmt: skip
    again.second = 14
    for second in range(14, 26):
        again.cycle(roof=_head_on(second))
    assert again.raised() == []
    assert again.told.alerts_open == len(raised)


@pytest.mark.requirement("WATCH-007")
def test_minima_hold_from_the_cycle_after_they_were_told():
    watching = Watching(roof=BaseStationDecoder(FeedId("roof")))
    narrow = MinimaBrief("a" * 64, [], [[10.0]], [[10.0]])
    watching.loop._brief(Briefed(brief=WatchBrief(narrow, [])))
    assert watching.loop._pairs.rule != PairRule()
    abeam = _line("4CA001", 20.0, 90) + _line("4CA002", 20.0, 90, latitude_deg=0.03)
    for _ in range(12):
        watching.cycle(roof=abeam)
    assert watching.raised() == []


def test_tracks_are_told_within_a_box_that_may_cross_180_degrees():
    watching = Watching(roof=BaseStationDecoder(FeedId("roof")))
    watching.cycle(
        roof=_line("4CA001", 179.9, 90) + _line("4CA002", -179.9, 90) + _line("4CA003", 0.0, 90)
    )

    def told(**box):
        return_to = TracksAsked(number=1, limit=10, **box)
        from comity.entrypoints.air_process.telling import tell_tracks  # noqa: PLC0415

        loop = watching.loop
        found = tell_tracks(return_to, loop._last, loop._table, loop._board, "r1")
        assert isinstance(found, TracksTold)
        return {row.key.rpartition("/")[2] for row in found.rows}

    assert told(west_deg=179.0, east_deg=-179.0) == {"4ca001", "4ca002"}
    assert told(west_deg=-1.0, east_deg=1.0) == {"4ca003"}
    assert told() == {"4ca001", "4ca002", "4ca003"}


def test_feeds_of_the_same_name_are_told_once_and_kept_numbers_match():
    watching = Watching(roof=BaseStationDecoder(FeedId("roof")))
    watching.loop._want([_wanted("roof"), _wanted("sea")])
    assert [feed.feed for feed in watching.ears.wanted] == ["roof", "sea"]
    assert set(watching.loop._table.counts) == {"roof", "sea"}
    assert Kept(number=3).number == 3
    assert FeedsWanted(feeds=[]).feeds == []
