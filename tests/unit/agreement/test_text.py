import hashlib

import pytest
from tests.agreement_world import actors, text_between

from comity.domain.agreement import (
    AgreementTextError,
    agreement_digest,
    check_text,
    decode_text,
    parse_agreement,
)

NORTH, SOUTH = actors("north", "south")
TEXT = text_between(NORTH.draft_party(), SOUTH.draft_party())


def refused(text: str) -> AgreementTextError:
    with pytest.raises(AgreementTextError) as caught:
        parse_agreement(text)
    return caught.value


@pytest.mark.requirement("AGREE-001")
@pytest.mark.parametrize(
    ("planted", "reason", "place"),
    [
        ("\r\n", "carriage-return", "line 3"),
        ("\u202e", "bidi-control", "U+202E"),
        ("\u2066", "bidi-control", "U+2066"),
        ("\u200f", "bidi-control", "U+200F"),
        ("\x00", "control-character", "U+0000"),
        ("\t", "control-character", "U+0009"),
        ("\x85", "control-character", "U+0085"),
        ("\u200b", "invisible-character", "U+200B"),
        ("\u2028", "invisible-character", "U+2028"),
        ("\U000e0041", "invisible-character", "U+E0041"),
        ("\ue000", "unassigned-character", "U+E000"),
        ("\u0378", "unassigned-character", "U+0378"),
        ("e\u0301", "not-nfc", "line 3"),
        ("\u212b", "not-nfc", "line 3"),
        ("\ud800", "not-utf8", "surrogate"),
        ("x" * 20_000, "line-too-long", "line 3"),
        ("\u200d", "invisible-character", "front matter"),
    ],
)
def test_a_spelling_that_could_deceive_is_refused_by_name(planted, reason, place):
    error = refused(TEXT.replace("Between", "Bet" + planted + "ween", 1))
    assert error.reason == reason
    assert place in error.why


@pytest.mark.requirement("AGREE-001")
def test_a_byte_order_mark_is_refused():
    assert refused("\ufeff" + TEXT).reason == "byte-order-mark"


@pytest.mark.requirement("AGREE-001")
@pytest.mark.parametrize("size_bytes", [256 * 1024 + 1, 10_000_000])
def test_a_text_too_large_names_the_limit(size_bytes):
    for text in ("a" * size_bytes, "\u0444" * (size_bytes // 2 + 1)):
        error = refused(text)
        assert error.reason == "too-large"
        assert "262144" in error.why


@pytest.mark.requirement("AGREE-001")
def test_prose_may_use_joiners_that_a_script_needs():
    check_text("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645")


@pytest.mark.requirement("AGREE-001")
def test_bytes_that_are_not_utf8_are_refused():
    with pytest.raises(AgreementTextError) as caught:
        decode_text(TEXT.encode() + b"\xff")
    assert caught.value.reason == "not-utf8"
    assert decode_text(TEXT.encode()) == TEXT


@pytest.mark.requirement("AGREE-002")
def test_the_digest_covers_every_byte_under_its_own_prefix():
    assert (
        agreement_digest(TEXT)
        == hashlib.sha256(b"comity-agreement-v1\x00" + TEXT.encode()).hexdigest()
    )
    assert agreement_digest(TEXT) != agreement_digest(TEXT + "\n")


@pytest.mark.parametrize("text", ["", "title = 1", "+++\ntitle = 1\n", " +++\n+++\n"])
def test_a_text_without_front_matter_is_refused(text):
    assert refused(text).reason == "front-matter"


@pytest.mark.parametrize(
    ("front_matter", "reason"),
    [
        ("a = " + "[" * 5000, "too-deep"),
        ("a = " + "{b=" * 500, "too-deep"),
        ("a = " + "[" * 9 + "]" * 9, "too-deep"),
        ("a = 1\na = 2", "not-toml"),
        ("a =", "not-toml"),
        ("a = " + "9" * 5000, "not-toml"),
        ("a = 2026-11-23T12:00:00+99:00", "not-toml"),
        ("a.b = " + "[[[1]]]", "missing-key"),
        ("a" + ".a" * 30 + " = 1", "missing-key"),
        ("a" + ".a" * 4000 + " = 1", "too-deep"),
        ('"a=".b' + ".a" * 4000 + " = 1", "too-deep"),
        ("[1" + ".1" * 4000 + "]", "too-deep"),
        ("[1" + " . 1" * 3000 + "]", "too-deep"),
        ("a = {b" + ".b" * 4000 + " = 1}", "too-deep"),
        ('a = "' + "x. " * 600 + '"', "missing-key"),
        ("a = [" + "[47.125, 8.5], " * 100 + "]", "missing-key"),
        ("#" + "x" * 15_000 + ("\n#" + "x" * 15_000) * 9, "too-large"),
    ],
)
def test_front_matter_that_is_no_toml_of_ours_is_refused(front_matter, reason):
    assert refused(f"+++\n{front_matter}\n+++\n").reason == reason
