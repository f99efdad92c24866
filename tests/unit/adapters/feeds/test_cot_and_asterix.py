"""Cursor on Target and ASTERIX: stale and unreal reports, safe XML, radars with and without a place."""

import math

import pytest
from geographiclib.geodesic import Geodesic
from tests.feed_samples import (
    ASTERIX_021,
    ASTERIX_048,
    ASTERIX_062,
    FEED,
    NOW,
    event,
    packet_capture,
)

from comity.adapters.asterix import RadarPlace
from comity.domain.tracks import PlotSource
from comity.feed_formats import FormatOptions, decoder_of

POINT = '<point lat="47.1" lon="8.2" hae="{hae}" ce="{ce}" le="9999999"/>'


def read(name: str, data: bytes, options: FormatOptions | None = None):
    decoder = decoder_of(name, FEED, options)
    return [*decoder.feed(data, NOW), *decoder.end(NOW)], decoder.counts.as_fields()


@pytest.mark.requirement("FEED-004")
def test_an_event_is_taken_as_the_schema_says():
    (plot,), _ = read("cot", event())
    assert plot.at.minus(NOW) == -0.5
    assert (plot.latitude_deg, plot.longitude_deg) == (47.1, 8.2)
    assert (plot.altitude_ellipsoid_m, plot.altitude_pressure_m) == (10_850.0, None)
    assert (plot.ground_speed_mps, plot.track_true_rad) == (231.5, pytest.approx(math.pi / 2))
    assert (plot.address, plot.address_is_icao) == (0x4B1805, True)
    assert (plot.callsign, plot.category) == ("TEST1", "a-n-A-C-F")
    assert plot.accuracy_horizontal_m == pytest.approx(49.0)
    assert plot.source is PlotSource.COT


@pytest.mark.requirement("FEED-010")
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (event(stale="2026-11-22T11:59:59.999Z"), "stale"),
        (event(stale=""), "no-time"),
        (event(time="2026-11-22T11:59:59"), "no-time"),
        (event(type="t-x-c-t"), "kind-not-read"),
        (event(uid=""), "kind-not-read"),
        (event('<point lat="91" lon="8" hae="1" ce="1" le="1"/>'), "position-off-earth"),
        (event('<point lat="0.0" lon="0.0" hae="9999999.0" ce="9999999.0"/>'), "nothing-reported"),
        (event('<point lat="nan" lon="8" hae="1" ce="1" le="1"/>'), "position-off-earth"),
        (event('<point lat="x" lon="8" hae="1" ce="1" le="1"/>'), "not-a-message"),
        (event("<detail/>"), "not-a-message"),
        (b"<event>&lol9;</event>", "not-a-message"),
        (b"<event>" + b"<a>" * 60 + b"</event>", "unsafe-xml"),
        (b"<event>" + b"x" * 100_000 + b"</event>", "too-long"),
    ],
)
def test_an_event_that_must_not_become_a_plot_is_refused_by_name(data, reason):
    plots, counts = read("cot", data + event())
    assert len(plots) == 1, "the next event is read"
    assert counts["refused"] == {reason: 1}


@pytest.mark.requirement("FEED-010")
@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">',
        '<!ENTITY a SYSTEM "file:///etc/hostname">',
        '<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;',
    ],
)
def test_no_entity_is_ever_expanded(declared):
    bomb = b"<!DOCTYPE event [" + declared.encode() + b"]>" + event().replace(b"TEST1", b"&b;&a;")
    plots, counts = read("cot-datagrams", bomb)
    assert (plots, counts["refused"]) == ([], {"unsafe-xml": 1})


@pytest.mark.requirement("FEED-005")
def test_nines_mean_that_a_value_is_not_known():
    inside = POINT.format(hae="9999999.0", ce="9999999.0")
    inside += '<detail><track course="9999999.0" speed="9999999.0"/></detail>'
    (plot,), counts = read("cot", event(inside, uid="UNIT-7"))
    assert plot.altitude_ellipsoid_m is None
    assert plot.accuracy_horizontal_m is None
    assert (plot.ground_speed_mps, plot.track_true_rad) == (None, None)
    assert (plot.address, plot.callsign) == (None, None)
    assert counts["remarks"] == {}


@pytest.mark.requirement("FEED-004")
def test_the_same_event_in_protobuf_gives_the_same_plot():
    try:
        import takproto  # noqa: PLC0415  # may not be installed
    except ImportError:
        pytest.skip("NOT RUN: takproto is not installed (extra `feeds`)")
    (from_xml,), _ = read("cot", event())
    mesh = bytes(takproto.xml2proto(event().decode(), takproto.TAKProtoVer.MESH))
    stream = bytes(takproto.xml2proto(event().decode(), takproto.TAKProtoVer.STREAM))
    assert read("cot-datagrams", mesh)[0] == [from_xml]
    plots, counts = read("cot", stream + event() + stream)
    assert plots == [from_xml] * 3
    assert counts["refused"] == {}
    for broken, reason in (
        (b"\xbf\x01\xbf\xff\xff\xff", "not-a-message"),
        (b"\xbf\x01\xbf", "kind-not-read"),
        (mesh[:40], "not-a-message"),
    ):
        assert read("cot-datagrams", broken)[1]["refused"] == {reason: 1}
    assert read("cot", b"\xbf\xff\xff\xff\x7f" + stream)[0] == [from_xml], "a length of 256 MB"


@pytest.mark.requirement("FEED-004")
@pytest.mark.parametrize(
    ("block", "source", "track_number"),
    [
        (ASTERIX_021, PlotSource.ADS_B, 77),
        (ASTERIX_048, PlotSource.RADAR_SECONDARY, 77),
        (ASTERIX_062, PlotSource.RADAR_SECONDARY, 77),
    ],
)
def test_blocks_that_libasterix_composed_say_what_they_were_composed_of(
    block, source, track_number
):
    (plot,), counts = read("asterix", bytes.fromhex(block))
    assert counts["refused"] == {}
    assert (plot.at, plot.source, plot.track_number) == (NOW, source, track_number)
    assert plot.callsign == "TEST1"
    assert plot.altitude_pressure_m == pytest.approx(10_668.0)
    assert plot.ground_speed_mps == pytest.approx(231.5)
    assert plot.track_true_rad == pytest.approx(math.pi / 2)
    if source is PlotSource.ADS_B:
        assert plot.altitude_ellipsoid_m == pytest.approx(10_850.88)
        assert plot.vertical_rate_mps == pytest.approx(-3.2512, abs=0.02)
        assert plot.category == "A3"
    if block == ASTERIX_048:
        assert plot.latitude_deg is None
        assert plot.range_m == pytest.approx(185_200.0)
        assert plot.azimuth_rad == pytest.approx(math.pi / 4)
    else:
        assert plot.latitude_deg == pytest.approx(47.1, abs=1e-5)
        assert plot.longitude_deg == pytest.approx(8.2, abs=1e-5)


@pytest.mark.requirement("FEED-011")
@pytest.mark.parametrize("height_m", [10_668.0, None])
@pytest.mark.parametrize(
    ("latitude_deg", "longitude_deg"), [(47.0, 8.0), (-70.0, 179.9), (0.0, 0.0)]
)
@pytest.mark.parametrize("azimuth_deg", [0.0, 45.0, 133.0, 270.0])
@pytest.mark.parametrize("ground_m", [0.0, 5_000.0, 60_000.0, 400_000.0])
def test_a_report_is_put_within_its_stated_radius_of_where_it_is(
    height_m, latitude_deg, longitude_deg, azimuth_deg, ground_m
):
    """True places by geographiclib and ECEF; the slant range is the chord between them."""
    radar = RadarPlace(latitude_deg, longitude_deg, 500.0)
    true = Geodesic.WGS84.Direct(latitude_deg, longitude_deg, azimuth_deg, ground_m)
    here = ecef_m(latitude_deg, longitude_deg, 500.0)
    there = ecef_m(true["lat2"], true["lon2"], 10_668.0)
    found = radar.position(math.dist(here, there), math.radians(azimuth_deg), height_m)
    line = Geodesic.WGS84.Inverse(
        found.latitude_deg, found.longitude_deg, true["lat2"], true["lon2"]
    )
    assert line["s12"] <= found.accuracy_m
    if height_m is not None and ground_m >= 60_000.0:
        assert line["s12"] < 500.0


def ecef_m(latitude_deg: float, longitude_deg: float, height_m: float) -> tuple[float, ...]:
    latitude, longitude = math.radians(latitude_deg), math.radians(longitude_deg)
    squared = 0.0066943799901413165
    normal = 6_378_137.0 / math.sqrt(1.0 - squared * math.sin(latitude) ** 2)
    return (
        (normal + height_m) * math.cos(latitude) * math.cos(longitude),
        (normal + height_m) * math.cos(latitude) * math.sin(longitude),
        (normal * (1.0 - squared) + height_m) * math.sin(latitude),
    )


@pytest.mark.requirement("FEED-011")
def test_a_radar_whose_place_is_known_gives_positions():
    radars = {(25, 201): RadarPlace(47.0, 8.0, 500.0)}
    (plot,), counts = read("asterix", bytes.fromhex(ASTERIX_048), FormatOptions(radars=radars))
    assert counts["remarks"] == {}
    true = Geodesic.WGS84.Direct(47.0, 8.0, 45.0, 184_730.0)
    assert plot.latitude_deg == pytest.approx(true["lat2"], abs=0.005)
    assert plot.longitude_deg == pytest.approx(true["lon2"], abs=0.005)
    assert 400.0 < plot.accuracy_horizontal_m < 900.0


@pytest.mark.requirement("FEED-017")
@pytest.mark.parametrize(
    ("block", "item", "changed", "reason"),
    [
        (ASTERIX_021, "00", "02", "fixed-transponder"),
        (ASTERIX_021, "00", "0120", "simulated-or-test"),
        (ASTERIX_021, "00", "0110", "simulated-or-test"),
        (ASTERIX_048, "a0", "b0", "simulated-or-test"),
        (ASTERIX_048, "a0", "a180", "simulated-or-test"),
        (ASTERIX_048, "a0", "a2", "fixed-transponder"),
    ],
)
def test_what_is_not_in_the_air_gives_no_plot(block, item, changed, reason):
    """The target descriptor of the record stands behind SAC and SIC, or behind the time."""
    before = "19c9546000" if block == ASTERIX_048 else "1902"
    spoilt = bytes.fromhex(block.replace(before + item, before + changed, 1))
    assert len(spoilt) * 2 == len(block) + len(changed) - 2
    spoilt = spoilt[:1] + len(spoilt).to_bytes(2, "big") + spoilt[3:]
    plots, counts = read("asterix", spoilt)
    assert plots == []
    assert counts["refused"] == {reason: 1}


@pytest.mark.requirement("FEED-007")
@pytest.mark.parametrize(("time_of_day", "seconds"), [("546000", 0), ("a8bf80", -1), ("000080", 1)])
def test_a_time_of_day_is_of_the_day_nearest_to_its_receipt(time_of_day, seconds):
    """At noon it is today; received at midnight, 23:59:59 was yesterday and 00:00:01 is today."""
    midnight = NOW if seconds == 0 else NOW.plus_s(12 * 3600)
    block = bytes.fromhex(ASTERIX_021.replace("546000", time_of_day, 1))
    decoder = decoder_of("asterix", FEED)
    (plot,) = decoder.feed(block, midnight)
    assert plot.at.minus(midnight) == seconds


@pytest.mark.requirement("FEED-002")
def test_a_capture_with_other_traffic_gives_the_plots_among_it():
    blocks = bytes.fromhex(ASTERIX_021)
    capture = packet_capture(blocks, b"\x00\x00", blocks, bytes.fromhex("220005c0ff"))
    other = capture.replace(b"\x08\x00\x45", b"\x86\xdd\x45", 1)
    plots, counts = read("pcap", other)
    assert len(plots) == 1
    assert counts["refused"] == {"kind-not-read": 2}
    assert counts["bytes_skipped"] == 2
    assert read("pcap", b"\xd4\xc3\xb2\xa1" + b"\xff" * 60)[1]["refused"] == {"not-a-message": 1}
    assert read("pcap", b"nothing of the kind, and long enough")[1]["refused"] == {
        "not-a-message": 1
    }
