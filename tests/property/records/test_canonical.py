"""The canonical codec against rfc8785, for any value without floats."""

import json

import pytest
import rfc8785
from hypothesis import example, given, settings
from hypothesis import strategies as st

from comity.domain.records import INTEGER_MAX, decode_canonical, encode_canonical
from comity.domain.records.canonical import DEPTH_MAX, _first_fault, _plainly_sound
from comity.kernel.errors import RecordError

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
# Names near the places where code points and UTF-16 code units sort differently.
NAMES = TEXTS | st.text(
    st.sampled_from("aZ\x00\x7f\ud7ff\ue000\uffff\U00010000\U0010ffff"), max_size=3
)
SCALARS = (
    st.none() | st.booleans() | TEXTS | st.integers(min_value=-INTEGER_MAX, max_value=INTEGER_MAX)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.requirement("RECORD-001")
@settings(max_examples=300, deadline=None)
@given(VALUES)
@example({"\U00010000": 1, "\uffff": 2, "\ud7ff": 3})
@example([{"a": [{"\U00010000": 1, "\ue000": 2}]}])
def test_encoding_equals_rfc8785_and_reads_back(value):
    encoded = encode_canonical(value)
    assert encoded == rfc8785.dumps(value)
    assert decode_canonical(encoded) == value


@pytest.mark.requirement("RECORD-001")
def test_every_character_is_spelt_as_rfc8785_does():
    for start in range(0, 0x110000, 0x1000):
        text = "".join(chr(c) for c in range(start, start + 0x1000) if not 0xD800 <= c < 0xE000)
        assert encode_canonical(text) == rfc8785.dumps(text)


@pytest.mark.requirement("RECORD-001")
@settings(max_examples=200, deadline=None)
@given(
    VALUES, st.sampled_from([{"indent": 1}, {"separators": (", ", ":")}, {"ensure_ascii": True}])
)
def test_another_spelling_of_the_same_value_is_refused(value, style):
    canonical = encode_canonical(value)
    other = json.dumps(
        value, **({"ensure_ascii": False, "separators": (",", ":")} | style)
    ).encode()
    if other == canonical:
        assert decode_canonical(other) == value
    else:
        with pytest.raises(RecordError, match="not-canonical"):
            decode_canonical(other)


@pytest.mark.requirement("RECORD-001")
@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=40) | VALUES.map(rfc8785.dumps), st.data())
def test_bytes_are_read_only_if_they_are_what_would_be_written(original, data):
    changed = bytearray(original)
    if changed:
        at = data.draw(st.integers(0, len(changed) - 1))
        changed[at] ^= data.draw(st.integers(0, 255))
    try:
        value = decode_canonical(bytes(changed))
    except RecordError:
        return
    assert rfc8785.dumps(value) == bytes(changed)


@pytest.mark.requirement("RECORD-001")
@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        SCALARS
        | st.floats()
        | st.just(INTEGER_MAX + 1)
        | st.just(-INTEGER_MAX - 1)
        | st.just((1, 2)),
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.integers(), inner, max_size=4)
        ),
        max_leaves=20,
    )
)
@example([[[INTEGER_MAX + 1]]])
@example({"a": {1: "b"}})
def test_what_is_passed_at_a_glance_has_no_fault(value):
    if _plainly_sound(value):
        assert _first_fault(value) is None


@pytest.mark.requirement("RECORD-001")
@pytest.mark.parametrize("depth", range(DEPTH_MAX - 2, DEPTH_MAX + 3))
@pytest.mark.parametrize("inner", [1, "a"])
def test_what_nests_too_deep_is_not_passed_at_a_glance(depth, inner):
    value = inner
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    if _plainly_sound(value):
        assert _first_fault(value) is None
