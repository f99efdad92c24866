"""What a reader of the stream of tracks holds, frame after frame, beside the very picture."""

import asyncio
import math

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic

from comity.adapters.system_clock import SystemEntropy
from comity.entrypoints.air_process import PictureTold
from comity.entrypoints.node_service.track_streams import STREAMS_MAX, UNREAD_MAX, TrackStreams
from comity.entrypoints.track_stream import (
    FrameKind,
    Held,
    Named,
    TrackPicture,
    View,
    decode_frame,
    encode_frame,
    pack_columns,
)
from comity.entrypoints.track_stream.follow import Follower
from comity.entrypoints.track_stream.frame import Health
from comity.entrypoints.track_stream.held import FAR_CYCLES, TOLERANCE_FAR_M
from comity.entrypoints.track_stream.picture import COLUMNS, SLOTS_MAX, Flag, _rates
from comity.kernel.errors import InputError, StoreError
from comity.kernel.ids import OperatorId
from comity.kernel.instants import Instant

BEGAN_MS = 1_795_000_000_000
VERSIONS = np.ones(SLOTS_MAX, np.int64)
ROUNDED_M = 0.2


class AnyName(dict):
    """A name for whatever track is asked for."""

    def __missing__(self, track):
        return Named(f"aurelia.7vrrh7hi/{track:06x}", f"AUR{track}", None)


class World:
    """Tracks on great circles, with noise; some end, and others take their slots."""

    def __init__(self, seed, count, *, noise_m=0.0):
        self.rng = np.random.default_rng(seed)
        self.count, self.noise_m = count, noise_m
        self.track_id = np.arange(count) + 1
        self.latitude = np.degrees(np.arcsin(self.rng.uniform(-1.0, 1.0, count)))
        self.longitude = self.rng.uniform(-180.0, 180.0, count)
        self.direction = self.rng.uniform(0.0, 2.0 * np.pi, count)
        self.speed = self.rng.uniform(0.0, 300.0, count)
        self.flags = np.full(count, int(Flag.CONFIRMED | Flag.VELOCITY_KNOWN))
        self.cycle = 0
        # at a pole, on the antimeridian, and turning all the while
        self.latitude[:4], self.longitude[:4] = (
            (90.0, -89.999, 0.0, 60.0),
            (0.0, 5.0, 179.999, -180.0),
        )
        self.direction[2:4], self.speed[:4] = np.pi / 2.0, 250.0
        self.turn = self.rng.choice([0.0, 0.05], count)

    def step(self, seconds=1.0, *, replaced=0):
        self.cycle += 1
        for row in range(self.count):
            line = Geodesic.WGS84.Direct(
                self.latitude[row], self.longitude[row], math.degrees(self.direction[row]),
                self.speed[row] * seconds,
            )  # fmt: skip
            self.latitude[row], self.longitude[row] = line["lat2"], line["lon2"]
            self.direction[row] = math.radians(line["azi2"]) + self.turn[row]
        for row in self.rng.choice(self.count, replaced, replace=False):
            self.track_id[row] = self.track_id.max() + 1
            self.latitude[row] = self.rng.uniform(-80.0, 80.0)
        return self.picture()

    def picture(self, rows=None):
        rows = np.arange(self.count) if rows is None else rows
        noise = self.rng.normal(0.0, 1.0, self.count) * self.noise_m / 111_000.0
        latitude = np.clip(self.latitude + noise, -90.0, 90.0)[rows]
        speed, direction = self.speed[rows], self.direction[rows] % (2.0 * np.pi)
        north, east = _rates(latitude, speed, direction)
        usable = np.abs(east) <= 32_767
        longitude = np.rint(self.longitude[rows] * 1e6)
        values = {
            "track_id": self.track_id[rows],
            "slot": rows,
            "latitude": np.rint(latitude * 1e6),
            "longitude": np.where(longitude >= 180e6, longitude - 360e6, longitude),
            "latitude_rate": np.where(usable, np.rint(north), 0),
            "longitude_rate": np.where(usable, np.rint(east), 0),
            "direction": np.rint(direction * 65_536 / (2 * np.pi)) % 65_536,
            "speed": np.rint(speed * 10),
            "accuracy": np.full(len(rows), 93),
            "flags": self.flags[rows],
        }
        columns = {
            name: np.asarray(values.get(name, np.zeros(len(rows))), kind)
            for name, kind in COLUMNS.items()
        }
        at = Instant(BEGAN_MS + 1_000 * self.cycle)
        return TrackPicture(cycle=self.cycle, at=at, **columns)


def advance(held, picture, view):
    frame = held.advance(picture, AnyName(), VERSIONS, view, 0, Health.WORKING)
    return decode_frame(encode_frame(frame))


def errors_m(follower, picture):
    """How far the reader has each track from where the picture has it, by geodesic."""
    at_ms = picture.at.unix_ms
    found = {}
    for row, slot in enumerate(picture.slot.tolist()):
        latitude, longitude = follower.tracks[slot].place(at_ms)
        found[slot] = Geodesic.WGS84.Inverse(
            picture.latitude[row] / 1e6, picture.longitude[row] / 1e6,
            min(max(latitude / 1e6, -90.0), 90.0), longitude / 1e6,
        )["s12"]  # fmt: skip
    return found


@pytest.mark.requirement("MAP-002")
@pytest.mark.parametrize("tolerance_m", [0.0, 5.0, 100.0])
@pytest.mark.parametrize("noise_m", [0.0, 30.0])
def test_every_track_in_view_is_within_the_tolerance_over_poles_and_180(tolerance_m, noise_m):
    world, held, follower = World(3, 60, noise_m=noise_m), Held(), Follower()
    told = 0
    for _ in range(40):
        picture = world.step(replaced=2)
        frame = advance(held, picture, View(tolerance_m=tolerance_m))
        follower.apply(frame)
        told += len(frame.moved["slot"])
        assert frame.held == len(follower.tracks) == 60
        assert max(errors_m(follower, picture).values()) <= tolerance_m + ROUNDED_M
        for row, slot in enumerate(picture.slot.tolist()):
            assert follower.tracks[slot].named.callsign == f"AUR{picture.track_id[row]}"
    assert told > 0
    if tolerance_m == 100.0 and noise_m == 0.0:
        assert told < 60 * 40 / 4  # steady ones are not told of at all


@pytest.mark.requirement("MAP-002")
def test_what_is_outside_the_view_is_held_too_and_told_seldom():
    world, held, follower = World(5, 60), Held(), Follower()
    view = View(south_deg=0.0, north_deg=90.0, tolerance_m=5.0)
    for _ in range(60):
        picture = world.step(replaced=1)
        follower.apply(advance(held, picture, view))
        assert set(follower.tracks) <= set(picture.slot.tolist())
    away = errors_m_of(follower, picture)
    near = {
        slot
        for slot, inside in zip(picture.slot.tolist(), view.holds(picture), strict=True)
        if inside
    }
    assert near
    assert max(away[slot] for slot in near) <= 5.0 + ROUNDED_M
    # 300 m/s and a turn of half a radian may take it so far in the cycles between two looks
    assert max(away.values()) <= TOLERANCE_FAR_M + 300.0 * FAR_CYCLES
    assert max(away.values()) > 5.0 + ROUNDED_M


def errors_m_of(follower, picture):
    known = np.isin(picture.slot, list(follower.tracks))
    rows = np.flatnonzero(known)
    columns = {name: getattr(picture, name)[rows] for name in COLUMNS}
    return errors_m(follower, TrackPicture(cycle=picture.cycle, at=picture.at, **columns))


@pytest.mark.requirement("MAP-002")
def test_an_alert_is_told_at_once_wherever_the_track_is():
    world, held, follower = World(5, 60), Held(), Follower()
    view = View(south_deg=80.0, north_deg=90.0)
    follower.apply(advance(held, world.step(), view))
    for row in range(60):
        world.flags[row] |= 3 << 12
        picture = world.step()
        follower.apply(advance(held, picture, view))
        assert follower.tracks[row].details["flags"] >> 12 & 3 == 3


@pytest.mark.parametrize(
    ("west", "east", "inside", "outside"),
    [
        (170.0, -170.0, (175.0, -175.0, 180.0, 166.0), (160.0, -160.0, 0.0)),
        (-10.0, 10.0, (0.0, -14.0, 14.0), (16.0, -16.0, 180.0)),
        (-180.0, 180.0, (0.0, 180.0, -180.0), ()),
        (-179.0, 179.0, (180.0, 0.0), ()),
        (20.0, 20.0, (20.0,), (21.0,)),
    ],
)  # fmt: skip
def test_a_view_and_its_margin(west, east, inside, outside):
    world = World(1, 4)
    for longitude, expected in [*((x, True) for x in inside), *((x, False) for x in outside)]:
        world.latitude[0], world.longitude[0] = 0.0, longitude
        assert bool(View(-1.0, west, 1.0, east).holds(world.picture())[0]) is expected, longitude


@pytest.mark.parametrize(
    ("field", "view"),
    [
        ("south_deg", {"south_deg": 10.0, "north_deg": 5.0}),
        ("north_deg", {"north_deg": 90.1}),
        ("west_deg", {"west_deg": math.nan}),
        ("east_deg", {"east_deg": 181.0}),
        ("tolerance_m", {"tolerance_m": -1.0}),
        ("tolerance_m", {"tolerance_m": 5_001.0}),
    ],
)
def test_a_view_that_is_none_is_refused_by_name(field, view):
    with pytest.raises(InputError) as caught:
        View(**view)
    assert caught.value.field == field


OFFICER, OTHER = OperatorId("officer"), OperatorId("other")


class Floor:
    """Streams of a node, and its watch by hand."""

    def __init__(self):
        self.wanted = []
        self.health = Health.WORKING
        self.world = World(7, 20)
        self.streams = TrackStreams(
            lambda: Instant(BEGAN_MS), SystemEntropy(), self.wanted.append, lambda: self.health
        )
        self.named = set()

    def cycle(self, cycles=1):
        for _ in range(cycles):
            picture = self.world.step()
        names = [
            (track, f"k/{track}", f"AUR{track}", None)
            for track in picture.track_id.tolist()
            if track not in self.named
        ]
        self.named |= {each[0] for each in names}
        self.streams.put(
            PictureTold(
                cycle=picture.cycle, at=str(picture.at), count=len(picture), left_out=0,
                columns=pack_columns(picture), named=names,
            )
        )  # fmt: skip
        return picture

    def open(self, operator=OFFICER, **asked):
        asked = {"view": View(), "exercise": False, "resume": None, "read": 0, **asked}
        return self.streams.open(operator, **asked)


async def next_frame(frames, within_s=30.0):
    return decode_frame(await asyncio.wait_for(anext(frames), within_s))


@pytest.mark.requirement("MAP-003")
def test_a_reader_that_does_not_read_gets_no_more_and_then_the_newest():
    async def scenario():
        floor = Floor()
        reader = floor.open()
        follower = Follower()
        async with floor.streams.follow(reader) as frames:
            for _ in range(UNREAD_MAX):
                floor.cycle()
                follower.apply(await next_frame(frames))
            last = floor.cycle(5)
            with pytest.raises(TimeoutError):
                await next_frame(frames, 0.3)
        async with floor.streams.follow(reader) as frames:
            waiting = asyncio.ensure_future(anext(frames))
            await asyncio.sleep(0.05)
            assert not waiting.done()
            floor.streams.look(reader.stream, OFFICER, None, UNREAD_MAX)
            frame = decode_frame(await asyncio.wait_for(waiting, 30.0))
            follower.apply(frame)
            assert (frame.cycle, frame.skipped) == (last.cycle, 4)
            assert max(errors_m(follower, last).values()) <= 20.0 + ROUNDED_M

    asyncio.run(scenario())


@pytest.mark.requirement("MAP-003")
def test_a_cut_stream_goes_on_or_begins_anew():
    async def scenario():
        floor = Floor()
        reader = floor.open()
        floor.cycle()
        async with floor.streams.follow(reader) as frames:
            assert (await next_frame(frames)).kind is FrameKind.WHOLE
        floor.cycle()
        again = floor.open(resume=reader.stream, read=1)
        assert again is reader
        async with floor.streams.follow(again) as frames:
            frame = await next_frame(frames)
            assert (frame.kind, frame.sequence) == (FrameKind.CHANGE, 2)
        floor.cycle()
        lost = floor.open(resume=reader.stream, read=1)
        assert lost.stream != reader.stream
        async with floor.streams.follow(lost) as frames:
            frame = await next_frame(frames)
            assert (frame.kind, frame.sequence, len(frame.named)) == (FrameKind.WHOLE, 1, 20)
        with pytest.raises(InputError):
            floor.streams.look(reader.stream, OFFICER, None, 1)
        assert floor.open(OTHER, resume=lost.stream, read=1) is not lost
        assert floor.open(resume=lost.stream, read=1, exercise=True) is not lost
        assert floor.open(resume=lost.stream, read=1) is lost
        assert floor.open(resume="00", read=0) is not reader

    asyncio.run(scenario())


@pytest.mark.requirement("MAP-003")
def test_a_connection_that_resumes_ends_the_one_before():
    async def scenario():
        floor = Floor()
        reader = floor.open()
        floor.cycle()
        async with floor.streams.follow(reader) as older:
            await next_frame(older)
            async with floor.streams.follow(floor.open(resume=reader.stream, read=1)) as newer:
                with pytest.raises(StopAsyncIteration):
                    await next_frame(older)
                floor.cycle()
                assert (await next_frame(newer)).cycle == 2

    asyncio.run(scenario())


@pytest.mark.requirement("MAP-003")
def test_a_silent_watch_is_told_by_heartbeats_with_the_age_of_the_picture(monkeypatch):
    monkeypatch.setattr("comity.entrypoints.node_service.track_streams.HEARTBEAT_S", 0.05)

    async def scenario():
        floor = Floor()
        reader = floor.open()
        async with floor.streams.follow(reader) as frames:
            first = await next_frame(frames)
            while first.kind is not FrameKind.HEARTBEAT:
                first = await next_frame(frames)
            assert first.as_of_ms is None
            assert first.cycle == 0
            picture = floor.cycle()
            assert (await next_frame(frames)).kind is FrameKind.WHOLE
            floor.health = Health.BLIND
            beat = await next_frame(frames)
            assert beat.kind is FrameKind.HEARTBEAT
            assert beat.as_of_ms == picture.at.unix_ms
            assert beat.health is Health.BLIND

    asyncio.run(scenario())


@pytest.mark.requirement("MAP-003")
def test_a_watch_that_begins_anew_is_told_whole():
    async def scenario():
        floor = Floor()
        reader = floor.open()
        floor.cycle()
        async with floor.streams.follow(reader) as frames:
            await next_frame(frames)
            floor.streams.begin_run()
            floor.named, floor.world = set(), World(9, 5)
            floor.cycle()
            frame = await next_frame(frames)
            assert (frame.kind, frame.held, frame.names[0].key) == (FrameKind.WHOLE, 5, "k/1")

    asyncio.run(scenario())


@pytest.mark.requirement("MAP-004")
def test_a_stream_of_the_exercise_has_no_live_track():
    async def scenario():
        floor = Floor()
        reader = floor.open(exercise=True)
        assert floor.wanted == []
        floor.open()
        floor.cycle()
        async with floor.streams.follow(reader) as frames:
            frame = await next_frame(frames)
            assert frame.exercise
            assert (frame.kind, frame.held, frame.total) == (FrameKind.HEARTBEAT, 0, 0)

    asyncio.run(scenario())


@pytest.mark.requirement("MAP-004")
def test_a_revoked_operator_s_streams_end_and_others_go_on():
    async def scenario():
        floor = Floor()
        mine, theirs = floor.open(), floor.open(OTHER)
        floor.cycle()
        async with floor.streams.follow(mine) as frames, floor.streams.follow(theirs) as others:
            await next_frame(frames)
            await next_frame(others)
            floor.streams.end(OFFICER)
            with pytest.raises(StopAsyncIteration):
                await next_frame(frames)
            floor.cycle()
            assert (await next_frame(others)).cycle == 2
            with pytest.raises(InputError):
                floor.streams.look(mine.stream, OFFICER, None, 1)
            with pytest.raises(InputError):
                floor.streams.look(theirs.stream, OFFICER, None, 1)
            floor.streams.end(OTHER)
        assert floor.wanted == [True, False]

    asyncio.run(scenario())


def test_no_more_streams_than_there_may_be_and_one_left_makes_room():
    async def scenario():
        floor = Floor()
        reader = floor.open()
        others = [floor.open(OTHER) for _ in range(STREAMS_MAX - 1)]
        floor.open()  # the first was nobody's now
        with pytest.raises(InputError):
            floor.streams.look(reader.stream, OFFICER, None, 0)
        following = [floor.streams.follow(each) for each in others]
        for each in following:
            await each.__aenter__()
        last = floor.open()
        async with floor.streams.follow(last):
            with pytest.raises(StoreError) as caught:
                floor.open()
            assert caught.value.reason == "too-many-watchers"
        for each in following:
            await each.__aexit__(None, None, None)
        floor.streams.close()
        with pytest.raises(StoreError) as caught:
            floor.open()
        assert caught.value.reason == "closing"

    asyncio.run(scenario())


def test_what_was_not_sent_cannot_have_been_read():
    floor = Floor()
    reader = floor.open()
    with pytest.raises(InputError) as caught:
        floor.streams.look(reader.stream, OFFICER, None, 1)
    assert caught.value.field == "read"
