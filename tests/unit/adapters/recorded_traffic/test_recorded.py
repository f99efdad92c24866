"""Recorded rows become flights; what is left out is bounded, what is dropped is counted."""

import gzip
import json
import math
import zipfile
from types import SimpleNamespace

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.shared_files import shared

from comity.adapters.recorded_traffic import read_rows, read_sample, recorded_day, sample
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant, instant_from_rfc3339

BEGINS = instant_from_rfc3339("2026-11-24T00:00:00Z")
START_MS = 1_533_081_600_000 + 6 * 3_600_000  # 1 Aug 2018 06:00 UTC
STEP_S = 10


def row(number: int, **changed) -> dict:
    """One row of a jet flying east at 230 m/s at FL350, ten seconds after the one before."""
    return {
        "timestamp": START_MS + number * STEP_S * 1000,
        "icao24": "4b1805",
        "callsign": "TEST1 ",
        "latitude": 47.0,
        "longitude": 7.0 + number * 0.0303,
        "altitude": 35000.0,
        "groundspeed": 447.0,
    } | changed


def day(rows: list[dict]):
    return recorded_day(read_rows(json.dumps(rows).encode()), BEGINS)


@pytest.mark.requirement("TRAF-005")
@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        ({"latitude": None}, "no position"),
        ({"longitude": 181.0}, "a position off the Earth"),
        ({"altitude": None}, "no height"),
        ({"altitude": 126_700.0}, "a height out of range"),
        ({"timestamp": None}, "no time"),
        ({"icao24": None}, "no address"),
        ({"timestamp": START_MS + 4 * STEP_S * 1000}, "a time that stands twice"),
        ({"latitude": 48.0}, "a jump faster than 400 m/s"),
    ],
)
def test_a_row_that_cannot_be_flown_is_dropped_and_counted_by_reason(spoilt, reason):
    rows = [row(n) for n in range(12)]
    rows[5] = row(5, **spoilt)
    found = day(rows)
    assert found.dropped == {reason: 1}
    assert [flight.row_count for flight in found.flights] == [11]


@pytest.mark.requirement("TRAF-005")
def test_a_gap_makes_another_flight_and_a_row_alone_is_dropped():
    rows = [row(n) for n in (*range(5), 100, *range(200, 204))]
    found = day(rows)
    assert [flight.callsign for flight in found.flights] == ["TEST1", "TEST1-2"]
    assert [flight.row_count for flight in found.flights] == [5, 4]
    assert found.dropped == {"alone within 300 s": 1}


@pytest.mark.requirement("TRAF-005")
def test_rows_out_of_order_are_put_in_order():
    rows = [row(n) for n in range(8)]
    assert day(rows[::-1]).flights == day(rows).flights


def test_a_flight_that_never_said_its_callsign_goes_by_its_address():
    assert day([row(n, callsign=None) for n in range(3)]).flights[0].callsign == "4B1805"


def test_the_day_is_moved_whole_and_its_hours_stay():
    found = day([row(n) for n in range(3)])
    assert str(found.flights[0].points[0].at) == "2026-11-24T06:00:00.000Z"
    assert Instant(START_MS).plus_s(found.moved_days * 86_400) == found.flights[0].points[0].at


@pytest.mark.requirement("TRAF-007")
def test_the_split_is_by_a_digest_of_the_address():
    """sha256("4b1805") begins with 3b, sha256("3c6444") with 2e: odd and even, by sha256sum."""
    parties = {
        flight.icao24: flight.party
        for flight in day(
            [row(n, icao24=icao24) for icao24 in ("4b1805", "3C6444") for n in range(3)]
        ).flights
    }
    assert parties == {"4b1805": 1, "3c6444": 0}


def left_out_m(kept, away) -> float:
    """Distance of a position from the geodesic between two others, by search (0.1 m) along it."""
    line = Geodesic.WGS84.InverseLine(*kept[0], *kept[1])

    def at(share):
        here = line.Position(share * line.s13)
        return Geodesic.WGS84.Inverse(here["lat2"], here["lon2"], *away)["s12"]

    low, high = 0.0, 1.0
    for _ in range(30):
        third = (high - low) / 3
        if at(low + third) < at(high - third):
            high -= third
        else:
            low += third
    return at((low + high) / 2)


@pytest.mark.requirement("TRAF-006")
@settings(max_examples=15, deadline=None)
@given(data=st.data(), latitude=st.sampled_from((0.0, 47.0, 84.0)), east=st.booleans())
def test_every_row_left_out_lies_within_the_bound_of_its_leg(data, latitude, east):
    """A wandering, climbing, turning flight; also near the pole and over the antimeridian."""
    bends = data.draw(st.lists(st.floats(-8, 8), min_size=30, max_size=30))
    climbs = data.draw(st.lists(st.floats(-400, 400), min_size=30, max_size=30))
    place, azimuth, feet = (latitude, 179.9 if east else 10.0), 70.0, 20_000.0
    rows = []
    for number, (bend, climb) in enumerate(zip(bends, climbs, strict=True)):
        rows.append(row(number, latitude=place[0], longitude=place[1], altitude=feet))
        azimuth, feet = azimuth + bend, feet + climb
        there = Geodesic.WGS84.Direct(*place, azimuth, 2300.0)
        place = (there["lat2"], there["lon2"])
        azimuth = there["azi2"]
    found = day(rows)
    (flight,) = found.flights
    kept = [(p.at.unix_ms, (p.latitude_deg, p.longitude_deg), p) for p in flight.points]
    moved_ms = found.moved_days * 86_400_000
    for one in rows:
        at_ms = one["timestamp"] + moved_ms
        leg = next(n for n in range(len(kept) - 1) if kept[n][0] <= at_ms <= kept[n + 1][0])
        before, after = kept[leg], kept[leg + 1]
        assert after[0] - before[0] <= 60_000
        away_m = left_out_m((before[1], after[1]), (one["latitude"], one["longitude"]))
        assert away_m <= 300.01
        heights_m = [before[2].pressure_height_m, after[2].pressure_height_m]
        height_m = one["altitude"] * 0.3048
        assert min(heights_m) - 15.01 <= height_m <= max(heights_m) + 15.01
    assert found.horizontal_uncertainty_m == 926.0 + 300.0
    assert found.vertical_uncertainty_m == 30.0 + 15.0


def test_a_straight_flight_needs_one_leg_a_minute():
    (flight,) = day([row(n) for n in range(31)]).flights
    assert len(flight.points) == math.ceil(300 / 60) + 1


def test_a_very_long_flight_keeps_within_the_points_of_one_footprint():
    rows = [row(n, longitude=7.0 + 0.001 * n) for n in range(7000)]  # 19 h 26 min on station
    (flight,) = day(rows).flights
    assert len(flight.points) <= 1001
    assert flight.points[-1].at.minus(flight.points[0].at) == pytest.approx(69_990)


def test_columns_are_read_as_rows_are_and_gzip_as_plain():
    rows = [row(n) for n in range(5)]
    columns = {name: {str(n): one[name] for n, one in enumerate(rows)} for name in rows[0]}
    by_columns = gzip.compress(json.dumps(columns).encode())
    assert recorded_day(read_rows(by_columns), BEGINS) == day(rows)


@pytest.mark.parametrize(
    ("spoilt", "why"),
    [
        (b"", "truncated"),
        (b"[]", "no rows"),
        (b"{}", "no rows"),
        (b"[{]", "malformed"),
        (b'[{"timestamp":"now"}]', "Expected `int | null`"),
        (b'[{"latitude":NaN}]', "malformed"),
        (b"\x1f\x8b spoilt", "gzip that does not unpack"),
        (gzip.compress(b"[" * 5000, mtime=0)[:-9], "gzip that does not unpack"),
    ],
)
def test_a_file_that_is_no_recording_is_refused(spoilt, why):
    with pytest.raises(InputError) as caught:
        read_rows(spoilt)
    assert why in caught.value.why


def test_a_file_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr("comity.adapters.recorded_traffic.rows.SIZE_BYTES_MAX", 1000)
    with pytest.raises(InputError, match="over 1000 bytes unpacked"):
        read_rows(gzip.compress(b" " * 100_000))


@pytest.mark.requirement("TRAF-005")
def test_a_real_recording_with_nulls_and_wrong_positions_accounts_for_every_row():
    rows = read_rows(shared("data/recorded/inflight_refuelling.json.gz").read_bytes())
    found = recorded_day(rows, BEGINS)
    assert found.row_count == 10_397
    kept = sum(flight.row_count for flight in found.flights)
    assert kept + sum(found.dropped.values()) == found.row_count
    assert found.dropped["no position"] >= 1
    assert kept > 10_000


def pip(tmp_path, monkeypatch, *, returncode=0, content=b"sample"):
    """A pip that brings a wheel with the given sample."""

    def run(command, **_):
        folder = command[command.index("--dest") + 1]
        if not returncode:
            with zipfile.ZipFile(f"{folder}/traffic-2.13-py3-none-any.whl", "w") as archive:
                archive.writestr(sample.MEMBER, content)
        return SimpleNamespace(returncode=returncode, stdout="collecting\nERROR: no network\n")

    monkeypatch.setattr(sample.subprocess, "run", run)
    return tmp_path / "kept" / "sample.json.gz"


@pytest.mark.requirement("TRAF-008")
def test_the_sample_is_taken_from_the_package_and_kept(tmp_path, monkeypatch):
    kept = pip(tmp_path, monkeypatch)
    digest = "af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf"  # of b"sample"
    monkeypatch.setattr(sample, "SHA256", digest)
    assert read_sample(kept) == b"sample"
    monkeypatch.setattr(sample.subprocess, "run", None)  # a second time needs no network
    assert read_sample(kept) == b"sample"


@pytest.mark.requirement("TRAF-008")
def test_without_a_network_the_message_says_what_to_do(tmp_path, monkeypatch):
    kept = pip(tmp_path, monkeypatch, returncode=1)
    with pytest.raises(InputError, match=r"no network.*give a recording with --recorded FILE"):
        read_sample(kept)
    assert not kept.exists()


@pytest.mark.requirement("TRAF-008")
def test_a_sample_of_another_digest_is_refused(tmp_path, monkeypatch):
    kept = pip(tmp_path, monkeypatch, content=b"other")
    with pytest.raises(InputError, match="pinned is ff5be108"):
        read_sample(kept)
    assert not kept.exists()
