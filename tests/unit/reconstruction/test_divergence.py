"""Two accounts of one flight, time by time."""

import pytest
from pyproj import Geod

from comity.domain.airspace import Altitude, Datum
from comity.domain.incidents import OfferedTrack, TrackPoint
from comity.domain.reconstruction import divergence_of
from comity.kernel.instants import Instant

T = Instant(1_795_000_000_000)
GEOD = Geod(ellps="WGS84")


def track(
    name: str,
    rows: list[tuple[float, float, float]],
    accuracy_m: float = 10.0,
    synthetic: bool = False,
) -> OfferedTrack:
    """Rows of seconds, latitude, longitude."""
    points = tuple(
        TrackPoint(T.plus_s(s), lat, lon, accuracy_m, (Altitude(9_000.0, Datum.QNE),))
        for s, lat, lon in rows
    )
    return OfferedTrack("radar", name, points, synthetic, accuracy_assumed=False)


def north(
    name: str, count: int, lon: float = 24.0, shift_s: float = 0.0, step: float = 0.002
) -> OfferedTrack:
    return track(name, [(10.0 * n + shift_s, 59.0 + step * n, lon) for n in range(count)])


@pytest.mark.requirement("RECON-030")
def test_the_distance_is_the_geodesic_and_grows_as_the_accounts_part():
    one = track("a", [(10.0 * n, 59.0, 24.0 + 0.01 * n) for n in range(6)])
    two = track("b", [(10.0 * n, 59.0 + 0.003 * n, 24.0 + 0.01 * n) for n in range(6)])
    rows = divergence_of(one, two).rows
    assert len(rows) == 6
    for number, row in enumerate(rows):
        lon = 24.0 + 0.01 * number
        expected_m = GEOD.inv(lon, 59.0, lon, 59.0 + 0.003 * number)[2]
        assert row.apart_m == pytest.approx(expected_m, abs=0.01)
        assert row.apart_m_min <= row.apart_m <= row.apart_m_max
    assert [row.apart_m for row in rows] == sorted(row.apart_m for row in rows)


@pytest.mark.requirement("RECON-030")
def test_the_band_holds_both_errors_the_turn_between_and_the_clocks():
    one, two = north("a", 3), north("b", 3, lon=24.01)
    exact = divergence_of(one, two, clock_s=0.0).rows[1]
    assert exact.apart_m_max - exact.apart_m == pytest.approx(
        20.0, abs=1.0
    )  # on a position of each
    clocks = divergence_of(one, two, clock_s=2.0).rows[1]
    speed_mps = GEOD.inv(24.0, 59.0, 24.0, 59.002)[2] / 10.0
    assert clocks.apart_m_max - exact.apart_m_max == pytest.approx(2.0 * speed_mps, rel=0.01)
    between = divergence_of(one, north("b", 3, lon=24.01, shift_s=5.0), clock_s=0.0).rows[1]
    assert between.apart_m_max - between.apart_m > 20.0 + 9.8 * 5.0 * 5.0 / 2.0


@pytest.mark.requirement("RECON-030")
def test_across_a_gap_nothing_is_said():
    one = north("a", 40)
    holes = track("b", [(s, 59.0 + 0.0002 * s, 24.001) for s in (0.0, 10.0, 20.0, 200.0, 210.0)])
    found = divergence_of(one, holes)
    seen = [row.at.minus(T) for row in found.rows]
    assert seen == [0.0, 10.0, 20.0, 200.0, 210.0]
    assert [len(each) for each in found.stretches()] == [3, 2]
    nothing = divergence_of(one, track("c", [(9_000.0, 59.0, 24.0), (9_010.0, 59.0, 24.0)]))
    assert nothing.rows == ()
    assert "unknown" in nothing.unseen_words
    assert nothing.offset_s is None


@pytest.mark.requirement("RECON-030")
@pytest.mark.parametrize("shift_s", [-30.0, 7.0, 0.0])
def test_a_clock_that_is_off_is_found_and_told_as_computed(shift_s: float):
    found = divergence_of(north("a", 60), north("b", 60, shift_s=shift_s))
    assert found.offset_s == -shift_s
    assert found.offset_mean_m == pytest.approx(0.0, abs=0.5)
    said = "no shift of a clock" if shift_s == 0.0 else f"{-shift_s:+.0f} s"
    assert said in found.clock_words
    assert "neither file proves it" in found.clock_words


@pytest.mark.requirement("RECON-030")
def test_the_antimeridian_a_pole_and_single_positions():
    east = track(
        "a", [(10.0 * n, 10.0, 179.9 + 0.04 * n - (360.0 if n > 2 else 0.0)) for n in range(6)]
    )
    west = track("b", [(10.0 * n, 10.0, -179.9 + 0.04 * n) for n in range(6)])
    expected_m = GEOD.inv(179.9, 10.0, -179.9, 10.0)[2]
    assert divergence_of(east, west).rows[0].apart_m == pytest.approx(expected_m, abs=0.1)
    one = track("a", [(0.0, 89.99, 0.0), (10.0, 89.99, 180.0)])
    other = track("b", [(0.0, 90.0, 0.0), (10.0, 90.0, 0.0)])
    assert divergence_of(one, other).rows[0].apart_m == pytest.approx(1_116.9, abs=1.0)
    alone = track("c", [(0.0, 59.0, 24.0)])
    assert [row.apart_m for row in divergence_of(alone, alone).rows] == [0.0]


def test_a_long_comparison_is_thinned_and_says_so():
    one, two = north("a", 12_000, step=1e-5), north("b", 12_000, lon=24.01, step=1e-5)
    found = divergence_of(one, two)
    assert len(found.rows) <= 5_000
    assert found.left_out == 12_000 - len(found.rows)
