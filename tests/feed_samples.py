"""A small true sample of each feed format, and a decoder for it; written here, recorded nowhere."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from comity.adapters.mode_s.parity import with_parity
from comity.application.feeds import PlotDecoder
from comity.domain.tracks import FeedId, Plot, PlotSource, batch_of_plots
from comity.domain.tracks.recorded_block import MAGIC, encode_block, first_chain
from comity.feed_formats import FormatOptions, decoder_of
from comity.kernel.instants import Instant, instant_from_rfc3339

FEED = FeedId("test")
NOW = instant_from_rfc3339("2026-11-22T12:00:00Z")
NOW_S = NOW.unix_ms // 1000
OPTIONS = FormatOptions(begins=NOW, zone_offset_s=0, receiver_deg=(47.0, 8.0))


@dataclass(frozen=True)
class Sample:
    """One format: bytes that give `plots` plots, and how they are read."""

    format_name: str
    data: bytes
    plots: int
    received_at: Instant | None = NOW

    def decoder(self) -> PlotDecoder:
        return decoder_of(self.format_name, FEED, OPTIONS)


def aircraft_json(**changed) -> dict:
    """One aircraft of a readsb snapshot."""
    return {
        "hex": "4b1805",
        "type": "adsb_icao",
        "flight": "TEST1   ",
        "alt_baro": 35000,
        "alt_geom": 35600,
        "gs": 450.0,
        "track": 90.0,
        "baro_rate": -640,
        "squawk": "1000",
        "emergency": "none",
        "category": "A3",
        "lat": 47.1,
        "lon": 8.2,
        "nic": 8,
        "rc": 186,
        "nac_p": 9,
        "seen_pos": 0.5,
        "seen": 0.1,
        "spi": 0,
    } | changed


def snapshot(*aircraft: dict, now_s: float = NOW_S) -> bytes:
    return json.dumps({"now": now_s, "messages": 1, "aircraft": list(aircraft)}).encode()


def trace(*points: list, **changed) -> bytes:
    return json.dumps(
        {"icao": "4b1805", "timestamp": NOW_S - 600.0, "trace": list(points)} | changed
    ).encode()


def state(**changed) -> list:
    """One OpenSky state vector, 17 values."""
    fields = {
        "icao24": "4b1805",
        "callsign": "TEST1   ",
        "origin_country": "Nowhere",
        "time_position": NOW_S - 1,
        "last_contact": NOW_S,
        "longitude": 8.2,
        "latitude": 47.1,
        "baro_altitude": 10668.0,
        "on_ground": False,
        "velocity": 231.5,
        "true_track": 90.0,
        "vertical_rate": -3.25,
        "sensors": None,
        "geo_altitude": 10850.88,
        "squawk": "1000",
        "spi": False,
        "position_source": 0,
    } | changed
    return list(fields.values())


def states(*rows: list) -> bytes:
    return json.dumps({"time": NOW_S, "states": list(rows)}).encode()


def basestation(
    kind: int, *values: object, address: str = "4B1805", clock: str = "12:00:00.000"
) -> bytes:
    """One MSG line; values: callsign, altitude, speed, track, lat, lon, rate, squawk, 4 flags."""
    stamps = ["2026/11/22", clock] * 2
    cells = ["MSG", str(kind), "1", "1", address, "1", *stamps, *map(str, values)]
    return ",".join(cells).encode() + b"\r\n"


BASESTATION = b"".join(
    [
        basestation(1, "TEST1", *[""] * 11),
        basestation(4, "", "", 450.0, 90.0, "", "", -640, "", "", "", "", ""),
        basestation(6, "", "", "", "", "", "", "", "1000", 0, 0, 0, 0),
        basestation(3, "", 35000, "", "", 47.1, 8.2, "", "", 0, 0, 0, 0),
        b"STA,,5,179,400AE7,10103,2026/11/22,12:00:00.100,2026/11/22,12:00:00.100,RM\r\n",
        basestation(2, "", 0, 12.0, 258.0, 47.45, 8.56, "", "", "", "", "", -1),
    ]
)


def frame(address: int, message: int, *, first: int = 0x8D) -> bytes:
    """An extended squitter with a good parity."""
    return with_parity(bytes([first]) + address.to_bytes(3, "big") + message.to_bytes(7, "big"))


def beast(frame_bytes: bytes, counter: int) -> bytes:
    """A Beast frame around a Mode S frame."""
    kind = b"2" if len(frame_bytes) == 7 else b"3"
    body = counter.to_bytes(6, "big") + b"\x80" + frame_bytes
    return b"\x1a" + kind + body.replace(b"\x1a", b"\x1a\x1a")


# The even and odd airborne position and the velocity of the guide "The 1090 MHz Riddle", ch. 5:
# 52.2572 N 3.91937 E by the pair, 38000 ft; 159 kt, 182.88 degrees, -832 ft/min.
EVEN = bytes.fromhex("8D40621D58C382D690C8AC2863A7")
ODD = bytes.fromhex("8D40621D58C386435CC412692AD6")
VELOCITY = bytes.fromhex("8D485020994409940838175B284F")
CALLSIGN = bytes.fromhex("8D4840D6202CC371C32CE0576098")
FRAMES = (VELOCITY, CALLSIGN, ODD, EVEN)
BEAST = b"\x00garbage" + b"".join(
    beast(one, 12_000_000 * number + 0x1A1A) for number, one in enumerate(FRAMES)
)
FRAME_LINES = b"".join(
    json.dumps({"timestamp": NOW_S + number, "frame": one.hex()}).encode() + b"\n"
    for number, one in enumerate(FRAMES)
)


def event(inside: str = "", **changed: str) -> bytes:
    """One Cursor on Target event as XML."""
    attributes = {
        "version": "2.0",
        "uid": "ICAO-4B1805",
        "type": "a-n-A-C-F",
        "how": "m-g",
        "time": "2026-11-22T11:59:59.500Z",
        "start": "2026-11-22T11:59:59.500Z",
        "stale": "2026-11-22T12:01:00Z",
    } | changed
    head = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    inside = inside or (
        '<point lat="47.1" lon="8.2" hae="10850.0" ce="20.0" le="9999999.0"/>'
        '<detail><contact callsign="TEST1"/><track course="90.0" speed="231.5"/></detail>'
    )
    return f"<event {head}>{inside}</event>".encode()


GPX = b"""<?xml version="1.0"?><gpx version="1.1"><trk><name>TEST1</name><trkseg>
<trkpt lat="47.1" lon="8.2"><ele>500.0</ele><time>2026-11-22T12:00:00Z</time></trkpt>
<trkpt lat="47.2" lon="8.2"><ele>510.0</ele><time>2026-11-22T12:00:10Z</time></trkpt>
<trkpt lat="47.3" lon="8.2"><ele>520.0</ele></trkpt>
</trkseg></trk></gpx>"""
KML = b"""<?xml version="1.0"?><kml xmlns:gx="x"><Placemark><name>TEST1</name><gx:Track>
<when>2026-11-22T12:00:00Z</when><when>2026-11-22T12:00:10Z</when>
<gx:coord>8.2 47.1 500</gx:coord><gx:coord>8.2 47.2 510</gx:coord>
</gx:Track></Placemark></kml>"""
ROWS = json.dumps(
    [
        {
            "timestamp": NOW.unix_ms + 1000 * number,
            "icao24": "4b1805",
            "callsign": "TEST1",
            "latitude": 47.1,
            "longitude": 8.2 + number / 100,
            "altitude": 35000.0,
            "groundspeed": None if number == 1 else 450.0,
            "track": 90.0,
            "vertical_rate": -640.0,
            "squawk": "1000",
        }
        for number in range(3)
    ]
).encode()
CSV = b"""timestamp,icao24,callsign,latitude,longitude,altitude,groundspeed,track,vertical_rate
2026-11-22 12:00:00+00:00,4b1805,TEST1,47.1,8.2,35000,450,90,-640
2026-11-22 12:00:01+00:00,4b1805,"TEST1",47.1,8.21,,NaN,90,-640
2026-11-22 12:00:02,4b1805,TEST1,47.1,8.22,35000,450,90,-640
"""
# Composed by libasterix: one record of each category, at 12:00:00.
ASTERIX_021 = (
    "15002deb114369c0190200004d54600010bf258c02ea61d94b180516400578007f9a080040005054d4c6082003"
)
ASTERIX_048 = "300022fdd419c9546000a064002000020005784b18055054d4c60820004d08004000"
ASTERIX_062 = "3e00289b6b2419645460000085f92c0017530f039e00000200005054d4c60820004d10020578ff9a"


def packet_capture(*payloads: bytes) -> bytes:
    """A libpcap file of UDP datagrams over Ethernet, received at NOW."""
    out = bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000")
    for payload in payloads:
        udp = b"\x00\x01\x00\x02" + (8 + len(payload)).to_bytes(2, "big") + b"\x00\x00" + payload
        size = (20 + len(udp)).to_bytes(2, "big")
        internet = b"\x45\x00" + size + b"\x00\x00\x40\x00\x40\x11" + b"\x00" * 10
        ethernet = b"\x00" * 12 + b"\x08\x00" + internet + udp
        length = len(ethernet).to_bytes(4, "little")
        out += NOW_S.to_bytes(4, "little") + b"\x00" * 4 + length + length + ethernet
    return out


def recorded(count: int) -> bytes:
    """A file of docs/spec/plot-recording.md with so many plots in two blocks."""
    plots = [
        Plot(
            feed=FEED,
            source=PlotSource.ADS_B,
            at=NOW.plus_s(number),
            received_at=NOW.plus_s(number + 0.25),
            latitude_deg=47.1 + number / 1000,
            longitude_deg=8.2,
            altitude_pressure_m=10_000.0 if number else None,
            callsign="TEST1" if number % 2 else None,
            address=0x4B1805,
            address_is_icao=True,
        )
        for number in range(count)
    ]
    out, chain = MAGIC, first_chain()
    for part in (plots[: count // 2], plots[count // 2 :]):
        covers_ms = part[0].received_at.unix_ms, part[-1].received_at.unix_ms
        block, chain = encode_block(batch_of_plots(part), covers_ms, 0, chain)
        out += block
    return out


ASTERIX = bytes.fromhex(ASTERIX_021 + ASTERIX_048 + ASTERIX_062)

SAMPLES: dict[str, Sample] = {
    sample.format_name: sample
    for sample in (
        Sample("readsb", snapshot(aircraft_json(), aircraft_json(hex="~2b0001", lat=91.0)), 1),
        Sample(
            "readsb-trace",
            trace(
                [0.0, 47.1, 8.2, 35000, 450.0, 90.0, 1, -640, aircraft_json(), "adsb_icao", 35600],
                [1.5, 47.1, 8.21, "ground", 3.0, 90.0, 0, None, None, "adsb_icao", None],
            ),
            2,
        ),
        Sample("opensky", states(state(), state(icao24="4b1806", latitude=None)), 2),
        Sample("sbs1", BASESTATION, 3),
        Sample("beast", BEAST, 3),
        Sample("frames", FRAME_LINES, 3, None),
        Sample("cot", b'<?xml version="1.0"?>' + event() + b"\n" + event(uid="x"), 2),
        Sample("cot-datagrams", event(), 1),
        Sample("json-rows", ROWS, 3, None),
        Sample("csv", CSV, 2, None),
        Sample("gpx-kml", GPX, 2, None),
        Sample("asterix", ASTERIX, 3),
        Sample("pcap", packet_capture(ASTERIX, ASTERIX), 6, None),
        Sample("plots", recorded(4), 4, None),
    )
}

Mutate = Callable[[bytes], bytes]
