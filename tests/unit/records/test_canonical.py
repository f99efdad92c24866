"""Limits of the canonical form, on writing and on reading."""

from enum import StrEnum

import pytest

from comity.domain.records import (
    DEPTH_MAX,
    INTEGER_MAX,
    PAYLOAD_SIZE_BYTES_MAX,
    decode_canonical,
    encode_canonical,
)
from comity.kernel.errors import InputError, RecordError


class Colour(StrEnum):
    RED = "red"


def nested(depth: int) -> list:
    value: list = []
    for _ in range(depth - 1):
        value = [value]
    return value


@pytest.mark.requirement("RECORD-002")
@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"a": [1, {"b": 1.5}]}, "a[1].b"),
        ({"a": [1.0, 2.0]}, "a[0]"),
        ({"a": float("nan")}, "a"),
        ({"a": {"b": 2**53}}, "a.b"),
        ({"a": [0, -(2**53)]}, "a[1]"),
        ([1, 2, 2**64], "[2]"),
        ({"a": {1: 2}}, "a"),
        ({"a": b"bytes"}, "a"),
        ({"a": {1, 2}}, "a"),
        ({"a": Colour.RED}, "a"),
        ({"a": [object]}, "a[0]"),
        (1.5, "payload"),
        ({"a": "\ud800"}, "payload"),
        ({"\udfff": 1}, "payload"),
    ],
    ids=repr,
)
def test_what_has_no_canonical_form_is_refused_with_its_path(value, field):
    with pytest.raises(InputError) as caught:
        encode_canonical(value)
    assert caught.value.field == field


@pytest.mark.requirement("RECORD-002")
def test_nesting_has_a_limit_on_both_sides():
    deepest = encode_canonical(nested(DEPTH_MAX))
    assert deepest == b"[" * DEPTH_MAX + b"]" * DEPTH_MAX
    assert decode_canonical(deepest) == nested(DEPTH_MAX)
    with pytest.raises(InputError, match="32 deep"):
        encode_canonical(nested(DEPTH_MAX + 1))
    with pytest.raises(RecordError, match="too-deep"):
        decode_canonical(b"[" + deepest + b"]")
    with pytest.raises(RecordError, match="too-deep"):
        decode_canonical(b'{"a":' * 33 + b"1" + b"}" * 33)


@pytest.mark.requirement("RECORD-002")
def test_a_scalar_may_lie_in_the_deepest_array_but_a_float_may_not():
    assert decode_canonical(b"[" * 32 + b"1" + b"]" * 32)
    with pytest.raises(RecordError, match="number-form"):
        decode_canonical(b"[" * 32 + b'"a",9007199254740992' + b"]" * 32)


@pytest.mark.requirement("RECORD-002")
def test_hostile_nesting_does_not_exhaust_the_stack():
    for opening in (b"[", b'{"a":'):
        with pytest.raises(RecordError) as caught:
            decode_canonical(opening * (PAYLOAD_SIZE_BYTES_MAX // len(opening)))
        assert caught.value.reason in {"too-deep", "not-json"}


@pytest.mark.requirement("RECORD-002")
def test_a_payload_has_a_longest_length_on_both_sides():
    longest = "a" * (PAYLOAD_SIZE_BYTES_MAX - 2)
    assert decode_canonical(encode_canonical(longest)) == longest
    with pytest.raises(InputError, match="1048577 bytes"):
        encode_canonical(longest + "a")
    with pytest.raises(RecordError, match="payload-size"):
        decode_canonical(b'"' + longest.encode() + b'a"')


@pytest.mark.requirement("RECORD-002")
def test_integers_end_where_every_reader_is_exact():
    for number in (INTEGER_MAX, -INTEGER_MAX):
        assert decode_canonical(encode_canonical([number, "a"])) == [number, "a"]
        assert decode_canonical(encode_canonical([number])) == [number]
    huge = b"1" * 5000  # more digits than CPython turns into an integer
    with pytest.raises(RecordError) as caught:
        decode_canonical(b"[" + huge + b"]")
    assert caught.value.reason in {"number-form", "not-json"}


@pytest.mark.requirement("RECORD-001")
def test_tuples_are_written_as_arrays():
    assert encode_canonical({"b": (1, (2,)), "a": ()}) == b'{"a":[],"b":[1,[2]]}'


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("lat_deg", "ring.lat_deg"),
        ("a\x1bß\u202e", r"ring.'a\x1b\xdf\u202e'"),
        ("x" * 100_000, f"ring.'{'x' * 40}'"),
        ("", "ring.''"),
    ],
)
def test_a_name_that_is_none_is_quoted_and_cut_where_a_refusal_tells_its_path(name, field):
    with pytest.raises(InputError) as refused:
        encode_canonical({"ring": {name: 1.5}})
    assert refused.value.field == field
