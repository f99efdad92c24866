"""A running node, a real feed over TCP, the watch in its own process: raised, durable, told, acknowledged, kept."""

import http.client
import json
import os
import signal
import socket
import threading
import time
from pathlib import Path

import pytest
from tests.node_homes import RunningNode, make_home, until

from comity.entrypoints.air_process import TrackRow
from comity.entrypoints.api.air_messages import (
    AirTold,
    AirTracksTold,
    AlertTold,
    AreasListed,
    FeedTold,
)
from comity.kernel.errors import InputError

DEGREES_A_SECOND = 200.0 / 111_320.0
FIRST_S_MAX = 120.0  # a process that compiles what is not in its cache


class Antenna:
    """An SBS-1 server: two aircraft that have lost separation, in lines of 5 Hz; it can be cut off."""

    def __init__(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.taken = []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        self.server.settimeout(0.2)
        began_s = time.monotonic()
        while not self.ended.is_set():
            try:
                self.taken.append(self.server.accept()[0])
            except TimeoutError:
                pass
            except OSError:
                return
            moved = DEGREES_A_SECOND * (time.monotonic() - began_s)
            lines = "".join(
                f"MSG,3,1,1,{address},1,,,,,{callsign},33000,390,90,{latitude:.6f},{moved:.6f},0,,0,0,0,0\r\n"
                for address, callsign, latitude in (
                    ("4CA001", "AUR1", 0.0),
                    ("4CA002", "BOR2", 0.02),
                )
            )
            for connection in list(self.taken):
                try:
                    connection.sendall(b"\xff\x00garbage\r\n" + lines.encode())
                except OSError:
                    connection.close()
                    self.taken.remove(connection)

    def cut(self):
        """Lose every connection."""
        for connection in list(self.taken):
            connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def stop(self):
        self.ended.set()
        self.thread.join(5)
        for connection in self.taken:
            connection.close()
        self.server.close()


def _watchers(pid):
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(each) for each in children]


def _events(node, heard):
    """Everything that the event stream tells, until the node ends."""
    host, _, port = node.client.access.address.rpartition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=60)
    connection.request(
        "GET", "/v1/events", headers={"authorization": f"Bearer {node.client.token}"}
    )
    answer = connection.getresponse()
    try:
        while line := answer.readline():
            if line.startswith(b"data: "):
                heard.append(json.loads(line[6:]))
    except OSError:
        pass
    finally:
        answer.close()
        connection.close()


@pytest.mark.requirement("WATCH-002")
@pytest.mark.requirement("WATCH-003")
@pytest.mark.requirement("WATCH-004")
@pytest.mark.requirement("WATCH-005")
@pytest.mark.requirement("WATCH-006")
def test_a_feed_an_alert_and_everything_that_may_end_meanwhile(tmp_path):
    antenna = Antenna()
    node = RunningNode(make_home(tmp_path / "a"))
    try:
        _through(antenna, node)
    finally:
        node.kill()
        antenna.stop()


def _zone(file, size_deg):
    """A prohibited area round where the aircraft begin."""
    east, north = 5.0, size_deg
    ring = [[-1.0, -north], [east, -north], [east, north], [-1.0, north], [-1.0, -north]]
    feature = {
        "type": "Feature",
        "properties": {"id": "z1", "name": "Zone One", "kind": "prohibited"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return str(file)


def _over_an_area(node, heard):
    """An area added by a person is watched within seconds; the subscriber hears of who is in it."""

    def net():
        nets = node.client.get("/v1/air", AirTold).nets
        return next(each for each in nets if each.net == "area-proximity")

    assert "data-set: no areas are loaded" in net().why
    file = node.layout.root / "zone.json"
    path = _zone(file, 1.0)
    with pytest.raises(InputError):
        node.client.post("/v1/areas", {"areas": "zone", "path": path + ".not"}, AreasListed)
    with pytest.raises(InputError):
        node.client.post(
            "/v1/areas", {"areas": "zone", "path": path, "guarded": ["X"]}, AreasListed
        )
    told = node.client.post("/v1/areas", {"areas": "zone", "path": path}, AreasListed)

    def inside():
        alerts = node.client.get("/v1/air", AirTold).alerts
        return [each for each in alerts if each.net == "area-proximity"]

    until(lambda: len(inside()) == 2, FIRST_S_MAX)
    raised = {each.alert for each in inside()}
    until(lambda: raised <= {event.get("alert") for event in heard})
    assert {each.basis["data_set_digest"] for each in inside()} == {told.digest}
    assert all(each.severity == "warning" and each.basis["inside"] for each in inside())
    until(lambda: net().health == "working")


def _through(antenna, node):
    def air():
        return node.client.get("/v1/air", AirTold)

    def health():
        return {net.net: net.health for net in air().nets}

    assert set(health().values()) == {"blind"}
    assert all("no-feed" in net.why[0] for net in air().nets)
    heard = []
    listening = threading.Thread(target=_events, args=(node, heard), daemon=True)
    listening.start()
    address = f"tcp://127.0.0.1:{antenna.port}"
    asked = {"feed": "roof", "address": address, "format": "sbs1"}
    with pytest.raises(InputError):
        node.client.post("/v1/feeds", asked | {"format": "readsb"}, FeedTold)
    node.client.post("/v1/feeds", asked, FeedTold)
    until(lambda: "pair-conflict" in {each.net for each in air().alerts}, FIRST_S_MAX)
    (alert,) = [each for each in air().alerts if each.net == "pair-conflict"]
    until(lambda: alert.alert in {event.get("alert") for event in heard})
    assert {event["severity"] for event in heard if event.get("alert") == alert.alert} == {
        "warning"
    }
    assert "net" in {event["kind"] for event in heard}
    _over_an_area(node, heard)
    acknowledged = node.client.post(
        f"/v1/alerts/{alert.alert}/acknowledge", {"revision": 0}, AlertTold
    )
    assert acknowledged.acknowledged_by == "officer"
    tracks = node.client.get("/v1/air/tracks", AirTracksTold)
    assert {row.callsign for row in tracks.rows} == {"AUR1", "BOR2"}
    assert [row.lacks for row in tracks.rows] == [[], []]  # no plans are told to this node
    silent = node.client.post("/v1/air/radio", {"track": "BOR2", "answered": False}, TrackRow)
    assert (silent.lacks, silent.radio.operator) == (["radio"], "officer")
    (feed,) = air().feeds
    assert feed.counts["refused"]["not-a-message"]
    assert feed.counts["messages"] == feed.counts["plots"] + sum(feed.counts["refused"].values())

    antenna.cut()
    until(lambda: air().feeds[0].drops == 1)
    until(lambda: air().feeds[0].phase == "up")

    (watcher,) = _watchers(node.process.pid)
    os.kill(watcher, signal.SIGKILL)
    until(lambda: set(health().values()) == {"blind"})
    until(lambda: (air().cycle or 0) > 1, FIRST_S_MAX)
    assert air().restarts == 1
    (known,) = [each for each in air().alerts if each.net == "pair-conflict"]
    assert (known.alert, known.acknowledged_by) == (alert.alert, "officer")
    (anew,) = node.client.get("/v1/air/tracks", AirTracksTold, named="4ca002").rows
    assert (anew.callsign, anew.radio, anew.lacks) == ("BOR2", None, [])  # that track has ended

    (watcher,) = _watchers(node.process.pid)
    node.kill()
    listening.join(10)
    until(lambda: not Path(f"/proc/{watcher}/stat").exists() or _is_zombie(watcher))
    node.start()
    until(lambda: (air().cycle or 0) > 1, FIRST_S_MAX)
    (known,) = [each for each in air().alerts if each.net == "pair-conflict"]
    assert (known.alert, known.acknowledged_by) == (alert.alert, "officer")
    node.client.post("/v1/feeds/roof/remove", b"", list[FeedTold])
    until(lambda: set(health().values()) == {"blind"})
    assert node.stop() == 0


def _is_zombie(pid):
    return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"
