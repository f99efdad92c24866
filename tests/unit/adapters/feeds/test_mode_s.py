"""Mode S and SBS-1: positions of pairs, addresses that are believed, values joined with their ages."""

import gzip
import json
import math

import pytest
from tests.feed_samples import (
    BEAST,
    CALLSIGN,
    EVEN,
    FEED,
    NOW,
    NOW_S,
    ODD,
    OPTIONS,
    VELOCITY,
    basestation,
    beast,
    frame,
)
from tests.shared_files import shared

from comity.adapters.mode_s.codes import (
    altitude_m_of_12_bits,
    altitude_m_of_13_bits,
    ground_speed_mps_of_movement,
    squawk_of_13_bits,
)
from comity.adapters.mode_s.parity import with_parity
from comity.adapters.mode_s.positions import airborne_of_pair, longitude_zones, near
from comity.adapters.sbs1 import BaseStationDecoder
from comity.domain.tracks import PlotSource
from comity.feed_formats import FormatOptions, decoder_of
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant


def line(frame_bytes: bytes, at_s: float) -> bytes:
    return json.dumps({"timestamp": at_s, "frame": frame_bytes.hex()}).encode() + b"\n"


def read(*frames: tuple[bytes, float], receiver_deg=None):
    decoder = decoder_of("frames", FEED, FormatOptions(receiver_deg=receiver_deg))
    plots = decoder.feed(b"".join(line(one, at_s) for one, at_s in frames), None)
    return plots, decoder.counts


@pytest.mark.requirement("FEED-009")
def test_a_pair_gives_the_position_of_the_published_example():
    plots, counts = read((ODD, NOW_S), (EVEN, NOW_S + 2))
    (plot,) = plots
    assert counts.refused == {"position-unresolved": 1}
    assert plot.latitude_deg == pytest.approx(52.25720, abs=5e-6)
    assert plot.longitude_deg == pytest.approx(3.91937, abs=5e-6)
    assert plot.altitude_pressure_m == pytest.approx(38_000 * 0.3048)
    assert (plot.source, plot.on_ground, plot.address) == (PlotSource.ADS_B, False, 0x40621D)
    assert read((ODD, NOW_S), (EVEN, NOW_S + 11))[0] == [], "a pair is at most 10 s apart"


@pytest.mark.requirement("FEED-009")
def test_velocity_and_callsign_are_those_of_the_published_examples():
    (moving,), _ = read((VELOCITY, NOW_S))
    assert moving.ground_speed_mps == pytest.approx(159.20 * 1852 / 3600, rel=1e-4)
    assert math.degrees(moving.track_true_rad) == pytest.approx(182.88, abs=0.005)
    assert moving.vertical_rate_mps == pytest.approx(-832 * 0.3048 / 60)
    assert (moving.latitude_deg, moving.source) == (None, PlotSource.MODE_S)
    (named,), _ = read((CALLSIGN, NOW_S))
    assert named.callsign == "KLM1023"


@pytest.mark.requirement("FEED-009")
def test_frames_of_a_flight_are_read_as_rs1090_reads_them():
    """4,000 frames with rs1090's values beside them: every position, altitude, squawk, velocity."""
    path = shared("data/recorded/mode_s_frames.jsonl.gz")
    rows = [json.loads(text) for text in gzip.decompress(path.read_bytes()).splitlines()]
    decoder = decoder_of("frames", FEED, FormatOptions(receiver_deg=(49.0, 2.55)))
    positions = heights = velocities = named = 0
    for row in rows:
        at_s = row["timestamp"]
        for plot in decoder.feed(line(bytes.fromhex(row["frame"]), at_s), None):
            assert plot.address == int(row["icao24"], 16)
            if row.get("latitude") is not None:
                assert plot.latitude_deg == pytest.approx(row["latitude"], abs=1e-9)
                assert plot.longitude_deg == pytest.approx(row["longitude"], abs=1e-9)
                positions += 1
            if row.get("altitude") is not None and row["df"] == "17":
                assert plot.altitude_pressure_m == pytest.approx(row["altitude"] * 0.3048)
                heights += 1
        aircraft = decoder._reader._table.known(0x393322)
        if row.get("bds") == "09":
            assert aircraft.ground_speed_mps == pytest.approx(row["groundspeed"] * 1852 / 3600)
            assert math.degrees(aircraft.track_true_rad) == pytest.approx(row["track"])
            assert aircraft.vertical_rate_mps == pytest.approx(row["vertical_rate"] * 0.3048 / 60)
            assert aircraft.height_difference_m == pytest.approx(row["geo_minus_baro"] * 0.3048)
            velocities += 1
        elif row.get("bds") == "08":
            assert aircraft.callsign == row["callsign"]
            named += 1
        elif row["df"] in {"5", "21"} and aircraft is not None:
            assert aircraft.squawk == row["squawk"]
        elif row["df"] in {"0", "4", "16", "20"} and row.get("altitude") is not None:
            assert aircraft.altitude_pressure_m == pytest.approx(row["altitude"] * 0.3048)
            heights += 1
    assert decoder.counts.messages == 4_000
    assert set(decoder.counts.refused) == {"merged"}
    assert (positions, velocities, named) == (1519, 171, 183)
    assert heights > 1_000


@pytest.mark.requirement("FEED-009")
def test_all_codes_are_read_as_rs1090_reads_them():
    """Altitudes of all 4,096 codes of 12 bits and 8,192 of 13, and every squawk."""
    try:
        import rs1090  # noqa: PLC0415  # may not be installed
    except ImportError:
        pytest.skip("NOT RUN: rs1090 is not installed (extra `test`)")
    messages = [11 << 51 | code << 36 | 12_345 for code in range(0, 4096, 7)]
    squitters = [frame(0x4B1805, message).hex() for message in messages]
    bodies = [bytes([0, code >> 8, code & 255]) for code in range(0, 8192, 13)]
    replies = [address_parity(b"\x20" + body).hex() for body in bodies]
    identities = [address_parity(b"\x28" + body).hex() for body in bodies]
    known = 0
    for code, read_frame in zip(range(0, 4096, 7), rs1090.decode(squitters), strict=True):
        known += same_altitude(altitude_m_of_12_bits(code), (read_frame or {}).get("altitude"))
    for code, read_frame in zip(range(0, 8192, 13), rs1090.decode(replies), strict=True):
        if not code & 0x40:  # metres: ours says unknown
            known += same_altitude(altitude_m_of_13_bits(code), (read_frame or {}).get("altitude"))
    for code, read_frame in zip(range(0, 8192, 13), rs1090.decode(identities), strict=True):
        assert squawk_of_13_bits(code) == read_frame["squawk"]
    assert known > 300


def same_altitude(ours_m, peer_ft) -> bool:
    if ours_m is None or not peer_ft:
        return False
    assert ours_m == pytest.approx(peer_ft * 0.3048)
    return True


def address_parity(body: bytes) -> bytes:
    """A short frame with the address 4B1805 laid over its parity."""
    parity = int.from_bytes(with_parity(body)[-3:], "big") ^ 0x4B1805
    return body + parity.to_bytes(3, "big")


@pytest.mark.requirement("FEED-009")
@pytest.mark.parametrize(
    ("frame_bytes", "reason"),
    [
        (ODD[:-1] + b"\x00", "bad-checksum"),
        (address_parity(bytes.fromhex("20000cb0")), "address-unknown"),
        (b"\x5d\x4b\x18\x05\x00\x00\x80", "bad-checksum"),
        (b"\xc0" + b"\0" * 13, "kind-not-read"),
        (ODD[:7], "not-a-message"),
        (frame(0x4B1805, 29 << 51), "kind-not-read"),
    ],
)
def test_a_frame_that_cannot_be_believed_is_refused_by_name(frame_bytes, reason):
    plots, counts = read((frame_bytes, NOW_S))
    assert plots == []
    assert counts.refused == {reason: 1}


@pytest.mark.requirement("FEED-009")
def test_an_overlaid_address_is_believed_only_within_a_minute_of_a_checked_frame():
    reply = address_parity(bytes.fromhex("20000cb0"))
    vouching = with_parity(bytes.fromhex("5d4b1805"))
    _, counts = read((vouching, NOW_S), (reply, NOW_S + 30), (reply, NOW_S + 61))
    assert counts.plots == 2
    assert counts.refused == {"address-unknown": 1}


@pytest.mark.requirement("FEED-009")
def test_surface_positions_need_a_place_nearby():
    surface = bytes.fromhex("8f393322384a02aea63afc43dcba")  # at a stand of Paris CDG
    assert read((surface, NOW_S))[1].refused == {"position-unresolved": 1}
    (plot,), _ = read((surface, NOW_S), receiver_deg=(49.0, 2.55))
    assert plot.latitude_deg == pytest.approx(49.00583267)
    assert plot.longitude_deg == pytest.approx(2.57354736)
    assert plot.on_ground is True
    assert read((surface, NOW_S), receiver_deg=(47.0, 8.0))[0] == [], "446 km away: not near"


@pytest.mark.requirement("FEED-009")
@pytest.mark.parametrize(
    "latitude_deg", [-89.99, -87.0, -45.3, 0.0, 10.46, 52.2, 86.9, 87.01, 89.99]
)
@pytest.mark.parametrize("longitude_deg", [-180.0, -179.999, -0.001, 0.0, 77.7, 179.999])
def test_what_is_coded_is_found_again_at_poles_and_antimeridian(latitude_deg, longitude_deg):
    even, odd = (coded(latitude_deg, longitude_deg, parity) for parity in (0, 1))
    found = airborne_of_pair(even, odd, latest_is_odd=True)
    local = near(odd, (latitude_deg, longitude_deg), is_odd=True, is_surface=False)
    for position in (found, local):
        assert position is not None
        assert position[0] == pytest.approx(latitude_deg, abs=5e-5)
        apart = (position[1] - longitude_deg + 180.0) % 360.0 - 180.0
        step_deg = 360.0 / max(longitude_zones(latitude_deg) - 1, 1) / 2**17
        assert abs(apart) <= 0.6 * step_deg


def coded(latitude_deg: float, longitude_deg: float, parity: int) -> tuple[int, int]:
    """The encoding of ICAO Doc 9871 §C.2.6.3, by hand."""
    height_deg = 360.0 / (60 - parity)
    latitude = math.floor(2**17 * (latitude_deg % height_deg) / height_deg + 0.5)
    rounded = height_deg * (latitude / 2**17 + math.floor(latitude_deg / height_deg))
    width_deg = 360.0 / max(longitude_zones(rounded) - parity, 1)
    longitude = math.floor(2**17 * (longitude_deg % width_deg) / width_deg + 0.5)
    return latitude % 2**17, longitude % 2**17


@pytest.mark.requirement("FEED-009")
def test_speeds_on_the_surface_follow_the_table():
    knots = {0: None, 1: 0.0, 2: 0.125, 9: 1.0, 13: 2.0, 39: 15.0, 94: 70.0, 109: 100.0, 123: 170.0}
    for code, expected in (knots | {124: None, 127: None}).items():
        found = ground_speed_mps_of_movement(code)
        assert found == (None if expected is None else pytest.approx(expected * 1852 / 3600))


@pytest.mark.requirement("FEED-009")
def test_a_jump_of_an_aircraft_is_told_and_counted_not_hidden():
    far = [
        frame(
            0x40621D,
            11 << 51
            | parity << 34
            | coded(10.0, 10.0, parity)[0] << 17
            | coded(10.0, 10.0, parity)[1],
        )
        for parity in (0, 1)
    ]
    plots, counts = read((ODD, NOW_S), (EVEN, NOW_S + 1), (far[1], NOW_S + 2), (far[0], NOW_S + 3))
    assert plots[-1].latitude_deg == pytest.approx(10.0, abs=1e-4)
    assert counts.remarks["position-jump"] >= 1


@pytest.mark.requirement("FEED-007")
def test_frames_of_a_recording_take_their_time_from_the_counter():
    decoder = decoder_of("beast", FEED, FormatOptions(begins=NOW))
    steps = (0, 6_000_000, 3_000_000, 2**47, 18_000_000)  # backwards, and a jump of 135 days
    frames = [
        beast(frame(0x4B1800 + n, 4 << 51), 12_000_000 + step) for n, step in enumerate(steps)
    ]
    plots = decoder.feed(b"".join(frames), None)
    assert [plot.at.minus(NOW) for plot in plots] == [0.0, 0.5, 0.5, 0.5, 1.5]
    with pytest.raises(InputError, match="begins"):
        decoder_of("beast", FEED).feed(BEAST, None)


@pytest.mark.requirement("FEED-008")
def test_a_position_line_is_joined_with_what_was_said_before_up_to_its_age():
    decoder = decoder_of("sbs1", FEED)
    velocity = basestation(4, "", "", 450.0, 90.0, "", "", -640, "", "", "", "", "")
    named = basestation(1, "TEST1", *[""] * 11)
    coded_line = basestation(6, "", "", "", "", "", "", "", "7700", 0, -1, 1, 0)
    position = basestation(3, "", 35000, "", "", 47.1, 8.2, "", "", 0, 0, 0, 0)
    decoder.feed(named + velocity + coded_line, NOW)
    fields = ("ground_speed_mps", "callsign", "squawk", "emergency", "ident")
    seen = {}
    for age_s in (5, 11, 61, 301):
        (plot,) = decoder.feed(position, NOW.plus_s(age_s))
        assert plot.altitude_pressure_m == pytest.approx(10_668.0)
        assert (plot.source, plot.at) == (PlotSource.OTHER, NOW.plus_s(age_s))
        seen[age_s] = [getattr(plot, field) for field in fields]
    assert seen == {
        5: [pytest.approx(231.5), "TEST1", "7700", "general", True],
        11: [None, "TEST1", "7700", "general", True],
        61: [None, "TEST1", None, None, None],
        301: [None, None, None, None, None],
    }


@pytest.mark.requirement("FEED-008")
def test_an_aircraft_without_positions_gives_a_plot_a_second_at_most():
    decoder = decoder_of("sbs1", FEED)
    altitude = basestation(7, "", 33_000, *[""] * 9, 0)
    for tenth in range(31):
        decoder.feed(altitude, NOW.plus_s(tenth / 10))
    assert decoder.counts.plots == 4
    assert decoder.counts.refused == {"merged": 27}
    assert decoder.counts.remarks == {"without-position": 4}


@pytest.mark.requirement("FEED-008")
def test_local_times_are_used_only_with_their_zone():
    position = basestation(3, "", 35000, "", "", 47.1, 8.2, "", "", 0, 0, 0, 0)
    live, zoned = BaseStationDecoder(FEED), BaseStationDecoder(FEED, zone_offset_s=7200)
    assert live.feed(position, NOW.plus_s(3))[0].at == NOW.plus_s(3)
    assert zoned.feed(position, NOW.plus_s(3))[0].at == Instant(NOW.unix_ms - 7_200_000)
    assert live.feed(position, None) == []
    assert live.counts.refused == {"no-time": 1}


@pytest.mark.requirement("FEED-006")
@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        (basestation(3, "", 35000, "", "", 91, 8.2, "", "", 0, 0, 0, 0), "position-off-earth"),
        (basestation(3, "", 35000, "", "", "nan", 8.2, "", "", 0, 0, 0, 0), "not-a-message"),
        (basestation(3, "", "1e9", "", "", 47.1, 8.2, "", "", 0, 0, 0, 0), "not-a-message"),
        (basestation(9, "", 35000, "", "", 47.1, 8.2, "", "", 0, 0, 0, 0), "not-a-message"),
        (
            basestation(3, "", 3, "", "", 4, 8, "", "", 0, 0, 0, 0, address="0x4B18"),
            "not-a-message",
        ),
        (basestation(3, *[""] * 12, clock="25:00:00.000"), "not-a-message"),
        (b"SEL,,496,2286,4CA4E5,27215,2010/02/19,18:06:07.710\n", "kind-not-read"),
        (b"MSG,3,1\n", "not-a-message"),
        (b"MSG," + b"9" * 10_000 + b"\n", "too-long"),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_by_name(spoilt, reason):
    decoder = decoder_of("sbs1", FEED, OPTIONS)
    good = basestation(3, "", 35000, "", "", 47.1, 8.2, "", "", 0, 0, 0, 0)
    assert len(decoder.feed(spoilt + good, NOW)) == 1
    assert decoder.counts.refused == {reason: 1}
