"""Figures as stated: what their digits and their units leave open."""

import pytest

from comity.domain.incidents import Dimension, Mile, read_quantity
from comity.kernel.errors import InputError


@pytest.mark.requirement("INCIDENT-003")
@pytest.mark.parametrize(
    ("text", "dimension", "low", "mid", "high"),
    [
        ("17 s", Dimension.DURATION, 16.5, 17.0, 17.5),
        ("1.15 km", Dimension.LENGTH, 1145.0, 1150.0, 1155.0),
        ("19000 ft", Dimension.LENGTH, 18_500 * 0.3048, 19_000 * 0.3048, 19_500 * 0.3048),
        ("980 km/h ± 20", Dimension.SPEED, 960 / 3.6, 980 / 3.6, 1000 / 3.6),
        ("2 g +/- 0.1 g", Dimension.ACCELERATION, 18.632635, 19.6133, 20.593965),
        ("5 min", Dimension.DURATION, 270.0, 300.0, 330.0),
        ("3 s ± 5", Dimension.DURATION, 0.0, 3.0, 8.0),
    ],
)
def test_a_figure_spans_what_its_digits_leave_open(text, dimension, low, mid, high):
    span = read_quantity(text, dimension, "figure").span(Mile.STATUTE)
    assert (span.low, span.mid, span.high) == pytest.approx((low, mid, high), rel=1e-12)


@pytest.mark.requirement("INCIDENT-004")
def test_a_bare_mile_is_two_lengths_and_a_named_one_is_one():
    bare = read_quantity("1.15 mi", Dimension.LENGTH, "length")
    assert bare.ambiguous
    assert bare.span(Mile.STATUTE).mid == pytest.approx(1850.7456, rel=1e-12)
    assert bare.span(Mile.NAUTICAL).mid == pytest.approx(2129.8, rel=1e-12)
    for text in ("1.15 NM", "1.15 smi"):
        named = read_quantity(text, Dimension.LENGTH, "length")
        assert not named.ambiguous
        assert named.span(Mile.STATUTE) == named.span(Mile.NAUTICAL)


@pytest.mark.requirement("INCIDENT-001")
@pytest.mark.parametrize(
    "text",
    [
        "", "17", "17 kg", "17 km", "1,15 mi", "19,000 ft", "-3 s", "0 s", "1e3 s", "inf s", "nan s",
        "17 s ± -1", "17 s ± 1 min", "1234567890123 s", "99999999 s", "١٧ s", "17 s" + " " * 80, "0x11 s",
    ],
)  # fmt: skip
def test_what_is_no_duration_is_refused_by_its_field(text):
    with pytest.raises(InputError) as caught:
        read_quantity(text, Dimension.DURATION, "statements[0].duration")
    assert caught.value.field == "statements[0].duration"
