"""Strict reading of JSON from people and programs."""

import pytest

from comity.domain.records import JSON_DEPTH_MAX, parse_json_strict
from comity.kernel.errors import InputError


@pytest.mark.requirement("RECORD-012")
def test_floats_and_free_spelling_are_read():
    text = b' { "a" : [ 1.5e3 , -0.0, 2 ] ,\r\n "b" : "\\ud83d\\udee9" } \n'
    assert parse_json_strict(text) == {"a": [1500.0, 0.0, 2], "b": "\U0001f6e9"}


@pytest.mark.requirement("RECORD-012")
@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"NaN", "NaN"),
        (b"[-Infinity]", "-Infinity"),
        (b"1e999", "float64"),
        (b"1" * 5000, "5000 digits"),
        (b'{"height":1,"height":2}', "'height' stands twice"),
        (b'[{"a":{"b":1,"b":1}}]', "'b' stands twice"),
        (b'\xef\xbb\xbf{"a":1}', "byte order mark"),
        (b'"\xff"', "not UTF-8 at byte 1"),
        (b'{"a":\n 01}', "line 2 column 3"),
        (b"[1,]", "not JSON"),
        (b"[1] 2", "Extra data"),
        (b"", "not JSON"),
        (b'"\x00"', "control character"),
        (b'["\\ud800x"]', "surrogate"),
        (b'{"\\udc00":1}', "surrogate"),
        (b"[" * 65 + b"]" * 65, "64 levels"),
        (b"[" * 1_000_000, "64 levels"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_bad_input_is_refused_by_name(text, why):
    with pytest.raises(InputError, match="plan: ") as caught:
        parse_json_strict(text, "plan")
    assert why in caught.value.why


@pytest.mark.requirement("RECORD-012")
def test_limits_can_be_met_exactly():
    deepest = b"[" * JSON_DEPTH_MAX + b"]" * JSON_DEPTH_MAX
    assert parse_json_strict(deepest) is not None
    assert parse_json_strict(b"[1]", size_bytes_max=3) == [1]
    with pytest.raises(InputError, match="at most 3"):
        parse_json_strict(b"[1] ", size_bytes_max=3)


@pytest.mark.requirement("RECORD-012")
def test_a_name_said_twice_is_read_only_when_asked_for():
    assert parse_json_strict(b'{"a":1,"a":2}', unique_names=False) == {"a": 2}
