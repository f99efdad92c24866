"""`comity feed`, `alert` and `watch`: what people and programs are shown, and what is refused."""

import asyncio
import io
import json

import msgspec
import pytest
from rich.console import Console
from tests.node_homes import api_over, make_home

from comity import bootstrap
from comity.adapters.system_clock import SystemEntropy
from comity.domain.operators import Role
from comity.entrypoints.air_process import NetTold, TrackRow
from comity.entrypoints.api.air_messages import AirTold, AirTracksTold, AlertTold, FeedTold
from comity.entrypoints.cli import run, watch_commands
from comity.entrypoints.cli.air_words import alert_text
from comity.entrypoints.home import HomeLayout, add_operator, load_operator_token, load_operators
from comity.kernel.ids import OperatorId


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return make_home(tmp_path_factory.mktemp("homes") / "a").root


def _comity(capsys, home, *arguments):
    code = run(bootstrap.Composition(), [*arguments, "--home", str(home)])
    told = capsys.readouterr()
    return code, told.out, told.err


@pytest.mark.requirement("WATCH-001")
def test_feeds_are_set_up_without_a_running_node(capsys, home):
    added = _comity(
        capsys, home, "feed", "add", "roof", "tcp://127.0.0.1:30003", "--format", "sbs1",
        "--receiver", "59.9,24.5,30", "--json",
    )  # fmt: skip
    assert added[0] == 0, added[2]
    assert json.loads(added[1])["phase"] == "unknown"
    code, told, _ = _comity(capsys, home, "feed", "list", "--json")
    assert code == 0
    (feed,) = json.loads(told)
    assert feed["party"].startswith("aurelia.")
    assert "roof" in _comity(capsys, home, "feed", "list")[1]
    assert "unknown" in _comity(capsys, home, "feed", "stats", "roof")[1]
    code, told, _ = _comity(capsys, home, "alert", "list")
    assert code == 0
    assert "pair-conflict is BLIND" in told
    assert "not-running" in told
    assert "BLIND" in _comity(capsys, home, "status")[1]
    assert _comity(capsys, home, "feed", "remove", "roof")[0] == 0


@pytest.mark.requirement("ALERT-062")
def test_area_files_are_set_up_without_a_running_node(capsys, home, tmp_path):
    file = tmp_path / "r1.txt"
    file.write_text("AC R\nAN RANGE ONE\nAL GND\nAH FL95\nV X=10:00:00 N 010:00:00 E\nDC 3\n")
    added = _comity(capsys, home, "area", "add", "ranges", str(file), "--json")
    assert added[0] == 0, added[2]
    told = json.loads(added[1])
    assert (told["count"], told["path"]) == (1, str(file))
    code, listed, _ = _comity(capsys, home, "area", "list", "--json")
    assert code == 0
    assert [each["digest"] for each in json.loads(listed)] == [told["digest"]]
    assert "ranges" in _comity(capsys, home, "area", "list")[1]
    assert _comity(capsys, home, "area", "remove", "ranges")[0] == 0
    assert "comity area add" in _comity(capsys, home, "area", "list")[1]


@pytest.mark.requirement("WATCH-001")
@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (("area", "add", "ranges"), 3, "path"),
        (("area", "add", "ranges", "/no/such/file"), 3, "path"),
        (("area", "add", "Ranges!", "/no/such/file"), 3, "areas"),
        (("area", "remove", "nothing"), 3, "areas"),
        (("feed", "add", "roof", "tcp://127.0.0.1:1", "--format", "morse"), 3, "format"),
        (("feed", "add", "roof", "http://127.0.0.1/x", "--format", "sbs1"), 3, "address"),
        (("feed", "add", "roof", "tcp://127.0.0.1", "--format", "sbs1"), 3, "address"),
        (("feed", "add", "roof", "tcp://ada:x@127.0.0.1:1", "--format", "sbs1"), 3, "address"),
        (("feed", "add", "Roof!", "tcp://127.0.0.1:1", "--format", "sbs1"), 3, "feed"),
        (("feed", "add", "r", "tcp://127.0.0.1:1", "--format", "sbs1", "--receiver", "91,0"), 3,
         "receiver"),
        (("feed", "add", "r", "tcp://127.0.0.1:1", "--format", "sbs1", "--receiver", "north"), 3,
         "receiver"),
        (("feed", "add", "r", "tcp://127.0.0.1:1", "--format", "sbs1", "--party", "x.aaaaaaaa"), 3,
         "party"),
        (("feed", "remove", "nothing"), 3, "feed"),
        (("feed", "stats", "nothing"), 3, "feed"),
        (("alert", "show", "12"), 3, "alert"),
        (("alert", "show", "123456"), 3, "alert"),
        (("alert", "acknowledge", "123456"), 3, "alert"),
        (("watch", "--cycles", "1"), 4, "not running"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_one_line(capsys, home, arguments, code, named):
    ended, out, error = _comity(capsys, home, *arguments)
    assert (ended, out) == (code, "")
    assert named in error
    assert error.count("\n") == 1


def _alert(**changes):
    given = {
        "alert": "5e1f0c" + "0" * 26, "net": "pair-conflict", "severity": "warning",
        "phase": "raised", "revision": 0, "subjects": ["a.aaaaaaaa/4ca001", "a.aaaaaaaa/4ca002"],
        "aspect": "", "determined": True, "raised_at": "2026-12-01T09:00:00.000Z",
        "seen_at": "2026-12-01T09:00:00.000Z",
        "basis": {"time_to_loss_ms": 80_000, "distance_cpa_mm": 12_000, "vertical_now_mm": None},
    }  # fmt: skip
    return AlertTold(**(given | changes))


def _air(*alerts, cycle=1, health="working"):
    net = NetTold(net="pair-conflict", health=health, since="2026-12-01T08:00:00.000Z", why=[])
    feed = FeedTold(
        feed="roof", party="a.aaaaaaaa", format="sbs1", address="tcp://x:1", phase="up",
        counts={"plots": 5, "refused": {"not-a-message": 2}}, waiting={"dropped": 3},
    )  # fmt: skip
    return AirTold(
        at=f"2026-12-01T09:00:{cycle or 0:02}.000Z", cycle=cycle, minima="none", nets=[net],
        feeds=[feed], alerts=list(alerts), alerts_open=len(alerts), tracks=2, plots=2,
    )  # fmt: skip


@pytest.mark.requirement("WATCH-012")
def test_in_a_pipe_each_cycle_is_a_line_and_each_change_one_more(capsys):
    seen = _alert(phase="acknowledged", acknowledged_by="ada")
    looks = [_air(), _air(_alert(), cycle=2), _air(_alert(), cycle=3), _air(seen, cycle=4),
             _air(cycle=5, health="degraded"), _air(cycle=None)]  # fmt: skip
    watch_commands._as_lines(iter(looks))
    lines = capsys.readouterr().out.splitlines()
    assert sum(" cycle " in line for line in lines) == 5
    assert sum("WARNING raised 5e1f0c00" in line for line in lines) == 1
    assert sum("WARNING acknowledged by ada" in line for line in lines) == 1
    assert sum(line.startswith("  cleared 5e1f0c00") for line in lines) == 1
    assert sum("is DEGRADED" in line for line in lines) == 1
    assert any("NOBODY WATCHES" in line for line in lines[-2:])


@pytest.mark.requirement("WATCH-012")
def test_with_json_each_cycle_is_one_object_a_line(capsys):
    watch_commands._as_json(iter([_air(_alert()), _air(cycle=2)]))
    told = [
        msgspec.json.decode(line, type=AirTold) for line in capsys.readouterr().out.splitlines()
    ]
    assert [each.cycle for each in told] == [1, 2]
    assert told[0].alerts[0].alert.startswith("5e1f0c")


@pytest.mark.requirement("WATCH-012")
def test_the_screen_shows_nets_feeds_alerts_and_tracks():
    row = TrackRow(
        key="a.aaaaaaaa/4ca001", callsign=None, latitude_deg=1.0, longitude_deg=2.0, accuracy_m=50.0,
        altitude_pressure_m=None, altitude_ellipsoid_m=9_000.0, ground_speed_mps=None,
        track_true_deg=None, vertical_rate_mps=None, on_ground=None, age_s=20.0, stale=True,
        confirmed=True,
    )  # fmt: skip
    tracks = AirTracksTold(at="2026-12-01T09:00:00.000Z", total=7, rows=[row])
    page = io.StringIO()
    Console(file=page, width=160).print(watch_commands._screen(_air(_alert()), tracks))
    shown = page.getvalue()
    for word in (
        "WORKING",
        "roof",
        "WARNING",
        "4ca001",
        "9000 WGS84",
        "unknown",
        "STALE",
        "6 more",
    ):
        assert word in shown


@pytest.mark.requirement("TRACK-057")
def test_radio_contact_is_said_to_a_running_node_alone_and_is_one_of_two_things(capsys, home):
    for asked in (("tracks",), ("radio", "4ca001", "silent")):
        code, told, wrong = _comity(capsys, home, "air", *asked)
        assert (code, told) == (_comity(capsys, home, "watch", "--cycles", "1")[0], "")
        assert "node" in wrong
    assert _comity(capsys, home, "air", "radio", "4ca001", "maybe")[0] == 2


def test_an_alert_tells_how_it_stands_now_and_else_how_it_stood():
    assert "lost in 80 s" in alert_text(_alert())
    assert "(as of 09:00:00)" in alert_text(_alert())
    now = _alert(basis_now={"time_to_loss_ms": 20_000}, held="the net is blind", determined=False)
    assert "lost in 20 s, closest unknown" in alert_text(now)
    assert "kept open: the net is blind" in alert_text(now)
    assert "do not compare" in alert_text(now)
    flown = _alert(
        net="conformance", basis={"state": "contingent", "why": "x", "time_off_ms": 9_000}
    )
    assert "contingent, x, sideways unknown" in alert_text(flown)
    assert "off in time 9 s" in alert_text(flown)
    jump = _alert(net="integrity", aspect="jump", basis={"reason": "far off"})
    assert "jump, far off" in alert_text(jump)


@pytest.mark.requirement("WATCH-006")
def test_where_nobody_watches_no_tracks_are_told_and_every_net_is_blind(home):
    async def scenario():
        async with api_over(HomeLayout(home)) as api:
            return await api.ask("GET", "/v1/air/tracks"), await api.ask("GET", "/v1/air")

    (status, refused), (_, air) = asyncio.run(scenario())
    assert (status, refused["reason"]) == (503, "no-watch")
    assert {net["health"] for net in air["nets"]} == {"blind"}
    assert air["cycle"] is None
    assert air["tracks"] is None


@pytest.mark.requirement("OPER-001")
def test_an_officer_acknowledges_and_sets_up_no_feed(home):
    add_operator(
        HomeLayout(home), load_operators(HomeLayout(home)), OperatorId("watch"), "watch",
        frozenset({Role.OFFICER}), SystemEntropy(),
    )  # fmt: skip
    token = load_operator_token(HomeLayout(home), OperatorId("watch"))
    body = b'{"feed": "sea", "address": "tcp://127.0.0.1:1", "format": "sbs1"}'

    async def scenario():
        async with api_over(HomeLayout(home)) as api:
            as_watch = {"authorization": f"Bearer {token}"}
            return (
                await api.ask("POST", "/v1/feeds", body, as_watch),
                await api.ask("POST", "/v1/alerts/123456/acknowledge", b"{}", as_watch),
            )

    (_, refused), (_, unknown) = asyncio.run(scenario())
    assert refused["field"] == "operator"
    assert unknown["field"] == "alert"
