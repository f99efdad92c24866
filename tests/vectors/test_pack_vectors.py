"""Our own vectors of packs: would another implementation agree with us?"""

import io
import json
import re
from pathlib import Path

import pytest
from tests.envelope_vectors import expected_of

from comity.domain.packs import open_pack, read_told, told_to_body
from comity.domain.records import open_record
from comity.kernel.errors import RecordError

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "vectors" / "pack"
CASES = sorted(place.parent for place in FOLDER.glob("*/file.pack"))
TOLD = sorted(place.parent for place in FOLDER.glob("told-*/envelope.json"))
NODES = {
    party: {key_id: bytes.fromhex(key) for key_id, key in keys.items()}
    for party, keys in json.loads((ROOT / "vectors/hazard/keys.json").read_text("utf-8")).items()
}
ROOTS = {
    party: bytes.fromhex(key)
    for party, key in json.loads((FOLDER / "keys.json").read_text(encoding="utf-8")).items()
}


@pytest.mark.requirement("PACK-001")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_reader_answers_as_the_page_says(case):
    expected = expected_of(case)
    read = io.BytesIO((case / "file.pack").read_bytes()).read
    assert case.name.endswith("_reject") == (expected["result"] == "reject")
    if expected["result"] == "reject":
        with pytest.raises(RecordError) as caught:
            open_pack(read)
        assert caught.value.reason == expected["reason"]
        return
    pack = open_pack(read, ROOTS)
    assert pack.manifest.holder == expected["holder"]
    assert dict(pack.manifest.counts) == expected["counts"]
    assert len(pack.record.envelope_bytes) == expected["record_size_bytes"]


@pytest.mark.requirement("PACK-015")
@pytest.mark.parametrize("case", TOLD, ids=lambda case: case.name)
def test_a_word_to_an_owner_is_read_as_the_page_says(case):
    expected = expected_of(case)
    record = open_record(
        (case / "envelope.json").read_bytes(), lambda author, key_id: NODES[author][key_id]
    )
    assert case.name.endswith("_reject") == (expected["result"] == "reject")
    if expected["result"] == "reject":
        with pytest.raises(RecordError) as caught:
            read_told(record)
        assert caught.value.reason == expected["reason"]
        return
    body = dict(record.body)
    body.pop("tomorrow", None)
    assert told_to_body(read_told(record)) == body


def test_every_code_of_the_page_that_a_file_can_meet_has_a_case():
    page = (ROOT / "docs/spec/pack.md").read_text(encoding="utf-8").partition("## 8.")[2]
    codes = set(re.findall(r"^\| `([a-z-]+)`", page, re.MULTILINE))
    stated = {expected_of(case).get("reason") for case in CASES}
    assert codes - {"pack-holding", "unknown-pack"} <= stated
    assert sum(case.name.endswith("_reject") for case in CASES) > len(CASES) / 2
