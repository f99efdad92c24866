"""JSON texts written elsewhere: JSONTestSuite's parsing cases and the JCS pairs."""

import json
from pathlib import Path

import pytest
from tests.shared_files import shared

from comity.domain.records import decode_canonical, encode_canonical, parse_json_strict
from comity.kernel.errors import InputError, RecordError

VERDICTS = json.loads(
    (Path(__file__).resolve().parents[2] / "vectors/json-parsing/verdicts.json").read_text()
)
# RFC 8259 leaves a name said twice open; the entry refuses it unless told otherwise (L-23).
SAID_TWICE = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}
# JCS inputs that hold floats, which records refuse; 56.0 of the first is written 56 in its output.
WITH_FLOATS = {"structures.json", "values.json"}


def texts(prefix: str) -> dict[str, bytes]:
    folder = shared("vectors/json-parsing/test_parsing")
    return {path.name: path.read_bytes() for path in sorted(folder.glob(f"{prefix}_*.json"))}


def refusal(text_bytes: bytes, *, unique_names: bool = True) -> str | None:
    try:
        parse_json_strict(text_bytes, unique_names=unique_names)
    except InputError as error:
        return error.why
    return None


@pytest.mark.requirement("RECORD-003")
def test_every_text_that_must_parse_does():
    found = texts("y")
    assert len(found) == 95
    assert {name for name, text in found.items() if refusal(text, unique_names=False)} == set()
    assert {name for name, text in found.items() if refusal(text)} == SAID_TWICE


@pytest.mark.requirement("RECORD-003")
def test_every_text_that_must_be_refused_is():
    found = texts("n")
    assert len(found) == 188
    assert {name for name, text in found.items() if refusal(text, unique_names=False) is None} == (
        set()
    )


@pytest.mark.requirement("RECORD-003")
def test_every_open_text_has_its_committed_verdict():
    found = texts("i")
    assert len(found) == VERDICTS["count"] == 35
    accepted = {name for name, text in found.items() if refusal(text) is None}
    assert set(VERDICTS["verdicts"]) == set(found)
    assert accepted == {name for name, say in VERDICTS["verdicts"].items() if say == "accept"}


@pytest.mark.requirement("RECORD-003")
def test_the_record_codec_takes_none_of_what_must_be_refused():
    for name, text in (texts("n") | texts("i")).items():
        if name in {"i_number_too_big_neg_int.json", "i_number_too_big_pos_int.json"}:
            reason = "number-form"
            with pytest.raises(RecordError, match=reason):
                decode_canonical(text)
            continue
        with pytest.raises(RecordError):
            decode_canonical(text)


@pytest.mark.requirement("RECORD-001")
def test_every_jcs_pair_without_floats_is_spelt_as_published():
    inputs = sorted(shared("vectors/jcs/input").glob("*.json"))
    assert len(inputs) == 6
    spelt = set()
    for path in inputs:
        value = json.loads(path.read_bytes())
        published = (path.parents[1] / "output" / path.name).read_bytes()
        if path.name in WITH_FLOATS:
            with pytest.raises(InputError, match="float"):
                encode_canonical(value)
        else:
            assert encode_canonical(value) == published
        if path.name == "values.json":  # its canonical form holds floats too
            with pytest.raises(RecordError, match="number-form"):
                decode_canonical(published)
        else:
            assert encode_canonical(decode_canonical(published)) == published
            spelt.add(path.name)
    assert spelt == {"arrays.json", "french.json", "structures.json", "unicode.json", "weird.json"}
