"""Hostile text, files that lie, and bodies out of form."""

import base64
import copy
import hashlib
import struct
import zlib

import pytest
from tests.line_world import ALPHA, NOON, refused, said

from comity.domain.line import Denial, DenialAnswer, Precedence, make_attachment, said_to_body
from comity.domain.line.content import said_from_body
from comity.kernel.errors import InputError

KIND = "line.message"


def read(body, kind=KIND, author=ALPHA):
    return said_from_body(kind, author, body)


def changed(**changes):
    return {**copy.deepcopy(said_to_body(said())), **changes}


def attached(called, media_type, content, **lies):
    return [
        {
            "name": called,
            "media_type": media_type,
            "size_bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "content_base64": base64.b64encode(content).decode(),
            **lies,
        }
    ]


def png(after=b""):
    def chunk(kind, content):
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    picture = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\0"))
    return picture + chunk(b"IEND", b"") + after


@pytest.mark.requirement("LINE-004")
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("turned \u202eround", "bidi-control"),
        ("hidden\u200bspace", "invisible-character"),
        ("bell\x07", "control-character"),
        ("cr\r\nlf", "carriage-return"),
        ("e\u0301", "not-nfc"),
        ("\U000e0001tag", "invisible-character"),
        ("private \ue000", "unassigned-character"),
        ("a" * 8_001, "field-limit"),
        ("a" * 10_000_000, "field-limit"),
        (" \n ", "field-form"),
        (7, "field-form"),
    ],
)
def test_text_in_which_something_hides_is_refused(text, reason):
    assert refused(lambda: read(changed(text=text))) == reason


@pytest.mark.requirement("LINE-004")
@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[red]not markup[/red]",
        "هل تراهم؟",
        "Видите ли их?",
        "a\nb",
        "n\u200dو",
    ],
)
def test_markup_is_text_and_other_scripts_are_welcome(text):
    assert read(changed(text=text)).text == text


@pytest.mark.requirement("LINE-004")
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"matter": "alpha"}, "field-form"),
        ({"subject": "a\u202eb"}, "field-form"),
        ({"precedence": "urgent"}, "field-form"),
        ({"language": "english"}, "field-form"),
        ({"closes": 1}, "field-form"),
        ({"written_at": "2026-11-22"}, "field-form"),
        ({"references": [{"kind": "intent", "id": "x", "digest": None}]}, "reference"),
        ({"references": [{"kind": "track", "id": None, "digest": "ab" * 32}]}, "reference"),
        ({"references": [{}] * 33}, "field-limit"),
        ({"particulars": None}, "field-form"),
        ({"particulars": {"position": None, "height": None, "time": None}}, "missing-field"),
    ],
)
def test_a_body_out_of_form_is_refused_by_its_field(change, reason):
    assert refused(lambda: read(changed(**change))) == reason


@pytest.mark.requirement("LINE-004")
@pytest.mark.parametrize(
    ("position", "reason"),
    [
        ({"latitude_deg_e7": "599000000"}, "field-form"),
        ({"latitude_deg_e7": "59９000000"}, "field-form"),
        ({"latitude_deg_e7": 900_000_001}, "field-limit"),
        ({"longitude_deg_e7": -1_800_000_001}, "field-limit"),
        ({"datum": "WGS84\u200b"}, "field-form"),
        ({"datum": "ＷGS84"}, "field-form"),
        ({"accuracy_mm": 50_000_001}, "field-limit"),
        ({"latitude_deg_e7": True}, "field-form"),
    ],
)
def test_a_position_is_whole_numbers_and_a_known_datum(position, reason):
    good = {
        "latitude_deg_e7": 599_000_000,
        "longitude_deg_e7": 245_000_000,
        "datum": "WGS84",
        "accuracy_mm": None,
    }
    rest = {"height": None, "time": None, "number": None}
    assert read(changed(particulars={"position": good, **rest})).particulars.position is not None
    bad = {"position": good | position, **rest}
    assert refused(lambda: read(changed(particulars=bad))) == reason


@pytest.mark.requirement("LINE-022")
def test_a_denial_has_a_scope_and_a_time_and_two_answers_that_are_not_one():
    body = said_to_body(said(denial=Denial(DenialAnswer.NONE, "east bank", NOON, NOON, None)))
    assert read(body, "line.denial").denial.answer is DenialAnswer.NONE
    unknown = read(body | {"answer": "unknown"}, "line.denial")
    assert unknown.denial.answer is DenialAnswer.UNKNOWN
    assert unknown.denial != read(body, "line.denial").denial
    before = str(NOON.plus_s(-1.0))
    for change, reason in (
        ({"answer": "no"}, "field-form"),
        ({"scope": " "}, "field-form"),
        ({"ends": before}, "times-reversed"),
        ({"radius_mm": 5}, "field-form"),
    ):
        wrong = body | change
        assert refused(lambda wrong=wrong: read(wrong, "line.denial")) == reason


@pytest.mark.requirement("LINE-020")
def test_a_stop_is_always_flash_whatever_its_body_says():
    body = changed(precedence="routine", radius_mm=None, until=None)
    assert read(body, "line.stop").precedence is Precedence.FLASH


@pytest.mark.requirement("LINE-005")
@pytest.mark.parametrize(
    ("name", "media_type", "content"),
    [
        ("map.png", "image/png", png()),
        ("note.txt", "text/plain", "Привет\n".encode()),
        ("area.geojson", "application/geo+json", b'{"type":"Point"}'),
        ("paper.pdf", "application/pdf", b"%PDF-1.7\n1 0 obj\n%%EOF\n"),
        ("photo.jpg", "image/jpeg", b"\xff\xd8\xff\xe0 picture \xff\xd9"),
    ],
)
def test_a_file_that_is_what_it_says_is_taken(name, media_type, content):
    [found] = read(changed(attachments=attached(name, media_type, content))).attachments
    assert (found.content, found.sha256) == (content, hashlib.sha256(content).hexdigest())


@pytest.mark.requirement("LINE-005")
@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        ("image/png", b"\xff\xd8\xff\xe0 picture \xff\xd9"),
        ("image/png", png(b"<script>")),
        ("image/png", png()[:-1]),
        ("image/jpeg", png()),
        ("image/jpeg", b"\xff\xd8\xff\xd9<html>"),
        ("application/pdf", b"%PDF-1.7\n/OpenAction <<>>\n%%EOF"),
        ("application/pdf", b"MZ%PDF-1.7 %%EOF"),
        ("text/plain", b"%PDF-1.7"),
        ("text/plain", b"<!DOCTYPE html>"),
        ("text/plain", b"a <script >b</script>"),
        ("text/plain", b"\xff\xfe"),
        ("text/plain", "\u202e".encode()),
        ("application/json", b"{'a': 1}"),
        ("image/svg+xml", b"<svg/>"),
        ("text/html", b"<p>"),
        ("application/zip", b"PK\x03\x04"),
    ],
)
def test_a_file_that_lies_about_its_type_is_refused(media_type, content):
    body = changed(attachments=attached("file", media_type, content))
    assert refused(lambda: read(body)) == "attachment-type"
    with pytest.raises(InputError, match="attachment-type"):
        make_attachment("file", media_type, content)


@pytest.mark.requirement("LINE-005")
@pytest.mark.parametrize(
    ("lies", "reason"),
    [
        ({"sha256": "ab" * 32}, "attachment-hash"),
        ({"size_bytes": 3}, "attachment-size"),
        ({"content_base64": "YQ"}, "field-form"),
        ({"content_base64": "YR=="}, "field-form"),
        ({"name": "../x"}, "field-form"),
        ({"name": "a\u202egnp.exe"}, "field-form"),
        ({"name": "a..b"}, "field-form"),
    ],
)
def test_size_hash_spelling_and_name_are_held_to_what_is_there(lies, reason):
    body = changed(attachments=attached("a.txt", "text/plain", b"a", **lies))
    assert refused(lambda: read(body)) == reason


@pytest.mark.requirement("LINE-005")
def test_attachments_are_bounded_together_and_in_number():
    two = attached("a", "application/json", b'"%s"' % (b"a" * 262_142)) * 2
    assert sum(len(each.content) for each in read(changed(attachments=two)).attachments) == 524_288
    over = two + attached("b", "application/json", b"1")
    assert refused(lambda: read(changed(attachments=over))) == "attachment-size"
    assert refused(lambda: read(changed(attachments=two * 3))) == "field-limit"
    long_text = b"\n".join([b"a" * 9_999] * 27)
    body = changed(attachments=attached("a", "text/plain", long_text))
    assert refused(lambda: read(body)) == "attachment-type"
