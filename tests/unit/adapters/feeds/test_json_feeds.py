"""readsb, OpenSky and table recordings: units, datums, what is unknown, what is refused."""

import json
import math

import pytest
from tests.feed_samples import (
    FEED,
    GPX,
    KML,
    NOW,
    NOW_S,
    aircraft_json,
    snapshot,
    state,
    states,
    trace,
)

from comity.adapters.gpx_kml import HeightDatum, XmlTracksDecoder
from comity.application.feeds import PlotDecoder
from comity.domain.tracks import Emergency, Plot, PlotSource
from comity.feed_formats import decoder_of
from comity.kernel.instants import Instant


def read(name: str, data: bytes, received_at: Instant | None = NOW) -> tuple[list[Plot], dict]:
    decoder = decoder_of(name, FEED)
    return take(decoder, data, received_at), decoder.counts.as_fields()


def take(decoder: PlotDecoder, data: bytes, received_at: Instant | None = NOW) -> list[Plot]:
    return [*decoder.feed(data, received_at), *decoder.end(received_at)]


@pytest.mark.requirement("FEED-004")
def test_a_snapshot_is_in_si_units_with_both_heights():
    (plot,), _ = read("readsb", snapshot(aircraft_json()))
    assert plot.at == Instant(NOW.unix_ms - 500)
    assert plot.received_at == NOW
    assert (plot.latitude_deg, plot.longitude_deg) == (47.1, 8.2)
    assert plot.altitude_pressure_m == pytest.approx(10_668.0)
    assert plot.altitude_ellipsoid_m == pytest.approx(10_850.88)
    assert plot.ground_speed_mps == pytest.approx(231.5)
    assert plot.track_true_rad == pytest.approx(math.pi / 2)
    assert plot.vertical_rate_mps == pytest.approx(-3.2512)
    assert (plot.address, plot.address_is_icao) == (0x4B1805, True)
    assert (plot.callsign, plot.squawk, plot.category) == ("TEST1", "1000", "A3")
    assert (plot.accuracy_horizontal_m, plot.containment_m) == (30.0, 186)
    assert (plot.emergency, plot.ident, plot.on_ground) == (Emergency.NONE, False, False)
    assert plot.source is PlotSource.ADS_B


@pytest.mark.requirement("FEED-005")
@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"alt_baro": "ground"}, {"on_ground": True, "altitude_pressure_m": None}),
        ({"alt_baro": "grnd"}, {"on_ground": None, "altitude_pressure_m": None}),
        ({"alt_baro": None}, {"on_ground": None, "altitude_pressure_m": None}),
        ({"alt_baro": -1000}, {"on_ground": False, "altitude_pressure_m": -304.8}),
        ({"rc": 0, "nic": 0}, {"containment_m": None}),
        ({"nac_p": 0}, {"accuracy_horizontal_m": None}),
        ({"flight": "@@@@@@@@"}, {"callsign": None}),
        ({"hex": "~2b0001"}, {"address": 0x2B0001, "address_is_icao": False}),
        ({"hex": "nothex"}, {"address": None, "address_is_icao": False}),
        ({"type": "mlat"}, {"source": PlotSource.MLAT}),
        ({"type": "tisb_trackfile"}, {"source": PlotSource.TIS_B}),
        ({"type": "of tomorrow"}, {"source": PlotSource.OTHER}),
        ({"baro_rate": None, "geom_rate": 600}, {"vertical_rate_mps": 3.048}),
        ({"squawk": "9999"}, {"squawk": None}),
        ({"squawk": None, "emergency": "unlawful"}, {"emergency": Emergency.UNLAWFUL_INTERFERENCE}),
        ({"lat": None}, {"latitude_deg": None, "longitude_deg": None}),
    ],
)
def test_what_readsb_does_not_know_stays_unknown(changed, expected):
    (plot,), _ = read("readsb", snapshot(aircraft_json(**changed)))
    for field, value in expected.items():
        found = getattr(plot, field)
        assert found == (pytest.approx(value) if isinstance(value, float) else value)


@pytest.mark.requirement("FEED-006")
@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"lat": 91.0}, "position-off-earth"),
        ({"lon": -180.5}, "position-off-earth"),
        ({"seen_pos": None}, "no-time"),
        ({"seen_pos": 1e12}, "time-out-of-range"),
        ({"lat": "forty-seven"}, "not-a-message"),
        ({"alt_baro": [1]}, "not-a-message"),
    ],
)
def test_a_row_without_a_place_on_earth_and_time_is_refused_and_the_others_are_read(
    changed, reason
):
    rows = [aircraft_json(hex="4b1801"), aircraft_json(**changed), aircraft_json(hex="4b1809")]
    plots, counts = read("readsb", snapshot(*rows))
    assert [plot.address for plot in plots] == [0x4B1801, 0x4B1809]
    assert counts["refused"] == {reason: 1}


@pytest.mark.requirement("FEED-006")
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"alt_baro": 2**31}, "altitude_pressure_m"),
        ({"alt_geom": -(2.0**31)}, "altitude_ellipsoid_m"),
        ({"gs": 99_999}, "ground_speed_mps"),
        ({"gs": -1}, "ground_speed_mps"),
        ({"track": 720.0}, "track_true_rad"),
        ({"baro_rate": 1e9}, "vertical_rate_mps"),
        ({"rc": 1e9}, "containment_m"),
    ],
)
def test_a_value_that_cannot_be_is_unknown_and_named_and_the_plot_is_kept(changed, field):
    (plot,), counts = read("readsb", snapshot(aircraft_json(**changed)))
    assert getattr(plot, field) is None
    assert (plot.latitude_deg, plot.callsign) == (47.1, "TEST1")
    assert counts["remarks"] == {f"{field}: out of limits": 1}


@pytest.mark.requirement("FEED-002")
@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b'{"now": NaN, "aircraft": []}', "not-a-message"),
        (b'{"now": 1e999, "aircraft": [{}]}', "not-a-message"),
        (b'{"now": -5, "aircraft": [{}]}', "time-out-of-range"),
        (b'{"now": 1, "aircraft": ' + b"[" * 200_000, "too-deep"),
        (b'{"now": 1, "x": ' + b"[" * 200_000 + b"]" * 200_000 + b', "aircraft": []}', "too-deep"),
        (b'{"now": 1, "aircraft": [{"hex": ' + b"[" * 100_000 + b"]}", "too-deep"),
        (b'{"now": 1, "aircraft": [{"hex": "\xff"}]}', "not-a-message"),
        (b" " * (65 << 20), "too-long"),
    ],
    ids=["nan", "infinite", "negative", "deep", "deep-unread", "deep-row", "not-utf-8", "long"],
)
def test_a_document_that_cannot_be_read_is_refused_by_name(document, reason):
    plots, counts = read("readsb", document)
    assert plots == []
    assert counts["refused"] == {reason: 1}


@pytest.mark.requirement("FEED-016")
def test_a_position_told_before_is_not_told_again():
    decoder = decoder_of("readsb", FEED)
    assert len(take(decoder, snapshot(aircraft_json(seen_pos=0.5)))) == 1
    later = Instant(NOW.unix_ms + 1000)
    again = snapshot(aircraft_json(seen_pos=1.5), now_s=NOW_S + 1)
    assert take(decoder, again, later) == []
    moved = snapshot(aircraft_json(seen_pos=0.4, lon=8.203), now_s=NOW_S + 1)
    assert len(take(decoder, moved, later)) == 1
    assert decoder.counts.refused == {"repeated": 1}


@pytest.mark.requirement("FEED-016")
def test_a_hundred_thousand_made_up_aircraft_are_read_and_the_real_one_among_them():
    fakes = ",".join(
        f'{{"hex":"{number:06x}","lat":{number % 90},"lon":{number % 180},"seen_pos":0.1}}'
        for number in range(100_000)
    )
    rows = f"{fakes},{json.dumps(aircraft_json())}"
    plots, counts = read("readsb", f'{{"now":{NOW_S},"aircraft":[{rows}]}}'.encode())
    assert counts["plots"] == 100_001
    assert plots[-1].callsign == "TEST1"


@pytest.mark.requirement("FEED-007")
def test_times_that_are_odd_are_counted_and_their_plots_kept():
    decoder = decoder_of("readsb", FEED)
    for now_s, expected in (
        (NOW_S, {}),
        (NOW_S - 5, {"time-backwards": 1}),
        (NOW_S + 7200, {"time-backwards": 1, "clock-ahead": 1}),
        (NOW_S - 7200, {"time-backwards": 2, "clock-ahead": 1, "late": 1}),
    ):
        plots = take(decoder, snapshot(aircraft_json(), now_s=now_s))
        assert plots[0].at == Instant(now_s * 1000 - 500)
        assert decoder.counts.remarks == expected
    assert decoder.counts.clock_difference_s == -7200.5


@pytest.mark.requirement("FEED-004")
def test_a_trace_carries_details_forward_for_a_minute():
    detail = aircraft_json()
    rows = [
        [0.0, 47.1, 8.2, 35000, 450.0, 90.0, 0, -640, detail, "adsb_icao", 35600],
        [10.0, 47.1, 8.21, 35000, 450.0, 90.0, 0, -640, None, "adsb_icao", None],
        [75.0, 47.1, 8.22, 36000, 450.0, 90.0, 8 | 4, 640, None, "mlat", None],
        [80.0, 47.1, 8.23, "ground", 10.0, 90.0, 0, None, None, None, None],
        [81.0, 47.1, 8.24, None, None, None, 0, None, None],
    ]
    plots, counts = read("readsb-trace", trace(*rows), None)
    assert counts["refused"] == {}
    assert [plot.callsign for plot in plots] == ["TEST1", "TEST1", None, None, None]
    assert [plot.altitude_ellipsoid_m for plot in plots[:3]] == [
        pytest.approx(10_850.88),
        None,
        pytest.approx(10_972.8),  # bit 8: the altitude is geometric
    ]
    assert plots[2].altitude_pressure_m is None
    assert [plot.on_ground for plot in plots] == [False, False, False, True, None]
    assert plots[3].track_true_rad is None, "on the ground it is a heading"
    assert plots[2].source is PlotSource.MLAT
    assert plots[0].received_at == plots[0].at == Instant((NOW_S - 600) * 1000)


@pytest.mark.requirement("FEED-005")
def test_a_state_vector_is_taken_as_it_is_documented():
    rows = [
        state(),
        state(icao24="4b1806", time_position=None),
        state(icao24="4b1807", position_source=2, on_ground=True, callsign=None, squawk=None),
        [*state(icao24="4b1808"), 8],
        state(icao24="4b1809", last_contact=None, latitude=None),
        state(icao24="4b180a")[:10],
    ]
    plots, counts = read("opensky", states(*rows))
    assert counts["refused"] == {"not-a-message": 1, "no-time": 1}
    first, bare, on_ground, rotorcraft = plots
    assert first.at == Instant((NOW_S - 1) * 1000)
    assert (first.altitude_pressure_m, first.altitude_ellipsoid_m) == (10_668.0, 10_850.88)
    assert (first.ground_speed_mps, first.vertical_rate_mps) == (231.5, -3.25)
    assert (bare.latitude_deg, bare.at) == (None, Instant(NOW_S * 1000))
    assert (on_ground.source, on_ground.on_ground) == (PlotSource.MLAT, True)
    assert (on_ground.callsign, on_ground.squawk) == (None, None)
    assert (first.category, rotorcraft.category) == (None, "A7")


@pytest.mark.requirement("FEED-016")
def test_a_state_vector_whose_position_did_not_change_is_not_told_again():
    decoder = decoder_of("opensky", FEED)
    assert len(take(decoder, states(state()))) == 1
    assert take(decoder, states(state(last_contact=NOW_S + 5))) == []
    assert len(take(decoder, states(state(time_position=NOW_S + 5)))) == 1


@pytest.mark.requirement("FEED-004")
@pytest.mark.parametrize(
    ("header", "row"),
    [
        (
            "timestamp,icao24,latitude,longitude,altitude,geoaltitude,groundspeed,track,onground",
            "1795348800000,4b1805,47.1,8.2,35000,35600,450,90,False",
        ),
        (
            "time,icao24,lat,lon,velocity,heading,vertrate,baroaltitude,geoaltitude,onground",
            "1795348800,4b1805,47.1,8.2,231.5,90,,10668,10850.88,false",
        ),
        (
            (
                "at,address,latitude_deg,longitude_deg,altitude_pressure_m,altitude_ellipsoid_m,"
                "ground_speed_mps,track_true_rad,on_ground"
            ),
            "2026-11-22T13:00:00+01:00,4B1805,47.1,8.2,10668,10850.88,231.5,1.5707963267948966,0",
        ),
    ],
    ids=["traffic", "opensky", "own"],
)
def test_three_kinds_of_tables_say_the_same(header, row):
    (plot,), counts = read("csv", f"\ufeff{header}\r\n{row}\r\n".encode(), None)
    assert counts["refused"] == {}
    assert plot.at == NOW
    assert plot.address == 0x4B1805
    assert plot.altitude_pressure_m == pytest.approx(10_668.0)
    assert plot.altitude_ellipsoid_m == pytest.approx(10_850.88)
    assert plot.ground_speed_mps == pytest.approx(231.5)
    assert plot.track_true_rad == pytest.approx(math.pi / 2)
    assert plot.on_ground is False
    assert plot.vertical_rate_mps is None


@pytest.mark.requirement("FEED-006")
@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("2026-11-22T12:00:00,x,47.1,8.2", "no-time"),  # without a zone (L-15)
        (",x,47.1,8.2", "no-time"),
        ("-1,x,47.1,8.2", "no-time"),
        ("99999999999999999,x,47.1,8.2", "time-out-of-range"),
        ("1795348800000,x,91,8.2", "position-off-earth"),
        ("1795348800000,x,47.1", "not-a-message"),
        ("1795348800000,x,47.1,8.2,5", "not-a-message"),
        ("1795348800000,x,47.1,east", "not-a-message"),
        ('1795348800000,"x"y,47.1,8.2', "not-a-message"),
    ],
)
def test_a_row_of_a_table_that_cannot_be_read_is_refused_by_name(cells, reason):
    good = "1795348800000,4b1805,47.1,8.2"
    table = f"timestamp,icao24,latitude,longitude\n{cells}\n{good}\n".encode()
    plots, counts = read("csv", table, None)
    assert len(plots) == 1
    assert counts["refused"] == {reason: 1}


@pytest.mark.requirement("FEED-005")
def test_a_table_of_numbers_gives_squawks_their_zeros_back():
    rows = [
        {"timestamp": 1795348800000, "latitude": 1.0, "longitude": 1.0, "squawk": squawk}
        for squawk in (7000.0, 21, "0", 7100.5, None)
    ]
    plots, counts = read("json-rows", json.dumps(rows).encode(), None)
    assert [plot.squawk for plot in plots] == ["7000", "0021", None, None, None]
    assert counts["remarks"] == {"squawk-refused": 2}


@pytest.mark.requirement("FEED-018")
def test_heights_of_gpx_are_taken_only_where_their_datum_is_stated():
    for document, untimed in ((GPX, 1), (KML, 0)):
        unstated, stated = XmlTracksDecoder(FEED), XmlTracksDecoder(FEED, HeightDatum.ELLIPSOID)
        assert [plot.altitude_ellipsoid_m for plot in take(unstated, document)] == [None, None]
        assert unstated.counts.remarks["height-datum-unstated"] == 2
        assert [plot.altitude_ellipsoid_m for plot in take(stated, document)] == [500.0, 510.0]
        assert stated.counts.refused.total() == untimed
        assert stated.counts.refused["no-time"] == untimed


@pytest.mark.requirement("FEED-010")
@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b'<!DOCTYPE gpx [<!ENTITY a "b">]><gpx>&a;</gpx>', "unsafe-xml"),
        (b'<!DOCTYPE gpx SYSTEM "file:///etc/hostname"><gpx/>', "unsafe-xml"),
        (b"<gpx>" + b"<a>" * 100, "unsafe-xml"),
        (b"<gpx><name>" + b"x" * 100_000 + b"</name></gpx>", "unsafe-xml"),
        (b"<gpx><trk></gpx>", "not-a-message"),
    ],
)
def test_xml_that_declares_or_nests_too_much_is_refused(document, reason):
    plots, counts = read("gpx-kml", document)
    assert plots == []
    assert counts["refused"] == {reason: 1}
