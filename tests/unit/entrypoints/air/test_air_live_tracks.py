"""Live tracks for notices: every track that may be over a volume is asked for, and what was rounded is widened."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from comity.domain.airspace import Altitude, Datum, Shape, ShapeKind, Volume4D
from comity.entrypoints.air_process import TrackRow, TracksTold
from comity.entrypoints.node_service.air_live_tracks import AirLiveTracks, box_of
from comity.kernel.errors import StoreError
from comity.kernel.instants import Instant

AT = Instant(1_795_000_000_000)


def _volume(latitude_deg, longitude_deg, radius_m=20_000.0):
    shape = Shape(ShapeKind.PATH, (latitude_deg,), (longitude_deg,), radius_m)
    low, high = Altitude(0.0, Datum.QNE), Altitude(3_000.0, Datum.QNE)
    return Volume4D(shape, low, high, AT, AT.plus_s(60.0))


def _holds(box, latitude_deg, longitude_deg):
    south, west, north, east = box
    between = west <= longitude_deg <= east
    if west > east:
        between = longitude_deg >= west or longitude_deg <= east
    return south <= latitude_deg <= north and between


def _row(**changes):
    row = {
        "key": "k", "callsign": None, "latitude_deg": 1.0, "longitude_deg": 2.0, "accuracy_m": 10.0,
        "altitude_pressure_m": 900.0, "altitude_ellipsoid_m": None, "ground_speed_mps": None,
        "track_true_deg": None, "vertical_rate_mps": None, "on_ground": None, "age_s": 0.0,
        "stale": False, "confirmed": True, "track_id": 7, "address": "4ca001",
        "accuracy_pressure_m": 30.0, **changes,
    }  # fmt: skip
    return TrackRow(**row)


class Desk:
    def __init__(self, answer):
        self.answer = answer

    async def tracks(self, **_asked):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def _over(answer):
    return asyncio.run(AirLiveTracks(Desk(answer)).over([_volume(1.0, 2.0)]))


@pytest.mark.requirement("NOTICE-012")
@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-90.0, 90.0), st.floats(-180.0, 180.0)), min_size=1, max_size=3),
    st.floats(0.0, 360.0),
    st.floats(0.0, 200_000.0),
)
def test_the_box_holds_whatever_may_be_over_a_volume(middles, azimuth_deg, radius_m):
    box = box_of([_volume(*middle, radius_m) for middle in middles])
    for latitude_deg, longitude_deg in middles:
        east, north, _ = Geod(ellps="WGS84").fwd(
            longitude_deg, latitude_deg, azimuth_deg, radius_m + 49_000.0
        )
        assert _holds(box, north, east)


@pytest.mark.requirement("NOTICE-012")
def test_rows_of_the_watch_become_a_picture():
    told = TracksTold(number=1, at=str(AT), total=3, rows=[_row(), _row(address=None)])
    picture = _over(told)
    assert picture.more
    assert (picture.tracks.at, len(picture.tracks)) == (AT, 2)
    assert picture.tracks.track_id.tolist() == [7, 7]
    assert picture.tracks.has_address.tolist() == [True, False]
    assert int(picture.tracks.address[0]) == 0x4CA001
    assert picture.tracks.accuracy_pressure_m[0] > 30.0
    assert picture.tracks.accuracy_horizontal_m[0] > 10.0
    assert not picture.tracks.has_altitude_ellipsoid.any()


@pytest.mark.requirement("NOTICE-012")
@pytest.mark.parametrize(
    "answer",
    [StoreError("no-watch", "down"), TracksTold(number=1, at=None, total=0, rows=[])],
)
def test_no_watch_is_no_picture_and_not_an_empty_sky(answer):
    assert _over(answer) is None
