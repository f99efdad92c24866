"""Positions as people say them: every form reads as the same place, and what can be read in two ways is refused."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from comity.domain.places import (
    DATUM_ASSUMED,
    bearing,
    compass_point,
    grid_reference,
    position_of_degrees,
    read_position,
)
from comity.kernel.errors import InputError

LATITUDE, LONGITUDE = 35.0 + 20.1 / 60.0, 40.0 + 8.5 / 60.0


@pytest.mark.requirement("PLACE-001")
@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("N 35 20.1 E 040 08.5", "degrees-minutes"),
        ("35°20.1'N 040°08.5'E", "degrees-minutes"),
        ("35° 20.1' N, 40° 8.5' E", "degrees-minutes"),
        ("35 20.1N/040 08.5E", "degrees-minutes"),
        ("n35 20.1 e40 08.5", "degrees-minutes"),
        ("35°20′06″N 40°08′30″E", "degrees-minutes-seconds"),
        ("35 20 06 N 40 08 30 E", "degrees-minutes-seconds"),
        ("N35°20'06\" E040°08'30\"", "degrees-minutes-seconds"),
        ("352006N0400830E", "icao"),
        ("352006N 0400830E", "icao"),
        ("N3520.1 E04008.5", "icao"),
        ("N352006.0E0400830.0", "icao"),
        ("35.335, 40.14166666667", "degrees"),
        ("35.335N 40.14166666667E", "degrees"),
        ("N35.335 E40.14166666667", "degrees"),
        ("+35.335 +40.14166666667", "degrees"),
    ],
)
def test_every_form_reads_as_the_same_place(text: str, form: str) -> None:
    read = read_position(text)
    assert read.form == form
    assert read.latitude_deg == pytest.approx(LATITUDE, abs=1e-9)
    assert read.longitude_deg == pytest.approx(LONGITUDE, abs=1e-9)
    assert read.as_stated == text
    assert DATUM_ASSUMED in read.assumed


@pytest.mark.requirement("PLACE-001")
@pytest.mark.parametrize(
    ("text", "latitude_deg", "longitude_deg", "step_m"),
    [
        ("3520N04008E", 35 + 20 / 60, 40 + 8 / 60, 1861.6),
        ("S 90 00 W 180 00", -90.0, -180.0, 1861.6),
        ("90N 180E", 90.0, 180.0, 111_694.0),
        ("00 00.0N 000 00.1W", 0.0, -0.1 / 60, 186.2),
        ("-33.9, -18.45", -33.9, -18.45, 11_169.4),
    ],
)
def test_the_step_of_a_form_is_told(
    text: str, latitude_deg: float, longitude_deg: float, step_m: float
) -> None:
    read = read_position(text)
    assert (read.latitude_deg, read.longitude_deg) == pytest.approx((latitude_deg, longitude_deg))
    assert read.resolution_m == pytest.approx(step_m, abs=0.1)


@pytest.mark.requirement("PLACE-001")
@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("35,33", "position"),  # one number or two
        ("35,335 40,1417", "position"),
        ("35.3,40", "position"),
        ("3520 N 04008 E", "position"),  # 3520 is never 352 and 0
        ("12 3456 N 40 10 E", "position"),
        ("35 20 N 40 E", "position"),  # two forms
        ("352006N04008E", "position"),
        ("E 040 08.5 N 35 20.1", "position"),
        ("35 20.1 40 08.5", "position"),
        ("N 35 20.1", "position"),
        ("", "position"),
        ("north of the town", "position"),
        ("N 35 60 E 040 00", "position.latitude"),
        ("N 35 20 E 180 01", "position.longitude"),
        ("N 90 00.1 E 000 00.0", "position.latitude"),
        ("91.0, 40.0", "position.latitude"),
        ("35.0, 180.1", "position.longitude"),
        ("N 35.5 20 E 40.5 10", "position.latitude"),
        ("37SFO0310", "position"),
        ("61NAA6602100000", "position"),
        ("37SFV03", "position"),
        ("37SFV031", "position"),
        ("37SZZ0375710792", "position"),  # letters that do not belong to the zone
        ("37SFF03751079", "position"),  # nor to the band
        ("35.3N 40.1E ED50", "position.datum"),
        ("35.3N 40.1E SK-42", "position.datum"),
        ("Pulkovo 1942 35.3N 40.1E", "position.datum"),
        ("35.3N 40.1E WGS72", "position.datum"),
        ("WGS84 35.3N 40.1E WGS84", "position.datum"),
        ("35.3N 40.1E " + " " * 80, "position"),
    ],
)
def test_what_can_be_read_in_two_ways_or_not_at_all_is_refused(text: str, field: str) -> None:
    with pytest.raises(InputError) as caught:
        read_position(text)
    assert caught.value.field == field


@pytest.mark.requirement("PLACE-002")
@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("35.335\u200bN 40.1417E", "U+200B"),
        ("35.335N 40.1417Е", "U+0415"),  # a Cyrillic letter
        ("З5.335N 40.1417E", "U+0417"),
        ("٣٥.٣٣٥N 40.1417E", "U+0663"),
        ("35.335N\u202e 40.1417E", "U+202E"),
        ("\uff13\uff15.335N 40.1417E", "U+FF13"),
        ("35º20.1'N 040º08.5'E", "U+00BA"),
        ("−35.335 40.1417", "U+2212"),
        ("35.335N\u00a040.1417E", "U+00A0"),
        ("35.335N\n40.1417E", "U+000A"),
    ],
)
def test_a_character_that_looks_like_another_is_refused_by_its_number(
    text: str, number: str
) -> None:
    with pytest.raises(InputError, match=number.replace("+", r"\+")):
        read_position(text)


@pytest.mark.requirement("PLACE-003")
@pytest.mark.parametrize("text", ["35.335N 40.1417E WGS84", "WGS 84, 35.335N 40.1417E"])
def test_a_datum_that_is_stated_is_not_assumed(text: str) -> None:
    assert read_position(text).assumed == ()


@pytest.mark.requirement("PLACE-003")
def test_an_order_that_is_not_stated_is_said_to_be_assumed() -> None:
    assert len(read_position("35.335, 40.1417").assumed) == 2
    assert position_of_degrees("35.335", "-40.1417").assumed == (DATUM_ASSUMED,)


def _spelt(latitude_deg: float, longitude_deg: float, form: str) -> str:
    north, east = "NS"[latitude_deg < 0], "EW"[longitude_deg < 0]
    latitude_deg, longitude_deg = abs(latitude_deg), abs(longitude_deg)
    if form == "degrees":
        return f"{latitude_deg:.7f}{north} {longitude_deg:.7f}{east}"
    if form == "degrees-minutes":
        minutes = [round(each * 60 * 1000) for each in (latitude_deg, longitude_deg)]
        lat, lon = (f"{each // 60_000} {each % 60_000 / 1000:06.3f}" for each in minutes)
        return f"{north} {lat} {east} {lon}"
    seconds = [round(each * 3600) for each in (latitude_deg, longitude_deg)]
    (a, b, c), (d, e, f) = ((each // 3600, each // 60 % 60, each % 60) for each in seconds)
    if form == "icao":
        return f"{a:02d}{b:02d}{c:02d}{north}{d:03d}{e:02d}{f:02d}{east}"
    return f"{a}°{b}'{c}\"{north} {d}°{e}'{f}\"{east}"


@pytest.mark.requirement("PLACE-008")
@given(
    st.floats(-90, 90),
    st.floats(-180, 180),
    st.sampled_from(["degrees", "degrees-minutes", "degrees-minutes-seconds", "icao"]),
)
def test_what_is_written_reads_back_within_its_step(
    latitude_deg: float, longitude_deg: float, form: str
) -> None:
    read = read_position(_spelt(latitude_deg, longitude_deg, form))
    assert read.form == form
    way = bearing(latitude_deg, longitude_deg, read.latitude_deg, read.longitude_deg)
    assert way.distance_m <= read.resolution_m * math.sqrt(0.5) + 1e-3


@pytest.mark.requirement("PLACE-006")
@pytest.mark.requirement("PLACE-008")
@given(st.floats(-90, 90), st.floats(-180, 180), st.integers(2, 5))
def test_a_grid_reference_reads_back_within_its_square(
    latitude_deg: float, longitude_deg: float, digits: int
) -> None:
    text = grid_reference(latitude_deg, longitude_deg, digits)
    read = read_position(text)
    side_m = 10.0 ** (5 - digits)
    assert (read.form, read.resolution_m) == ("grid", side_m)
    way = bearing(latitude_deg, longitude_deg, read.latitude_deg, read.longitude_deg)
    # half a diagonal, stretched by the scale of the projection
    assert way.distance_m <= side_m * 0.75 + 0.01


@pytest.mark.requirement("PLACE-006")
@pytest.mark.parametrize(
    ("latitude_deg", "longitude_deg", "grid"),
    [
        (90.0, 0.0, "ZAH 00000 00000"),
        (-90.0, 0.0, "BAN 00000 00000"),
        (0.0, 0.0, "31NAA 66021 00000"),
        (-4e-9, 0.0, "31MAV 66021 99999"),
    ],
)
def test_known_grid_references(latitude_deg: float, longitude_deg: float, grid: str) -> None:
    """By definition the poles; the equator at Greenwich lies 333,979 m west of the meridian of zone 31."""
    assert grid_reference(latitude_deg, longitude_deg) == grid


@pytest.mark.requirement("PLACE-006")
@given(st.floats(0.1, 55.9), st.floats(36.01, 41.99))
def test_the_digits_are_those_of_the_projection(latitude_deg: float, longitude_deg: float) -> None:
    easting_m, northing_m = Transformer.from_crs(4326, 32637).transform(latitude_deg, longitude_deg)
    zone, easting, northing = grid_reference(latitude_deg, longitude_deg).split()
    assert zone.startswith("37")
    for digits, length_m in ((easting, easting_m), (northing, northing_m)):
        assert (length_m - int(digits) + 0.01) % 100_000 < 1.02  # cut off, not rounded


@pytest.mark.requirement("PLACE-006")
@pytest.mark.parametrize(("digits", "field"), [(1, "digits"), (6, "digits")])
def test_a_grid_reference_has_two_to_five_digits_a_side(digits: int, field: str) -> None:
    with pytest.raises(InputError) as caught:
        grid_reference(35.0, 40.0, digits)
    assert caught.value.field == field


def test_compass_points_change_in_the_middle_between_two() -> None:
    assert [compass_point(each) for each in (0, 11.2, 11.3, 348.7, 348.8, 360, 180, 247.5)] == [
        "N", "N", "NNE", "NNW", "N", "N", "S", "WSW",
    ]  # fmt: skip
